"""A mirror that is broken or means it ill: the visitor is answered, and nothing grows."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer
from tests.browser.engine.conftest import (  # noqa: F401 - its fixtures
    FIRST,
    StartApp,
    _healed,
    chat,
    mirror,
    start,
)
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser

FOLDER = f"*/{FIRST}/resolve/main"
FALLBACK_MS = 120_000
MOST_STORED = 200 << 20
"""Bytes; the built-in model has 98 million."""
# Without imports; its start function is a loop without end.
NEVER_STARTS = bytes.fromhex("0061736d01000000010401600000030201000801000a0901070003400c000b0b")


@pytest.fixture(scope="module")
def app(start: StartApp) -> AppServer:  # noqa: F811
    return start(WEBLLM_UPGRADE="off")


def index_of(*paths: str) -> bytes:
    return json.dumps({"records": [{"dataPath": path, "nbytes": 1000} for path in paths]}).encode()


def stored_bytes(page: ChatPage) -> int:
    usage: int = page.component.locator("html").evaluate(
        "async () => (await navigator.storage.estimate()).usage"
    )
    return usage


def answered_by_the_cpu(page: ChatPage) -> None:
    expect(page.engine).to_have_attribute("data-backend", "wllama", timeout=FALLBACK_MS)
    page.wait_until_ready()
    page.send("What is the capital of France?")
    assert "Paris" in page.wait_until_answered()


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("params_shard_0.bin", Fault(endless=True)),
        ("params_shard_0.bin", Fault(endless=True, compressed=True)),
        ("tokenizer.json", Fault(endless=True, compressed=True)),
        ("mlc-chat-config.json", Fault(endless=True)),
        ("manifest.json", Fault(endless=True, compressed=True)),
        ("manifest.json", Fault(hang=True)),
        ("manifest.json", Fault(body=b'{"files": [null]}')),
        ("tensor-cache.json", Fault(body=index_of(*(f"{at}.bin" for at in range(30_000))))),
    ],
    ids=[
        "weights without end",
        "a bomb of weights",
        "a bomb of a tokenizer",
        "a configuration without end",
        "a bomb of a manifest",
        "a manifest that never comes",
        "a manifest that is none",
        "30,000 files",
    ],
)
def test_what_does_not_end_or_never_comes_leads_to_the_cpu(
    chat: ChatPage,  # noqa: F811
    mirror: FaultyMirror,  # noqa: F811
    file: str,
    fault: Fault,
) -> None:
    # What is at fault is no file whose right hash the manifest gives beforehand.
    if file != "manifest.json":
        mirror.fail(f"{FOLDER}/manifest.json", Fault(status=404))
    mirror.fail(f"{FOLDER}/{file}", fault)
    chat.page.reload()
    answered_by_the_cpu(chat)
    assert stored_bytes(chat) < MOST_STORED


@pytest.mark.parametrize(
    "path",
    ["../../../../../_stcore/metrics", "//foreign.example/x.bin", "http://foreign.example/x.bin"],
)
def test_an_index_never_names_another_place(
    chat: ChatPage,  # noqa: F811
    mirror: FaultyMirror,  # noqa: F811
    path: str,
) -> None:
    asked: list[str] = []
    chat.page.context.on("request", lambda request: asked.append(request.url))
    mirror.fail(f"{FOLDER}/manifest.json", Fault(status=404))
    mirror.fail(f"{FOLDER}/tensor-cache.json", Fault(body=index_of("params_shard_0.bin", path)))
    mirror.forget()
    chat.page.reload()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    assert [url for url in asked if "foreign.example" in url or "metrics" in url] == []
    assert mirror.requests_for("*metrics*") == []


def test_a_library_whose_start_never_returns_is_given_up(
    chat: ChatPage,  # noqa: F811
    mirror: FaultyMirror,  # noqa: F811
) -> None:
    mirror.fail(f"{FOLDER}/manifest.json", Fault(status=404))
    mirror.fail("*/libs/*", Fault(body=NEVER_STARTS))
    chat.page.reload()
    answered_by_the_cpu(chat)
