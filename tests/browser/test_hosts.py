"""Where engines live: what outlives a reload, what tabs share, and what takes over when it dies."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Worker, expect

from tests.browser.chat_page import ANSWER_MS, ChatPage
from tests.browser.conftest import ROOT, AppServer, free_port, start_app
from tests.browser.engine.faults import withhold_the_embedded_model
from tests.support.another_build import make_another_build
from tests.support.built_mirror import built_mirror
from tests.support.faulty_mirror import FaultyMirror

pytestmark = pytest.mark.browser

MODEL = "SmolLM2-135M-Instruct-q0f32-MLC"
SCRIPT = "webllm.worker.js"

# Notes every GPU device that is used from now on, and how it was lost. While `failing` is set,
# using one fails as it does when memory runs out.
NOTE_DEVICES = """() => {
    self.devices = new Map();
    const original = GPUDevice.prototype.createCommandEncoder;
    GPUDevice.prototype.createCommandEncoder = function (...args) {
        if (!self.devices.has(this)) {
            self.devices.set(this, null);
            this.lost.then(({ reason }) => self.devices.set(this, reason));
        }
        if (self.failing) throw new Error('Out of memory');
        return original.apply(this, args);
    };
}"""


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    """A tiny model under the catalog's id of a real one; what it says has no meaning."""
    with built_mirror(tmp_path_factory.mktemp("mirror"), {MODEL: "tiny-S-q0f32"}) as running:
        yield running


StartApp = Callable[..., AppServer]


@pytest.fixture(scope="module")
def start(mirror: FaultyMirror, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartApp]:
    servers = []

    def start_with(host: str, root: Path = ROOT) -> AppServer:
        server = start_app(
            free_port(),
            tmp_path_factory.mktemp(host) / "log.txt",
            script=str(root / "streamlit_app.py"),
            PYTHONPATH=str(root),
            WEBLLM_ALLOW_SOFTWARE_GPU="true",
            WEBLLM_BACKEND="webgpu",
            WEBLLM_DEFAULT_MODEL=MODEL,
            WEBLLM_MODEL_MIRROR=mirror.origin,
            WEBLLM_ENGINE_HOST=host,
            WEBLLM_UPGRADE="off",
            # Random weights never end by themselves.
            WEBLLM_MAX_TOKENS="200",
        )
        servers.append(server)
        return server

    yield start_with
    for server in servers:
        server.kill()


@pytest.fixture(scope="module")
def app(start: StartApp) -> AppServer:
    return start("service-worker")


@pytest.fixture
def visitor(gpu_browser: Browser) -> Iterator[BrowserContext]:
    context = gpu_browser.new_context()
    yield context
    context.close()


def open_chat(visitor: BrowserContext, app: AppServer) -> ChatPage:
    chat = ChatPage(visitor.new_page(), app.url)
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "webllm")
    return chat


def service_worker(visitor: BrowserContext) -> Worker:
    (worker,) = [each for each in visitor.service_workers if each.url.endswith(SCRIPT)]
    return worker


def dedicated_engines(page: Page) -> list[Worker]:
    return [worker for worker in page.workers if SCRIPT in worker.url]


def losses(worker: Worker) -> list[str | None]:
    noted: list[str | None] = worker.evaluate("[...self.devices.values()]")
    return noted


def answered(chat: ChatPage) -> None:
    chat.send("Hello")
    assert chat.wait_until_answered() != ""


def test_a_reload_finds_the_model_loaded_and_tabs_share_it(
    visitor: BrowserContext, app: AppServer
) -> None:
    chat = open_chat(visitor, app)
    worker = service_worker(visitor)
    worker.evaluate(NOTE_DEVICES)
    chat.page.reload()
    chat.wait_until_ready()
    answered(chat)

    other = open_chat(visitor, app)
    chat.send("Hello")
    other.send("Hello")
    chat.wait_until_answered()
    other.wait_until_answered()
    assert losses(worker) == [None], "one device serves them all"
    assert dedicated_engines(chat.page) == dedicated_engines(other.page) == []
    assert chat.errors == other.errors == []


def test_a_page_closed_in_the_middle_of_an_answer_does_not_hold_up_another(
    visitor: BrowserContext, app: AppServer
) -> None:
    chat = open_chat(visitor, app)
    other = open_chat(visitor, app)
    service_worker(visitor).evaluate(NOTE_DEVICES)
    chat.send("Tell me a long story")
    chat.wait_until_streaming()
    chat.page.close()
    answered(other)
    assert losses(service_worker(visitor)) == [None]


