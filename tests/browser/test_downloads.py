"""Models on their way into the browser: real files, real storage, a mirror that misbehaves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, free_port, start_app
from tests.support.built_mirror import built_mirror
from tests.support.download_service import ask_download_service
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser

MODEL = "tiny-M-q0f32"
SHARD = f"*/{MODEL}/resolve/main/params_shard_0.bin"
LIBRARY = f"*/libs/{MODEL}.wasm"
LIBRARY_BYTES_PER_S = 400_000  # the library, 4 MB, takes ten seconds, and parts of it are kept
WRONG_HASH = "sha256-" + "A" * 43 + "="

CACHED = """async () => {
    const urls = [];
    for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) urls.push(`${name} ${url}`);
    return urls;
}"""
PART_IS_KEPT = """async (_, mark) => {
    const cache = await caches.open('webllm-chat/files');
    while (!(await cache.keys()).some(({ url }) => url.includes(mark)))
        await new Promise((resolve) => setTimeout(resolve, 100));
}"""
DATABASE_ENTRIES = """async () => {
    let entries = 0;
    for (const { name } of await indexedDB.databases()) {
        if (!name.startsWith('webllm/')) continue;
        const db = await new Promise((resolve) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
        });
        const count = db.transaction('urls').objectStore('urls').count();
        await new Promise((resolve) => { count.onsuccess = resolve; });
        entries += count.result;
        db.close();
    }
    return entries;
}"""
USAGE = "async () => (await navigator.storage.estimate()).usage"
PATIENCE_S = 20  # Chromium counts in its own time


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    models = {name: name for name in (MODEL, "tiny-S-q0f32")}
    with built_mirror(tmp_path_factory.mktemp("mirror"), models) as running:
        yield running


@pytest.fixture(autouse=True)
def _healed(mirror: FaultyMirror) -> Iterator[None]:
    mirror.forget()
    yield
    mirror.heal()


def go_through_the_frame(browser: Browser, server: AppServer) -> None:
    """A fresh server leads the first visitor of any page to the chat, which loads a model."""
    context = browser.new_context()
    expect(ChatPage(context.new_page(), server.url).engine).to_be_visible(timeout=30_000)
    context.close()


AppWith = Callable[..., AppServer]


@pytest.fixture(scope="module")
def app_with(
    gpu_browser: Browser, mirror: FaultyMirror, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppWith]:
    """The app with the tiny model as the operator's own; one server for each configuration."""
    servers: dict[str, AppServer] = {}

    def with_config(cache_backend: str = "cache", **record: object) -> AppServer:
        model = {
            "model": f"{mirror.origin}/mlc-ai/{MODEL}",
            "model_id": MODEL,
            "model_lib": f"{mirror.origin}/libs/{MODEL}.wasm",
            "overrides": {"context_window_size": 2048},
            **record,
        }
        config = json.dumps({"cacheBackend": cache_backend, "model_list": [model]})
        if config not in servers:
            servers[config] = start_app(
                free_port(),
                tmp_path_factory.mktemp("downloads") / "log.txt",
                WEBLLM_ALLOW_SOFTWARE_GPU="true",
                WEBLLM_DEFAULT_MODEL=MODEL,
                WEBLLM_UPGRADE="off",
                WEBLLM_APP_CONFIG=config,
            )
            go_through_the_frame(gpu_browser, servers[config])
            mirror.forget()
        return servers[config]

    yield with_config
    for server in servers.values():
        server.kill()


@pytest.fixture
def visitor(gpu_browser: Browser) -> Iterator[BrowserContext]:
    context = gpu_browser.new_context()
    yield context
    context.close()


def cached(chat: ChatPage) -> list[str]:
    """Everything in the Cache API, each as 'cache address'."""
    urls: list[str] = chat.component.locator("html").evaluate(CACHED)
    return urls


def wait_for_part(chat: ChatPage, name: str) -> None:
    """Until a part of the file is kept while the rest of it is still coming."""
    expect(chat.engine).to_have_attribute("data-phase", "downloading", timeout=30_000)
    chat.component.locator("html").evaluate(PART_IS_KEPT, f"{name}?webllm-chat-part")


def expect_webllm(chat: ChatPage) -> None:
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "webllm")


def expect_refused(chat: ChatPage, kind: str) -> None:
    """The embedded model answers instead, and the page says why."""
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    expect(chat.notice(kind)).to_be_visible()


