"""WebLLM itself, on software WebGPU, with real weights from a mirror of our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import (
    AppServer,
    free_port,
    start_app,
)
from tests.support.built_mirror import built_mirror
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser

# The app is told to use the f16 build, which software WebGPU cannot run: it must take the sibling.
WANTED = "SmolLM2-135M-Instruct-q0f16-MLC"
SERVED = "SmolLM2-135M-Instruct-q0f32-MLC"


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    """SmolLM2-135M in four bits, under the catalog's id of the full-precision build."""
    models = {SERVED: "SmolLM2-135M-Instruct-q4f32_1"}
    with built_mirror(tmp_path_factory.mktemp("mirror"), models) as running:
        yield running


@pytest.fixture(autouse=True)
def _healed(mirror: FaultyMirror) -> Iterator[None]:
    yield
    mirror.heal()


@pytest.fixture(scope="module")
def mirrored_app(
    mirror: FaultyMirror, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppServer]:
    server = start_app(
        free_port(),
        tmp_path_factory.mktemp("mirrored") / "log.txt",
        WEBLLM_ALLOW_SOFTWARE_GPU="true",
        WEBLLM_DEFAULT_MODEL=WANTED,
        WEBLLM_MODEL_MIRROR=mirror.origin,
    )
    yield server
    server.kill()


def test_webllm_answers_and_a_second_visit_needs_no_mirror(
    gpu_browser: Browser, mirror: FaultyMirror, mirrored_app: AppServer
) -> None:
    context = gpu_browser.new_context()
    chat = ChatPage(context.new_page(), mirrored_app.url)
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "webllm")
    expect(chat.engine).to_have_attribute("data-model", SERVED)
    expect(chat.notice("f32-sibling")).to_be_visible()
    chat.send("What is the capital of France?")
    assert "Paris" in chat.wait_until_answered()

    mirror.fail("*", Fault(status=503))
    chat.page.reload()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "webllm")
    context.close()


def test_a_shard_that_is_not_what_the_manifest_says_is_refused(
    gpu_browser: Browser, mirror: FaultyMirror, mirrored_app: AppServer
) -> None:
    mirror.fail("*/params_shard_1.bin", Fault(corrupt_at=1000))
    context = gpu_browser.new_context()
    chat = ChatPage(context.new_page(), mirrored_app.url)
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    expect(chat.notice("corrupt-file")).to_be_visible()
    kept = """async () => (await (await caches.open('webllm/model')).keys()).map(r => r.url)"""
    urls = chat.component.locator("html").evaluate(kept)
    assert not any(url.endswith("params_shard_1.bin") for url in urls)
    context.close()


def test_a_truncated_shard_leads_to_the_embedded_model(
    gpu_browser: Browser, mirror: FaultyMirror, mirrored_app: AppServer
) -> None:
    mirror.fail("*/params_shard_1.bin", Fault(drop_at=1000))
    context = gpu_browser.new_context()
    chat = ChatPage(context.new_page(), mirrored_app.url)
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    expect(chat.notice("network")).to_be_visible()
    context.close()
