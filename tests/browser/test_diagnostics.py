"""The checks of the troubleshooting page in a real browser, each fault really there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, Route, expect

from tests.browser.chat_page import MODEL_READY_MS, ChatPage
from tests.browser.conftest import AppServer, free_port, start_app
from tests.support.built_mirror import built_mirror
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser

CHECKS_MS = 30_000
MODEL = "SmolLM2-135M-Instruct-q0f32-MLC"
WITHOUT_WEBGPU = "delete Navigator.prototype.gpu"
LOWER_LIMITS = """
if (globalThis.GPU) {
  const request = GPU.prototype.requestAdapter;
  GPU.prototype.requestAdapter = async function (...args) {
    const adapter = await request.apply(this, args);
    const lower = { maxBufferSize: 2 ** 27, maxStorageBufferBindingSize: 2 ** 28 };
    const limits = new Proxy(adapter.limits, {
      get: (target, name) => lower[name] ?? target[name],
    });
    Object.defineProperty(adapter, 'limits', { value: limits });
    return adapter;
  };
}
"""


class DiagnosticsPage:
    """The component on the troubleshooting page."""

    def __init__(self, component: FrameLocator) -> None:
        self.component = component

    @property
    def panel(self) -> Locator:
        return self.component.get_by_test_id("checks")

    def check(self, name: str) -> Locator:
        return self.component.locator(f'[data-check="{name}"]')

    def wait_for(self, phase: str) -> None:
        expect(self.panel).to_have_attribute("data-phase", phase, timeout=CHECKS_MS)

    def found(self, name: str) -> str | None:
        return self.check(name).get_attribute("data-result")

    def rule(self, name: str) -> str | None:
        return self.check(name).get_by_test_id("advice").get_attribute("data-rule")

    def expect_found(self, **results: str) -> None:
        """Names with `_` for the checks' `-`."""
        found = {name: self.found(name.replace("_", "-")) for name in results}
        assert found == results

    def look_at_the_network(self) -> None:
        self.component.get_by_test_id("run-network").click()
        expect(self.check("app-server")).to_have_attribute("data-result", "pass", timeout=CHECKS_MS)
        self.wait_for("done")


@pytest.fixture(scope="module")
def visited_app(app: AppServer, browser: Browser) -> AppServer:
    """A fresh server leads its first visitor through the frame to the chat."""
    visit(browser, app)
    return app


def visit(browser: Browser, app: AppServer) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(app.url)
    expect(page.get_by_role("link", name="Troubleshooting")).to_be_visible()
    context.close()


def open_diagnostics(context: BrowserContext, origin: str) -> tuple[Page, DiagnosticsPage]:
    page = context.new_page()
    page.goto(f"{origin}/troubleshooting")
    return page, DiagnosticsPage(page.frame_locator('iframe[title*="webllm_chat"]'))


@pytest.fixture
def gpu_context(gpu_browser: Browser) -> Iterator[BrowserContext]:
    context = gpu_browser.new_context()
    yield context
    context.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def test_software_webgpu_computes_rightly_and_nothing_is_held_afterwards(
    gpu_context: BrowserContext, visited_app: AppServer
) -> None:
    page, diagnostics = open_diagnostics(gpu_context, visited_app.url)
    diagnostics.wait_for("done")
    diagnostics.expect_found(
        secure_context="pass",
        webgpu="pass",
        webgpu_worker="pass",
        adapter="warn",
        device="pass",
        compute_f32="pass",
        device_recovery="pass",
        cache_api="pass",
        indexeddb="pass",
        opfs="pass",
        shared_worker="pass",
        service_worker="pass",
        wasm_simd="pass",
    )
    assert diagnostics.rule("adapter") == "software-adapter-chromium"
    assert diagnostics.component.get_by_test_id("estimate").count() > 5
    assert [worker.url for worker in page.workers if "lab.worker" in worker.url] == []
    left = page.frames[-1].evaluate(
        "navigator.serviceWorker.getRegistrations().then(r => r.length)"
    )
    assert left == 0