def test_reset_destroys_the_gpu_device_and_keeps_the_worker(
    visitor: BrowserContext, app: AppServer
) -> None:
    withhold_the_embedded_model(visitor)
    chat = open_chat(visitor, app)
    worker = service_worker(visitor)
    worker.evaluate(NOTE_DEVICES)
    worker.evaluate("self.failing = true")
    chat.send("Hello")
    reset = chat.component.get_by_test_id("reset-gpu")
    expect(reset).to_be_visible(timeout=ANSWER_MS)
    failed = losses(worker)
    assert set(failed) == {"destroyed"}

    worker.evaluate("self.failing = false")
    reset.click()
    chat.wait_until_ready()
    assert losses(worker) == [*failed, None]
    answered(chat)


def kill_service_workers(chat: ChatPage) -> None:
    """As the browser does with an idle one, or one that uses too much memory."""
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    session.detach()


def test_a_worker_that_was_killed_is_replaced(visitor: BrowserContext, app: AppServer) -> None:
    chat = open_chat(visitor, app)
    answered(chat)
    kill_service_workers(chat)
    answered(chat)
    expect(chat.engine).to_have_attribute("data-backend", "webllm")


def test_a_worker_killed_in_the_middle_of_an_answer_is_replaced(
    visitor: BrowserContext, app: AppServer
) -> None:
    chat = open_chat(visitor, app)
    chat.send("Tell me a long story")
    chat.wait_until_streaming()
    kill_service_workers(chat)
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-backend", "webllm")


def test_a_browser_that_refuses_service_workers_uses_a_worker_of_the_page(
    visitor: BrowserContext, app: AppServer
) -> None:
    visitor.add_init_script(
        "ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error('refused'))"
    )
    chat = open_chat(visitor, app)
    assert len(dedicated_engines(chat.page)) == 1
    answered(chat)
    chat.page.get_by_role("link", name="Troubleshooting").click()
    placement = chat.component.get_by_test_id("engine-placement")
    expect(placement).to_have_attribute("data-host", "dedicated")
    expect(placement).to_have_attribute("data-reason", "registration")


HELD_LOCKS = """async () => {
    const { held } = await navigator.locks.query();
    return held.map(({ name }) => name).filter((name) => name.startsWith('webllm-chat-'));
}"""


def test_a_new_version_takes_over_without_breaking_an_answer(
    visitor: BrowserContext, start: StartApp, tmp_path: Path
) -> None:
    root = tmp_path / "app"
    left_out = shutil.ignore_patterns("node_modules", ".git", ".venv", ".cache", "tests", "models")
    shutil.copytree(ROOT, root, ignore=left_out)
    app = start("service-worker", root)
    chat = open_chat(visitor, app)
    chat.send("Tell me a long story")
    chat.wait_until_streaming()
    make_another_build(root / "components" / "webllm_chat" / "frontend" / "dist")

    other = open_chat(visitor, app)
    answered(other)
    chat.wait_until_answered()
    expect(chat.answers.last.get_by_test_id("notice")).to_have_count(0)
    answered(chat)
    # With the old version's answer ended, the new one's service worker is in charge.
    other.page.reload()
    other.wait_until_ready()
    assert dedicated_engines(other.page) == []
    answered(other)


def test_a_worker_of_the_page_around_outlives_the_frame(
    visitor: BrowserContext, start: StartApp
) -> None:
    chat = open_chat(visitor, start("parent"))
    (worker,) = dedicated_engines(chat.page)
    worker.evaluate(NOTE_DEVICES)
    chat.component.locator("html").evaluate("html => { html.id = 'old'; location.reload(); }")
    expect(chat.component.locator("html#old")).to_have_count(0)
    chat.wait_until_ready()
    answered(chat)
    assert dedicated_engines(chat.page) == [worker]
    assert losses(worker) == [None]


def test_a_shared_worker_outlives_a_reload(visitor: BrowserContext, start: StartApp) -> None:
    chat = open_chat(visitor, start("shared-worker"))
    before = chat.component.locator("html").evaluate(HELD_LOCKS)
    chat.page.reload()
    chat.wait_until_ready()
    after = chat.component.locator("html").evaluate(HELD_LOCKS)
    assert set(before) & set(after), "the worker's own lock is still held"
    assert dedicated_engines(chat.page) == []
    answered(chat)