@pytest.mark.parametrize("cache_backend", ["cache", "indexeddb", "opfs"])
def test_webllm_finds_what_was_stored_in_each_of_its_storages(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith, cache_backend: str
) -> None:
    chat = ChatPage(visitor.new_page(), app_with(cache_backend).url)
    expect_webllm(chat)
    # Once by the library, and never by WebLLM.
    assert len(mirror.requests_for(SHARD)) == 1
    in_cache = any(line.startswith("webllm/model ") for line in cached(chat))
    assert in_cache == (cache_backend == "cache")

    mirror.fail("*", Fault(status=503))
    mirror.forget()
    chat.page.reload()
    expect_webllm(chat)
    assert mirror.requests == []
    assert chat.errors == []


def test_a_broken_connection_goes_on_within_the_file(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith
) -> None:
    mirror.fail(SHARD, Fault(drop_at=500_000, times=1))
    chat = ChatPage(visitor.new_page(), app_with().url)
    expect_webllm(chat)
    first, second = mirror.requests_for(SHARD)
    assert first.range is None
    assert second.status == 206
    assert second.range is not None
    assert second.range.startswith("bytes=")
    assert second.range != "bytes=0-"


def test_a_reload_in_the_middle_of_a_file_goes_on_from_there(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith
) -> None:
    mirror.fail(LIBRARY, Fault(bytes_per_second=LIBRARY_BYTES_PER_S))
    chat = ChatPage(visitor.new_page(), app_with().url)
    wait_for_part(chat, ".wasm")
    mirror.heal()
    mirror.forget()
    chat.page.reload()
    expect_webllm(chat)
    (request,) = [r for r in mirror.requests_for(LIBRARY) if r.method == "GET"]
    assert request.status == 206
    assert not any("part-of" in line for line in cached(chat))


@pytest.mark.parametrize(
    ("pattern", "fault", "kind"),
    [
        (SHARD, Fault(corrupt_at=1000), "corrupt-file"),
        (SHARD, Fault(truncate_at=1000), "corrupt-file"),
        (SHARD, Fault(html=True), "corrupt-file"),
        (SHARD, Fault(status=404), "http"),
        ("*/tokenizer.json", Fault(corrupt_at=50), "corrupt-file"),
        (LIBRARY, Fault(corrupt_at=1000), "corrupt-file"),
    ],
)
def test_what_is_not_the_file_is_refused_and_not_kept(
    visitor: BrowserContext,
    mirror: FaultyMirror,
    app_with: AppWith,
    pattern: str,
    fault: Fault,
    kind: str,
) -> None:
    mirror.fail(pattern, fault)
    chat = ChatPage(visitor.new_page(), app_with().url)
    expect_refused(chat, kind)
    name = pattern.rpartition("/")[2]
    assert not any(name in line for line in cached(chat))


def test_weights_are_verified_where_the_mirror_has_no_manifest(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith
) -> None:
    mirror.fail("*/manifest.json", Fault(status=404))
    mirror.fail(SHARD, Fault(corrupt_at=1000))
    chat = ChatPage(visitor.new_page(), app_with().url)
    expect_refused(chat, "corrupt-file")
    assert not any("params_shard_0.bin" in line for line in cached(chat))


@pytest.mark.parametrize(
    "integrity",
    [
        {"config": WRONG_HASH},
        {"model_lib": WRONG_HASH},
        {"tokenizer": {"tokenizer.json": WRONG_HASH}},
    ],
)
def test_an_operators_hash_is_heeded(
    visitor: BrowserContext, app_with: AppWith, integrity: dict[str, object]
) -> None:
    chat = ChatPage(visitor.new_page(), app_with(integrity=integrity).url)
    expect_refused(chat, "corrupt-file")


def set_quota(chat: ChatPage, megabytes: float | None) -> None:
    """What Chromium lets the app store; None: as much as it will."""
    session = chat.page.context.new_cdp_session(chat.page)
    quota = {} if megabytes is None else {"quotaSize": megabytes * 1e6}
    origin = chat.page.evaluate("location.origin")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, **quota})


def test_too_small_a_quota_leads_to_the_embedded_model_in_memory(
    visitor: BrowserContext, app_with: AppWith
) -> None:
    server = app_with()
    chat = ChatPage(visitor.new_page(), f"{server.url}/troubleshooting")
    set_quota(chat, 2)
    chat.go_to("Chat")
    expect_refused(chat, "storage-quota")


def test_storage_that_fills_up_on_the_way_keeps_what_was_stored(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith
) -> None:
    mirror.fail(LIBRARY, Fault(bytes_per_second=LIBRARY_BYTES_PER_S))
    chat = ChatPage(visitor.new_page(), app_with().url)
    wait_for_part(chat, ".wasm")
    set_quota(chat, 3)
    chat.wait_until_ready()
    expect(chat.notice("storage-quota")).to_be_visible()
    assert any("params_shard_0.bin" in line for line in cached(chat))
    assert not any(line.startswith("webllm/wasm ") for line in cached(chat))

    set_quota(chat, None)
    mirror.heal()
    mirror.forget()
    chat.page.reload()
    expect_webllm(chat)
    assert mirror.requests_for(SHARD) == []