def test_an_adapter_without_f16_is_told_that_nothing_has_to_be_done(
    gpu_context: BrowserContext, visited_app: AppServer
) -> None:
    _, diagnostics = open_diagnostics(gpu_context, visited_app.url)
    diagnostics.wait_for("done")
    diagnostics.expect_found(shader_f16="warn", compute_f16="unknown")
    assert diagnostics.rule("shader-f16") == "f16"
    diagnostics.check("shader-f16").locator("summary").click()
    expect(diagnostics.check("shader-f16")).to_contain_text("Nothing has to be done")


def test_checks_show_progress_and_can_be_stopped_and_run_again(
    gpu_context: BrowserContext, visited_app: AppServer
) -> None:
    held: list[Route] = []  # unanswered, so the worker does not start
    gpu_context.route("**/lab.worker-*.js", lambda route: held.append(route))
    _, diagnostics = open_diagnostics(gpu_context, visited_app.url)
    bar = diagnostics.component.get_by_role("progressbar", name="Checks")
    expect(bar).to_be_visible()
    expect(diagnostics.panel).to_contain_text("WebGPU in a worker")
    diagnostics.component.get_by_test_id("stop-checks").click()
    diagnostics.wait_for("stopped")
    expect(bar).not_to_be_visible()

    gpu_context.unroute("**/lab.worker-*.js")
    diagnostics.component.get_by_test_id("run-checks").click()
    diagnostics.wait_for("done")
    diagnostics.expect_found(compute_f32="pass")


def test_a_browser_without_webgpu_is_told_what_to_do(
    context: BrowserContext, visited_app: AppServer
) -> None:
    context.add_init_script(WITHOUT_WEBGPU)
    _, diagnostics = open_diagnostics(context, visited_app.url)
    diagnostics.wait_for("done")
    diagnostics.expect_found(webgpu="fail", adapter="unknown", compute_f32="unknown")
    assert diagnostics.rule("webgpu") == "chromium-linux-webgpu"
    expect(diagnostics.check("webgpu")).to_contain_text("--enable-unsafe-webgpu")
    expect(diagnostics.panel).to_contain_text("answers on the CPU")


def test_a_browser_without_a_gpu_is_told_what_to_do(
    context: BrowserContext, visited_app: AppServer
) -> None:
    _, diagnostics = open_diagnostics(context, visited_app.url)
    diagnostics.wait_for("done")
    diagnostics.expect_found(webgpu="pass", adapter="fail", device="unknown")
    assert diagnostics.rule("adapter") == "linux-adapter"
    expect(diagnostics.check("adapter")).to_contain_text("chrome://settings/system")


def test_lowered_limits_are_named(gpu_context: BrowserContext, visited_app: AppServer) -> None:
    gpu_context.add_init_script(LOWER_LIMITS)
    _, diagnostics = open_diagnostics(gpu_context, visited_app.url)
    diagnostics.wait_for("done")
    diagnostics.expect_found(
        max_buffer_size="fail", max_storage_buffer_binding_size="warn", device="unknown"
    )
    assert diagnostics.rule("max-buffer-size") == "limits"
    assert diagnostics.rule("max-storage-buffer-binding-size") == "small-buffers"
    expect(diagnostics.check("max-buffer-size")).to_contain_text("128 MiB, needed are 256 MiB")


def test_an_insecure_page_leads_to_https(context: BrowserContext, visited_app: AppServer) -> None:
    _, diagnostics = open_diagnostics(context, f"http://chat.lan:{visited_app.port}")
    diagnostics.wait_for("done")
    diagnostics.expect_found(secure_context="fail", webgpu="unknown", cache_api="unknown")
    assert diagnostics.rule("secure-context") == "insecure-chromium"
    expect(diagnostics.check("secure-context")).to_contain_text("https://")


OpenEmbedded = Callable[[str], tuple[FrameLocator, list[str]]]


