"""The model status page against real engines on a mirror of our own.

The models served are tiny and their answers meaningless; they stand under catalog ids, so what
the page says of them goes the same way as for the real weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import ROOT, AppServer, free_port, start_app
from tests.support.built_mirror import built_mirror
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser

SMALL = "SmolLM2-360M-Instruct-q4f32_1-MLC"
LARGER = "Qwen2.5-0.5B-Instruct-q4f32_1-MLC"
SIBLING = "Qwen2.5-Coder-0.5B-Instruct-q4f32_1-MLC"
"""Another model with the same library file as LARGER."""
SERVED = {SMALL: "tiny-S-q0f32", LARGER: "tiny-M-q0f32", SIBLING: "tiny-M-q0f32"}
CUSTOM = "Qwen2.5-0.5B-short"
LOADED_MS = 90_000
DOWNLOADED_MS = 60_000


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    with built_mirror(tmp_path_factory.mktemp("mirror"), SERVED) as running:
        yield running


@pytest.fixture(autouse=True)
def _healed(mirror: FaultyMirror) -> Iterator[None]:
    yield
    mirror.heal()


@pytest.fixture(scope="module")
def documented_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of docs/models.md, as an operator would keep it in a file."""
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("custom") / "models.json"
    path.write_text(page.partition("```json\n")[2].partition("```")[0])
    return path


@pytest.fixture(scope="module")
def mirrored_app(
    mirror: FaultyMirror, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppServer]:
    server = start_app(
        free_port(),
        tmp_path_factory.mktemp("mirrored") / "log.txt",
        WEBLLM_ALLOW_SOFTWARE_GPU="true",
        WEBLLM_DEFAULT_MODEL=SMALL,
        WEBLLM_MODEL_MIRROR=mirror.origin,
        WEBLLM_UPGRADE="off",
    )
    yield server
    server.kill()


@pytest.fixture
def context(gpu_browser: Browser) -> Iterator[BrowserContext]:
    """A visitor with nothing stored."""
    visitor = gpu_browser.new_context(viewport={"width": 1280, "height": 900})
    yield visitor
    visitor.close()


