"""Every error of WebLLM that the app must know, caused in a real browser, under the app's name.

Each case pins the words too: where another version of WebLLM or of the browser says something
else, `errors.json` has to learn it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.conftest import SOFTWARE_GPU_FLAGS, chromium
from tests.browser.webllm.conftest import open_page
from tests.browser.webllm.harness import (
    AppEngine,
    Engine,
    EngineError,
    PlainEngine,
    model_record,
    user,
)
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser

TINY, OTHER = "tiny-S-q0f32", "tiny-M-q0f32"
WRONG_HASH = "sha256-" + base64.b64encode(hashlib.sha256(b"something else").digest()).decode()
# TVM's first line of each shader; that of a 16-bit build would ask for f16.
COMMENT = b"//----------------------------------------\n// Function"
ASKING_FOR_F16 = b"enable f16;".ljust(42) + b"\n// Function"


def fails_to_load(engine: AppEngine | PlainEngine, model_id: str = TINY, **how: Any) -> EngineError:
    with pytest.raises(EngineError) as failed:
        engine.load(model_id, **how)
    return failed.value


def fails_to_answer(engine: Engine, **how: Any) -> EngineError:
    with pytest.raises(EngineError) as failed:
        engine.reply(user("Hi"), **how)
    return failed.value


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"model_id": "another"}, "unsupported-model", "ModelNotFoundError: Cannot find model"),
        ({"model": "{mirror}/nowhere/"}, "network", "Failed to execute 'add' on 'Cache'"),
        ({"model_lib": "{mirror}/libs/nothing.wasm"}, "network", "Failed to execute 'add' on"),
        ({"required_features": ["shader-f16"]}, "shader-compilation", "ShaderF16SupportError"),
        ({"integrity": {"model_lib": WRONG_HASH}}, "corrupt-file", "IntegrityError"),
        ({"integrity": {"config": WRONG_HASH}}, "corrupt-file", "IntegrityError"),
        # A C++ exception inside the library, which no text survives.
        ({"model_lib": f"{{mirror}}/libs/{OTHER}.wasm"}, "worker-crashed", "[object Object]"),
    ],
)
def test_a_record_that_cannot_be_loaded(
    page: Page, mirror: FaultyMirror, changes: dict[str, Any], kind: str, words: str
) -> None:
    record = model_record(mirror, TINY) | {
        key: value.format(mirror=mirror.origin) if isinstance(value, str) else value
        for key, value in changes.items()
    }
    error = fails_to_load(PlainEngine(page, record))
    assert (error.kind, words in error.detail) == (kind, True), error.detail


def test_the_library_of_another_model_crashes_the_app_s_engine_by_name(
    page: Page, mirror: FaultyMirror
) -> None:
    error = fails_to_load(AppEngine(page, mirror), library=OTHER)
    assert error.kind == "worker-crashed"
    assert "Program terminated with exit" in error.detail


@pytest.mark.parametrize(
    ("files", "fault", "kind", "words"),
    [
        (
            "*.bin",
            Fault(drop_at=100),
            "network",
            "NetworkError: Failed to execute 'add' on 'Cache'",
        ),
        ("*.bin", Fault(truncate_at=1000), "corrupt-file", "exceeds shard size"),
        ("*.wasm", Fault(html=True), "corrupt-file", "CompileError: WebAssembly"),
        ("*/mlc-chat-config.json", Fault(html=True), "corrupt-file", "is not valid JSON"),
    ],
)
def test_a_mirror_that_misbehaves(
    page: Page, mirror: FaultyMirror, files: str, fault: Fault, kind: str, words: str
) -> None:
    mirror.fail(files, fault)
    error = fails_to_load(AppEngine(page, mirror))
    assert (error.kind, words in error.detail) == (kind, True), error.detail


@pytest.mark.parametrize(
    ("limit", "value", "kind"),
    [
        ("maxBufferSize", 128 << 20, "out-of-memory"),
        ("maxStorageBufferBindingSize", 64 << 20, "out-of-memory"),
        ("maxComputeWorkgroupStorageSize", 16 << 10, "no-webgpu"),
        ("maxStorageBuffersPerShaderStage", 8, "no-webgpu"),
    ],
)
def test_a_gpu_below_webllm_s_floor(
    page: Page, mirror: FaultyMirror, limit: str, value: int, kind: str
) -> None:
    engine = AppEngine(page, mirror)
    engine.lower_limit(limit, value)
    error = fails_to_load(engine)
    assert error.kind == kind
    assert f"requested {limit} exceeds limit" in error.detail


def test_kernels_for_16_bit_arithmetic_that_the_gpu_lacks(page: Page, mirror: FaultyMirror) -> None:
    library = (mirror.folder / "libs" / f"{TINY}.wasm").read_bytes()
    assert COMMENT in library
    changed = mirror.folder / "libs/asks-for-f16.wasm"
    changed.write_bytes(library.replace(COMMENT, ASKING_FOR_F16))
    error = fails_to_load(AppEngine(page, mirror), library="asks-for-f16")
    assert error.kind == "shader-compilation"
    assert "GPUPipelineError: [Invalid ShaderModule" in error.detail


def test_a_context_that_does_not_fit_into_the_gpu_s_memory(
    page: Page, mirror: FaultyMirror
) -> None:
    # TVM gives the whole device up when one buffer cannot be had.
    engine = AppEngine(page, mirror)
    app = fails_to_load(engine, context_window=40_000_000)
    engine.terminate()
    plain = fails_to_load(PlainEngine(page, model_record(mirror, TINY)), context_window=40_000_000)
    assert app.kind == plain.kind == "device-lost"
    assert "Device was destroyed" in app.detail
    assert "device was lost while loading the model" in plain.detail


def test_a_gpu_lost_while_the_weights_are_fetched(page: Page, mirror: FaultyMirror) -> None:
    mirror.fail("*.bin", Fault(hang=True))
    engine = AppEngine(page, mirror)
    engine.begin_loading(TINY)
    engine.wait_for_device()
    engine.lose_devices()
    with pytest.raises(EngineError) as failed:
        engine.loaded()
    assert failed.value.kind == "device-lost"


def test_a_gpu_lost_while_answering(page: Page, mirror: FaultyMirror) -> None:
    app, plain = AppEngine(page, mirror), PlainEngine(page, model_record(mirror, TINY))
    for engine in (app, plain):
        engine.load(TINY)
        engine.ask(user("Hi"), max_tokens=900)
        engine.wait_for_tokens(3)
        assert engine.lose_devices() == 1
        with pytest.raises(EngineError) as failed:
            engine.answer()
        # Which of the two is told first is a race between the buffer and the device.
        assert failed.value.kind in {"device-lost", "buffer-map-failed"}, failed.value
    assert fails_to_answer(app).kind == "device-lost"


def test_a_gpu_lost_while_idle(page: Page, mirror: FaultyMirror) -> None:
    app, plain = AppEngine(page, mirror), PlainEngine(page, model_record(mirror, TINY))
    for engine in (app, plain):
        engine.load(TINY)
        assert engine.lose_devices() == 1
    error = fails_to_answer(app)
    assert (error.kind, error.detail) == (
        "device-lost",
        "DeviceLostError: destroyed: Device was destroyed.",
    )
    # WebLLM unloads itself without a word, and is met in the middle of it or afterwards.
    silent = fails_to_answer(plain)
    assert silent.kind == "worker-crashed"
    assert "disposed" in silent.detail or "ModelNotLoadedError" in silent.detail


def test_the_browser_s_gpu_process_dies_and_a_new_engine_goes_on(
    playwright: Playwright, site: FaultyMirror, mirror: FaultyMirror
) -> None:
    with chromium(playwright, *SOFTWARE_GPU_FLAGS) as browser:
        page = open_page(browser, site)
        app, plain = AppEngine(page, mirror), PlainEngine(page, model_record(mirror, TINY))
        for engine in (app, plain):
            engine.load(TINY)
        said = app.reply(user("Hi"))
        for engine in (app, plain):
            engine.ask(user("Hi"), max_tokens=900)
            engine.wait_for_tokens(3)
        browser.new_browser_cdp_session().send("Browser.crashGpuProcess")
        for engine in (app, plain):
            with pytest.raises(EngineError, match="valid external Instance reference") as failed:
                engine.answer()
            assert failed.value.kind == "device-lost"
        assert fails_to_answer(app).kind == "device-lost"
        app.terminate()

        again = AppEngine(page, mirror)
        again.load(TINY)
        assert again.reply(user("Hi")) == said


def test_a_browser_without_a_gpu(
    playwright: Playwright, site: FaultyMirror, mirror: FaultyMirror
) -> None:
    with chromium(playwright) as browser:
        page = open_page(browser, site)
        for engine in (AppEngine(page, mirror), PlainEngine(page, model_record(mirror, TINY))):
            error = fails_to_load(engine)
            assert error.kind == "no-adapter"
            assert "Unable to find a compatible GPU" in error.detail


def test_a_page_without_a_secure_context_may_not_store(
    gpu_browser: Browser, site: FaultyMirror, mirror: FaultyMirror
) -> None:
    page = open_page(gpu_browser, site, host="chat.lan")
    error = fails_to_load(AppEngine(page, mirror))
    assert (error.kind, error.detail) == (
        "storage-denied",
        "ReferenceError: caches is not defined",
    )
    page.context.close()


def test_a_browser_without_webgpu(page: Page, mirror: FaultyMirror) -> None:
    engine = AppEngine(page, mirror)
    engine.hide_webgpu()
    error = fails_to_load(engine)
    assert error.kind == "no-webgpu"
    assert "WebGPUNotAvailableError" in error.detail


def test_full_storage(page: Page, site: FaultyMirror, mirror: FaultyMirror) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.origin, "quotaSize": 100_000})
    error = fails_to_load(AppEngine(page, mirror))
    assert error.kind == "storage-quota"
    assert "QuotaExceededError" in error.detail


def test_an_answer_in_json_needs_a_schema(page: Page, mirror: FaultyMirror) -> None:
    engine = PlainEngine(page, model_record(mirror, TINY))
    engine.load(TINY)
    schema = {"type": "json_object", "schema": '{"type": "object"}'}
    assert engine.reply(user("Hi"), response_format=schema).text.startswith("{")

    error = fails_to_answer(engine, response_format={"type": "json_object"})
    assert "GrammarMatcherInitError" in error.detail
    # The engine is of no more use after it: loading again fails in what the grammar left behind.
    assert error.kind == "worker-crashed"