@pytest.fixture
def open_embedded(
    context: BrowserContext, visited_app: AppServer, tmp_path: Path
) -> Iterator[OpenEmbedded]:
    """Opens a page of the app inside a page of another site (localhost, not 127.0.0.1)."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()

    def open_page(path: str) -> tuple[FrameLocator, list[str]]:
        source = f"http://127.0.0.1:{visited_app.port}/{path}?embed=true"
        html = f'<iframe id="app" width="1000" height="900" src="{source}"></iframe>'
        (tmp_path / "page.html").write_text(html)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://localhost:{server.server_address[1]}/page.html")
        app = page.frame_locator("#app")
        return app.frame_locator('iframe[title*="webllm_chat"]'), errors

    yield open_page
    server.shutdown()


def test_the_chat_is_ready_inside_another_site(open_embedded: OpenEmbedded) -> None:
    component, errors = open_embedded("")
    engine = component.get_by_test_id("engine")
    expect(engine).to_have_attribute("data-phase", "ready", timeout=MODEL_READY_MS)
    assert errors == []


def test_storage_denied_inside_another_site_leads_to_a_tab_of_its_own(
    open_embedded: OpenEmbedded,
) -> None:
    component, errors = open_embedded("troubleshooting")
    diagnostics = DiagnosticsPage(component)
    diagnostics.wait_for("done")
    diagnostics.expect_found(secure_context="pass", cache_api="fail", indexeddb="fail", opfs="fail")
    for name in ("cache-api", "indexeddb", "opfs"):
        assert diagnostics.rule(name) == "embedded-storage-chromium"
    expect(diagnostics.check("cache-api")).to_contain_text("in a tab of its own")
    assert errors == []


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    with built_mirror(tmp_path_factory.mktemp("mirror"), {MODEL: "tiny-S-q0f32"}) as running:
        yield running


@pytest.fixture(autouse=True)
def _healed(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "mirror" in request.fixturenames:
        request.getfixturevalue("mirror").heal()


@pytest.fixture(scope="module")
def mirrored_app(
    mirror: FaultyMirror, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppServer]:
    server = start_app(
        free_port(),
        tmp_path_factory.mktemp("mirrored") / "log.txt",
        WEBLLM_ALLOW_SOFTWARE_GPU="true",
        WEBLLM_DEFAULT_MODEL=MODEL,
        WEBLLM_MODEL_MIRROR=mirror.origin,
        WEBLLM_PROBE_TIMEOUT="1",
        WEBLLM_ISSUE_URL="https://git.example/app/issues/new",
    )
    visit(browser, server)
    yield server
    server.kill()


def test_hosts_that_answer_pass_and_only_a_piece_is_fetched(
    context: BrowserContext, mirrored_app: AppServer, mirror: FaultyMirror
) -> None:
    _, diagnostics = open_diagnostics(context, mirrored_app.url)
    diagnostics.wait_for("done")
    mirror.forget()
    diagnostics.look_at_the_network()
    diagnostics.expect_found(model_hub="pass", library_host="pass")
    fetched = [(Path(r.path).suffix, r.range) for r in mirror.requests if r.method == "GET"]
    assert fetched == [(".json", None), (".wasm", "bytes=0-4095")]
    assert not mirror.requests_for("*/params_shard*")


@pytest.mark.parametrize(
    ("fault", "result", "rule", "says"),
    [
        (Fault(drop_at=0), "fail", "unreachable-host", "broke off"),
        (Fault(status=503), "fail", "host-refuses", "HTTP 503"),
        (Fault(no_cors=True), "fail", "no-cors", "CORS"),
        (Fault(delay=1.2), "warn", "slow-host", "took 1."),
    ],
    ids=["breaking", "refusing", "without-cors", "slow"],
)
def test_a_model_host_that_fails_is_named_with_its_remedy(
    context: BrowserContext,
    mirrored_app: AppServer,
    mirror: FaultyMirror,
    fault: Fault,
    result: str,
    rule: str,
    says: str,
) -> None:
    _, diagnostics = open_diagnostics(context, mirrored_app.url)
    diagnostics.wait_for("done")
    mirror.fail("*/mlc-chat-config.json", fault)
    diagnostics.look_at_the_network()
    diagnostics.expect_found(model_hub=result, library_host="pass")
    assert diagnostics.rule("model-hub") == rule
    expect(diagnostics.check("model-hub")).to_contain_text(says)


def test_a_model_host_that_is_down_is_named_with_its_remedy(
    context: BrowserContext, mirrored_app: AppServer, mirror: FaultyMirror
) -> None:
    context.route(f"{mirror.origin}/**", lambda route: route.abort("connectionrefused"))
    _, diagnostics = open_diagnostics(context, mirrored_app.url)
    diagnostics.wait_for("done")
    diagnostics.look_at_the_network()
    diagnostics.expect_found(model_hub="fail", library_host="fail")
    assert diagnostics.rule("model-hub") == "unreachable-host"
    expect(diagnostics.check("model-hub")).to_contain_text("cannot be reached")
    expect(diagnostics.check("model-hub")).to_contain_text("firewall")


def test_a_loaded_model_answers_after_the_checks_and_the_report_keeps_its_secrets(
    gpu_context: BrowserContext, mirrored_app: AppServer
) -> None:
    gpu_context.grant_permissions(["clipboard-read", "clipboard-write"])
    nonce = "zanzibar-7715"
    chat = ChatPage(gpu_context.new_page(), mirrored_app.url)
    chat.wait_until_ready()
    chat.send(f"Say {nonce}")
    answer = chat.wait_until_answered()

    chat.go_to("Troubleshooting")
    diagnostics = DiagnosticsPage(chat.component)
    diagnostics.wait_for("done")
    diagnostics.expect_found(compute_f32="pass", device_recovery="pass")
    expect(chat.engine).to_have_attribute("data-model", MODEL)

    diagnostics.component.get_by_test_id("copy-report").click()
    expect(diagnostics.component.get_by_text("Copied.")).to_be_visible()
    text = chat.page.evaluate("navigator.clipboard.readText()")
    with chat.page.expect_download() as downloading:
        diagnostics.component.get_by_test_id("download-json").click()
    report = json.loads(downloading.value.path().read_text(encoding="utf-8"))
    link = diagnostics.component.get_by_test_id("open-issue").get_attribute("href") or ""
    for told in (text, json.dumps(report), link):
        assert nonce not in told
        assert answer not in told
        assert str(mirrored_app.port) not in told
    assert (report["report"], report["version"]) == ("webllm-chat-diagnostics", 1)
    assert report["engine"]["activeModel"] == MODEL
    assert report["engine"]["turns"] == 1
    assert report["server"]["versions"]["streamlit"]
    assert "matrices multiplied, all right" in text
    assert link.startswith("https://git.example/app/issues/new?title=Diagnostics")

    chat.go_to("Chat")
    chat.send("Once more")
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-model", MODEL)
    assert chat.errors == []


def test_the_memory_check_unloads_the_model_and_loads_it_again(
    gpu_context: BrowserContext, mirrored_app: AppServer
) -> None:
    chat = ChatPage(gpu_context.new_page(), mirrored_app.url)
    chat.wait_until_ready()
    chat.go_to("Troubleshooting")
    diagnostics = DiagnosticsPage(chat.component)
    diagnostics.wait_for("done")
    diagnostics.component.get_by_test_id("measure-memory").click()
    expect(diagnostics.component.get_by_test_id("memory")).to_contain_text("Unload the model")
    diagnostics.component.get_by_test_id("confirm-memory").click()
    expect(chat.engine).to_have_attribute("data-phase", "suspended")
    expect(diagnostics.check("gpu-memory")).to_have_attribute(
        "data-result", "pass", timeout=CHECKS_MS
    )
    expect(diagnostics.check("gpu-memory")).to_contain_text("at least 1 GiB")
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-model", MODEL)
    chat.go_to("Chat")
    chat.send("Hello")
    chat.wait_until_answered()


def test_without_an_address_for_issues_no_link_is_offered(
    context: BrowserContext, visited_app: AppServer
) -> None:
    _, diagnostics = open_diagnostics(context, visited_app.url)
    diagnostics.wait_for("done")
    expect(diagnostics.component.get_by_test_id("copy-report")).to_be_visible()
    expect(diagnostics.component.get_by_test_id("open-issue")).to_have_count(0)