class StatusPage:
    """The model status page as a visitor uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    def open(cls, context: BrowserContext, url: str) -> StatusPage:
        status = cls(context.new_page())
        status.page.goto(f"{url}/model_status")
        expect(status.component.get_by_test_id("storage")).to_be_visible(timeout=60_000)
        # Nothing can be said to fit before the browser was looked at.
        expect(status.row(SMALL)).to_have_attribute("data-fit", "comfortable", timeout=60_000)
        return status

    @property
    def component(self) -> FrameLocator:
        return self.page.frame_locator('iframe[title*="webllm_chat"]')

    def row(self, model_id: str) -> Locator:
        return self.component.locator(f'[data-testid="model"][data-model-id="{model_id}"]')

    def expect_state(self, model_id: str, state: str, timeout: float = DOWNLOADED_MS) -> None:
        expect(self.row(model_id)).to_have_attribute("data-state", state, timeout=timeout)

    def do(self, action: str, model_id: str) -> None:
        self.row(model_id).locator(f'[data-action="{action}"]').click()

    def delete(self, model_id: str) -> None:
        self.do("delete", model_id)
        self.row(model_id).get_by_role("button", name="Delete", exact=True).click()

    def find(self, words: str) -> None:
        self.component.get_by_role("searchbox").fill(words)

    def metric(self, label: str) -> Locator:
        """A figure that Python shows, from what the engine reported."""
        return self.page.get_by_test_id("stMetric").filter(has_text=label)

    def in_browser(self, script: str) -> Any:
        return self.component.locator("html").evaluate(script)

    def kept_files(self) -> list[str]:
        found: list[str] = self.in_browser(
            """async () => {
              const urls = [];
              for (const name of await caches.keys())
                for (const { url } of await (await caches.open(name)).keys()) urls.push(url);
              return urls;
            }"""
        )
        return found

    def usage(self) -> int:
        bytes_used: int = self.in_browser("async () => (await navigator.storage.estimate()).usage")
        return bytes_used

    def wait_until_freed(self, model_bytes: int, before: int) -> None:
        """The browser counts what was deleted as free a little later."""
        self.page.wait_for_function(
            """async ([most]) => (await navigator.storage.estimate()).usage <= most""",
            arg=[before - model_bytes],
            timeout=DOWNLOADED_MS,
        )


def first_seconds(text: str) -> float:
    found = re.search(r"[\d.]+(?= s)", text)
    assert found, text
    return float(found.group())


def test_the_pages_figures_are_the_engines(
    context: BrowserContext, mirrored_app: AppServer
) -> None:
    chat = ChatPage(context.new_page(), mirrored_app.url)
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-model", SMALL)
    chat.send("Hello")
    chat.wait_until_answered()
    chat.go_to("Model status")

    status = StatusPage(chat.page)
    status.expect_state(SMALL, "active")
    expect(status.metric("Model in use")).to_contain_text("SmolLM2 360M")
    expect(status.metric("Context window")).to_contain_text("4,096 tokens")
    expect(status.metric("Runs on")).to_contain_text("GPU")
    first = status.row(SMALL).locator('[data-visit="first"] [data-testid="measured"]')
    measured = first_seconds(first.inner_text())
    # Python tells the same number, from what the engine reported.
    status.page.get_by_text("In words, and sources").nth(1).click()
    words = status.page.get_by_text(re.compile(r"SmolLM2 360M, first visit: [\d.]+ s measured"))
    assert first_seconds(words.inner_text().partition("SmolLM2 360M, first visit")[2]) == measured
    cached = status.row(SMALL).locator('[data-visit="cached"] [data-testid="measured"]')
    expect(cached).to_have_text("not measured here")
    speed = first_speed(status.metric("Speed of the last answer").inner_text())
    kept = json.loads(status.in_browser("() => localStorage.getItem('webllm-chat/history')"))
    assert speed == pytest.approx(kept[SMALL]["decodeTokensPerS"], abs=0.05)
    assert measured == pytest.approx(kept[SMALL]["firstS"], abs=0.05)
    assert [*status.errors, *chat.errors] == []


def first_speed(text: str) -> float:
    found = re.search(r"([\d.]+) tokens/s", text)
    assert found, text
    return float(found.group(1))


def test_a_model_is_downloaded_paused_used_unloaded_and_deleted(
    context: BrowserContext, mirrored_app: AppServer, mirror: FaultyMirror
) -> None:
    mirror.fail("*/params_shard_*.bin", Fault(bytes_per_second=200_000))
    status = StatusPage.open(context, mirrored_app.url)
    before = status.usage()
    status.expect_state(LARGER, "not-downloaded")
    status.do("download", LARGER)
    status.expect_state(LARGER, "downloading")
    percent = re.compile(r"^[1-9]\d?$")
    expect(status.row(LARGER)).to_have_attribute("data-percent", percent, timeout=DOWNLOADED_MS)
    status.do("pause", LARGER)
    status.expect_state(LARGER, "paused")
    expect(status.row(LARGER)).to_contain_text("kept.")
    mirror.heal()
    status.do("resume", LARGER)
    status.expect_state(LARGER, "cached")
    expect(status.row(LARGER)).not_to_contain_text("≈")  # Its size is known exactly now.
    after_download = status.usage()
    assert after_download > before

    status.do("use", LARGER)
    status.expect_state(LARGER, "active", LOADED_MS)
    expect(status.metric("Model in use")).to_contain_text("Qwen2.5 0.5B")
    status.do("unload", LARGER)
    status.expect_state(LARGER, "cached")
    expect(status.metric("Model in use")).to_contain_text("none")

    status.delete(LARGER)
    status.expect_state(LARGER, "not-downloaded")
    assert not [url for url in status.kept_files() if LARGER in url]
    status.wait_until_freed(1_000_000, after_download)
    assert status.errors == []


def test_cancelling_drops_what_was_not_whole(
    context: BrowserContext, mirrored_app: AppServer, mirror: FaultyMirror
) -> None:
    mirror.fail("*/params_shard_*.bin", Fault(bytes_per_second=100_000))
    status = StatusPage.open(context, mirrored_app.url)
    status.do("download", LARGER)
    percent = re.compile(r"^[1-9]\d?$")
    expect(status.row(LARGER)).to_have_attribute("data-percent", percent, timeout=DOWNLOADED_MS)
    status.do("cancel", LARGER)
    status.expect_state(LARGER, "partial")
    assert not [url for url in status.kept_files() if LARGER in url and "part-of" in url]
    status.delete(LARGER)
    status.expect_state(LARGER, "not-downloaded")


def test_deleting_a_model_leaves_its_sibling_whole(
    context: BrowserContext, mirrored_app: AppServer, mirror: FaultyMirror
) -> None:
    status = StatusPage.open(context, mirrored_app.url)
    status.find("qwen2.5 0.5B")
    for model_id in (LARGER, SIBLING):
        status.do("download", model_id)
        status.expect_state(model_id, "cached")
    library = [url for url in status.kept_files() if url.endswith(".wasm")]
    assert len(library) == 1
    full = status.usage()

    status.delete(LARGER)
    status.expect_state(LARGER, "not-downloaded")
    expect(status.row(LARGER).get_by_test_id("model-notice")).to_contain_text("Coder")
    assert [url for url in status.kept_files() if url.endswith(".wasm")] == library
    status.wait_until_freed(1_000_000, full)

    mirror.fail("*", Fault(status=503))
    status.do("use", SIBLING)
    status.expect_state(SIBLING, "active", LOADED_MS)


def test_delete_all_asks_and_frees_everything(
    context: BrowserContext, mirrored_app: AppServer
) -> None:
    status = StatusPage.open(context, mirrored_app.url)
    status.do("download", LARGER)
    status.expect_state(LARGER, "cached")
    storage = status.component.get_by_test_id("storage")
    storage.get_by_role("button", name="Delete all").click()
    expect(storage).to_contain_text("Unload and delete 1 model?")
    storage.get_by_role("button", name="Delete all").click()
    status.expect_state(LARGER, "not-downloaded")
    assert status.kept_files() == []
    expect(storage).to_contain_text("0 models here")


def test_a_context_window_is_used_from_the_fit_calculator(
    context: BrowserContext, mirrored_app: AppServer
) -> None:
    status = StatusPage.open(context, mirrored_app.url)
    page = status.page
    # Python has heard of the GPU: the page below the component stays as it is from here on.
    quantization = page.get_by_role("combobox", name="Quantization")
    expect(quantization).to_have_value("q0f32 (32-bit arithmetic)", timeout=60_000)
    model = page.get_by_role("combobox", name="Model", exact=True)
    model.click()
    model.press_sequentially("Qwen2.5 0.5B")
    expect(page.get_by_role("option")).to_have_count(1)
    model.press("Enter")
    expect(status.metric("GPU memory")).to_contain_text("1,060 MB", timeout=30_000)
    window = page.get_by_role("slider")
    window.focus()
    window.press("Home")
    # Of 4,096 tokens 3,584 are saved, at 24,576 bytes each.
    expect(status.metric("GPU memory")).to_contain_text("976 MB", timeout=30_000)
    expect(page.get_by_text("Fits this GPU's limits.")).to_be_visible()
    page.get_by_role("button", name="Use this").click()
    status.expect_state(LARGER, "active", LOADED_MS)
    expect(status.metric("Context window")).to_contain_text("512 tokens")
    expect(page.get_by_text("In use now.")).to_be_visible()


def test_rows_keep_their_place_while_a_download_runs(
    context: BrowserContext, mirrored_app: AppServer, mirror: FaultyMirror
) -> None:
    mirror.fail("*/params_shard_*.bin", Fault(bytes_per_second=400_000))
    status = StatusPage.open(context, mirrored_app.url)
    status.do("download", LARGER)
    status.expect_state(LARGER, "downloading")
    status.row(LARGER).evaluate(
        """(row) => {
          window.places = new Set();
          window.percents = new Set();
          const look = () => {
            if (row.dataset.state !== 'downloading') return;
            window.percents.add(row.dataset.percent);
            const rows = document.querySelectorAll('[data-testid="model"]:not([hidden])');
            window.places.add([...rows].map((each) => each.offsetTop).join());
          };
          new MutationObserver(look).observe(row, {
            attributes: true, childList: true, characterData: true, subtree: true });
        }"""
    )
    status.expect_state(LARGER, "cached")
    assert len(status.in_browser("() => [...window.percents]")) > 2
    assert len(status.in_browser("() => [...window.places]")) == 1


def test_the_documented_custom_model_loads_and_answers(
    context: BrowserContext,
    mirror: FaultyMirror,
    documented_example: Path,
    tmp_path: Path,
) -> None:
    server = start_app(
        free_port(),
        tmp_path / "log.txt",
        WEBLLM_ALLOW_SOFTWARE_GPU="true",
        WEBLLM_DEFAULT_MODEL=CUSTOM,
        WEBLLM_MODEL_MIRROR=mirror.origin,
        WEBLLM_APP_CONFIG_FILE=str(documented_example),
        WEBLLM_UPGRADE="off",
    )
    try:
        chat = ChatPage(context.new_page(), server.url)
        chat.wait_until_ready()
        expect(chat.engine).to_have_attribute("data-model", CUSTOM)
        chat.send("Hello")
        chat.wait_until_answered()
        expect(chat.page.get_by_text("useIndexedDBCache was read as")).to_be_visible()
        chat.go_to("Model status")
        row = chat.component.locator(f'[data-model-id="{CUSTOM}"]')
        expect(row).to_have_attribute("data-state", "active")
        expect(row).to_contain_text("1,024")
        # It lies where the example says: in IndexedDB, not in the Cache API.
        urls = chat.component.locator("html").evaluate(
            "async () => (await (await caches.open('webllm/model')).keys()).length"
        )
        assert urls == 0
    finally:
        server.kill()


def test_a_fresh_server_leads_to_the_page_that_was_asked_for(
    context: BrowserContext, tmp_path: Path
) -> None:
    server = start_app(free_port(), tmp_path / "log.txt")
    try:
        page = context.new_page()
        page.goto(f"{server.url}/model_status")
        expect(page.get_by_role("heading", name="Model status")).to_be_visible(timeout=60_000)
        expect(page).to_have_url(re.compile("/model_status$"))
    finally:
        server.kill()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_overflows(context: BrowserContext, mirrored_app: AppServer, width: int) -> None:
    status = StatusPage.open(context, mirrored_app.url)
    status.page.set_viewport_size({"width": width, "height": 900})
    status.component.get_by_role("button", name=re.compile("more models")).click()
    expect(status.row("gemma3-1b-it-q4f16_1-MLC")).to_be_visible()
    overflow = "() => document.documentElement.scrollWidth - window.innerWidth"
    assert status.page.evaluate(overflow) <= 0
    assert status.in_browser(overflow) <= 0
    assert status.errors == []