def test_two_tabs_download_a_model_once(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith
) -> None:
    mirror.fail(LIBRARY, Fault(bytes_per_second=LIBRARY_BYTES_PER_S))
    server = app_with()
    first = ChatPage(visitor.new_page(), server.url)
    wait_for_part(first, ".wasm")
    second = ChatPage(visitor.new_page(), server.url)
    expect(second.engine).to_have_attribute("data-phase", "downloading", timeout=30_000)
    expect_webllm(first)
    expect_webllm(second)
    assert len([r for r in mirror.requests_for(LIBRARY) if r.method == "GET"]) == 1
    assert len(mirror.requests_for(SHARD)) == 1


def test_a_tab_goes_on_with_what_a_closed_one_began(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith
) -> None:
    mirror.fail(LIBRARY, Fault(bytes_per_second=LIBRARY_BYTES_PER_S, times=2))  # HEAD and GET
    server = app_with()
    first = ChatPage(visitor.new_page(), server.url)
    wait_for_part(first, ".wasm")
    second = ChatPage(visitor.new_page(), server.url)
    expect(second.engine).to_have_attribute("data-phase", "downloading", timeout=30_000)
    first.page.close()
    expect_webllm(second)
    assert mirror.requests_for(LIBRARY)[-1].status == 206


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "The browser's storage did not shrink."
        time.sleep(0.1)


def source(mirror: FaultyMirror, model: str, **fields: object) -> dict[str, Any]:
    return {
        "kind": "webllm",
        "modelId": model,
        "folder": f"{mirror.origin}/mlc-ai/{model}/resolve/main/",
        "library": f"{mirror.origin}/libs/{model}.wasm",
        "packageManifest": None,
        "cacheBackend": "cache",
        "integrity": None,
        **fields,
    }


@pytest.mark.parametrize("cache_backend", ["cache", "indexeddb", "opfs"])
def test_a_deleted_model_frees_its_storage_and_spares_its_sibling(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith, cache_backend: str
) -> None:
    chat = ChatPage(visitor.new_page(), f"{app_with().url}/troubleshooting")
    expect(chat.engine).to_be_visible(timeout=30_000)
    # The mirror's manifests tell each model's own library; without them both may use the same.
    mirror.fail("*/manifest.json", Fault(status=404))
    one = source(mirror, MODEL, cacheBackend=cache_backend)
    two = source(mirror, "tiny-S-q0f32", cacheBackend=cache_backend, library=one["library"])

    def ask(method: str, *arguments: object) -> Any:
        return ask_download_service(chat.component, method, *arguments)

    def usage() -> int:
        """Bytes; of databases the number of entries, whose room Chromium frees in its own time."""
        script = DATABASE_ENTRIES if cache_backend == "indexeddb" else USAGE
        measured: int = chat.component.locator("html").evaluate(script)
        return measured

    empty = usage()
    for wanted in (one, two):
        ask("download", wanted, "foreground", "callback")
    assert [t["complete"] for t in ask("inspect", [one, two])] == [True, True]
    full = usage()

    assert ask("remove", one) == ["tiny-S-q0f32"]
    left, kept = ask("inspect", [one, two])
    assert kept["complete"]
    assert not left["complete"]
    wait_until(lambda: empty < usage() < full)

    assert ask("remove", two) == []
    assert [t["received"] for t in ask("inspect", [one, two])] == [0, 0]
    # What Chromium itself keeps of an empty cache is some thousand bytes.
    wait_until(lambda: usage() <= empty + (full - empty) // 50)


def test_everything_is_deleted_at_once(
    visitor: BrowserContext, mirror: FaultyMirror, app_with: AppWith
) -> None:
    chat = ChatPage(visitor.new_page(), f"{app_with().url}/troubleshooting")
    expect(chat.engine).to_be_visible(timeout=30_000)
    sources = [
        source(mirror, MODEL, cacheBackend=backend) for backend in ("cache", "indexeddb", "opfs")
    ]
    for wanted in sources:
        ask_download_service(chat.component, "download", wanted, "foreground", "callback")
    # A model that is no longer in the catalog is none of the sources.
    ask_download_service(chat.component, "removeAll", sources[:1])
    tallies = ask_download_service(chat.component, "inspect", sources)
    assert [t["received"] for t in tallies] == [0, 0, 0]
    assert cached(chat) == []
