"""What an embedding app is given of a conversation, and what its visitor is told of that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Route, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, free_port, start_app
from tests.support.built_mirror import built_mirror
from tests.support.faulty_mirror import FaultyMirror

pytestmark = pytest.mark.browser

FIRST_OF_THE_LADDER = "SmolLM2-360M-Instruct-q4f32_1-MLC"
# The example leaves every setting as it is, and by default software WebGPU is no GPU.
COUNT_AS_A_GPU = """
Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    log = tmp_path_factory.mktemp("sharing") / "log.txt"
    server = start_app(free_port(), log, script="docs/examples/shared.py")
    yield server
    server.kill()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    models = {FIRST_OF_THE_LADDER: "tiny-S-q0f32"}
    with built_mirror(tmp_path_factory.mktemp("hub"), models) as running:
        yield running


@pytest.fixture
def visitor(gpu_browser: Browser, hub: FaultyMirror) -> Iterator[BrowserContext]:
    """A visitor whose model hub is the mirror."""
    context = gpu_browser.new_context()
    context.add_init_script(COUNT_AS_A_GPU)

    def weights(route: Route) -> None:
        path = urlsplit(route.request.url).path
        route.fulfill(response=route.fetch(url=hub.origin + path))

    def library(route: Route) -> None:
        name = PurePosixPath(urlsplit(route.request.url).path).name
        route.fulfill(response=route.fetch(url=f"{hub.origin}/libs/{name}"))

    context.route("https://huggingface.co/**", weights)
    context.route("https://raw.githubusercontent.com/**", library)
    yield context
    context.close()


def metric(chat: ChatPage, label: str) -> Locator:
    shown = chat.page.get_by_test_id("stMetric").filter(has_text=label)
    return shown.get_by_test_id("stMetricValue")


def test_an_app_that_wants_messages_gets_them_only_after_the_visitors_yes(
    visitor: BrowserContext, app: AppServer
) -> None:
    chat = ChatPage(visitor.new_page(), app.url)
    sharing = chat.notice("sharing")
    expect(sharing).to_have_attribute("data-answer", "unasked")
    chat.wait_until_ready()
    chat.send("What is the capital of France?")
    chat.wait_until_streaming()
    chat.component.get_by_test_id("stop").click()
    chat.wait_until_answered("stopped")
    meter = chat.component.get_by_test_id("privacy-meter")
    expect(meter).to_have_attribute("data-bytes", "0")
    expect(metric(chat, "Words of yours")).to_have_text("0")

    chat.component.get_by_test_id("share-decline").click()
    expect(sharing).to_have_attribute("data-answer", "no")
    chat.page.reload()
    expect(sharing).to_have_attribute("data-answer", "no")
    expect(metric(chat, "Words of yours")).to_have_text("0")

    chat.component.get_by_test_id("share-allow").click()
    expect(metric(chat, "Words of yours")).to_have_text("6")
    chat.component.get_by_test_id("share-decline").click()
    expect(metric(chat, "Words of yours")).to_have_text("0")


def test_a_sharing_app_tells_the_visitor_and_gets_finished_messages(
    visitor: BrowserContext, app: AppServer
) -> None:
    chat = ChatPage(visitor.new_page(), app.url)
    meter = chat.component.get_by_test_id("privacy-meter")
    chat.component.get_by_test_id("share-allow").click()
    expect(chat.notice("sharing")).to_have_attribute("data-answer", "yes")
    expect(meter).to_have_attribute("data-bytes", "0")
    expect(metric(chat, "Words of yours")).to_have_text("0")
    chat.wait_until_ready()
    chat.send("What is the capital of France?")
    chat.wait_until_streaming()
    chat.component.get_by_test_id("stop").click()
    chat.wait_until_answered("stopped")
    expect(metric(chat, "Messages of yours")).to_have_text("1")
    expect(metric(chat, "Words of yours")).to_have_text("6")
    expect(meter).not_to_have_attribute("data-bytes", "0")
    expect(chat.notice("sharing")).to_be_visible()
    assert not chat.errors
