"""A real model answers in the browser, and nothing that happens around it is in its way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, OpenChat, free_port, start_app

pytestmark = pytest.mark.browser

FRANCE = "What is the capital of France?"
LONG = "Write a long story about a lighthouse keeper and the sea."


def test_a_model_answers_with_its_figures_and_the_page_says_where_it_runs(
    open_chat: OpenChat,
) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    expect(chat.notice("no-gpu")).to_be_visible()
    chat.send(FRANCE)
    chat.wait_until_streaming()
    assert "Paris" in chat.wait_until_answered()
    expect(chat.answers.last.get_by_test_id("speed")).to_have_text(re.compile(r"[\d.]+ tokens/s"))
    expect(chat.answers.last.get_by_test_id("first-token")).to_have_text(re.compile(r"[\d.]+ s"))
    assert chat.errors == []


def test_a_question_asked_while_the_model_loads_is_answered(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.send(FRANCE)
    expect(chat.component.get_by_role("progressbar")).to_be_visible()
    assert "Paris" in chat.wait_until_answered()


def test_no_report_takes_the_components_frame_away_however_close_they_follow(
    open_chat: OpenChat,
) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    detached: list[str] = []
    chat.page.on("framedetached", lambda frame: detached.append(frame.url))
    # Each of them is news, and changes what the pages show.
    chat.component.locator("html").evaluate(
        """async () => {
          const message = { isStreamlitMessage: true, dataType: 'json' };
          for (let sequence = 1000; sequence < 1060; sequence++) {
            const value = { protocol: 1, sequence, phase: 'ready', context_window: sequence };
            parent.postMessage({ ...message, type: 'streamlit:setComponentValue', value }, '*');
            await new Promise((resolve) => setTimeout(resolve, (sequence % 7) * 10));
          }
        }"""
    )
    chat.send(FRANCE)
    chat.wait_until_answered()
    assert detached == []


def test_shift_enter_breaks_the_line(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.composer.fill("one")
    chat.composer.press("Shift+Enter")
    chat.composer.press_sequentially("two")
    expect(chat.composer).to_have_value("one\ntwo")
    expect(chat.answers).to_have_count(0)


def test_stop_keeps_what_came_and_the_next_question_is_answered(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send(LONG)
    chat.wait_until_streaming()
    chat.component.get_by_test_id("stop").click()
    assert chat.wait_until_answered("stopped") != ""
    chat.component.get_by_role("button", name="New chat").last.click()
    expect(chat.answers).to_have_count(0)
    chat.send(FRANCE)
    assert "Paris" in chat.wait_until_answered()


def test_an_answer_goes_on_while_other_pages_are_looked_at(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send(LONG)
    chat.wait_until_streaming()
    chat.go_to("Model status")
    expect(chat.page.get_by_role("heading", name="Model status")).to_be_visible()
    expect(chat.engine).to_have_attribute("data-phase", "generating")
    chat.go_to("Troubleshooting")
    expect(chat.component.locator('[data-check="webgpu"]')).to_be_visible()
    chat.go_to("Chat")
    chat.wait_until_streaming()
    chat.component.get_by_test_id("stop").click()
    assert len(chat.wait_until_answered("stopped").split()) > 3


def test_an_answer_goes_on_when_theme_and_width_change(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send(FRANCE)
    chat.page.emulate_media(color_scheme="dark")
    expect(chat.component.locator("html")).to_have_attribute("data-theme", "dark")
    chat.page.set_viewport_size({"width": 360, "height": 740})
    assert "Paris" in chat.wait_until_answered()


def test_an_answer_goes_on_when_the_server_dies_and_comes_back(
    open_chat: OpenChat, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("dying") / "log.txt"
    port = free_port()
    server = start_app(port, log)
    chat = open_chat(server.url)
    chat.wait_until_ready()
    chat.send(FRANCE)
    server.kill()
    assert "Paris" in chat.wait_until_answered()
    server = start_app(port, log)
    try:
        go_to_once_connected(chat, "Model status")
        go_to_once_connected(chat, "Chat")
        expect(chat.answers).to_have_count(1)
        expect(chat.engine).to_have_attribute("data-phase", "ready")
    finally:
        server.kill()


def go_to_once_connected(chat: ChatPage, title: str) -> None:
    """A click while Streamlit is still reconnecting is lost; a visitor clicks again."""
    link = chat.page.get_by_role("link", name=title, exact=True)
    there = chat.page.locator('a[aria-current="page"]').filter(has_text=title)
    for _ in range(20):
        link.click()
        try:
            expect(there).to_be_visible(timeout=2_000)
        except AssertionError:
            continue
        return
    expect(there).to_be_visible()


def test_a_turn_reruns_the_script_twice_at_most(open_chat: OpenChat) -> None:
    sent: list[int] = []
    chat = open_chat()
    # Each value of a component is one message from the browser, and one run of a script.
    chat.page.on("websocket", lambda ws: ws.on("framesent", lambda _: sent.append(1)))
    chat.page.reload()
    chat.wait_until_ready()
    before = len(sent)
    chat.send(FRANCE)
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-phase", "ready")
    assert 1 <= len(sent) - before <= 2


def test_without_a_secure_context_the_cpu_answers_and_https_is_explained(
    open_chat: OpenChat, app: AppServer
) -> None:
    chat = open_chat(f"http://chat.lan:{app.port}")
    chat.wait_until_ready()
    expect(chat.notice("no-gpu")).to_contain_text("HTTPS")
    chat.send(FRANCE)
    assert "Paris" in chat.wait_until_answered()


@pytest.mark.parametrize("page", ["", "model_status", "troubleshooting"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_overflows(open_chat: OpenChat, app: AppServer, width: int, page: str) -> None:
    chat = open_chat(f"{app.url}/{page}", width=width, height=740)
    expect(chat.engine).to_be_visible()
    overflow = "e => e.scrollWidth - e.clientWidth"
    assert chat.page.locator("html").evaluate(overflow) <= 0
    assert chat.component.locator("html").evaluate(overflow) <= 0


def test_while_the_server_fetches_the_model_the_page_says_how_far_it_is(
    open_chat: OpenChat,
) -> None:
    fetching = {
        "version": 1,
        "state": "fetching",
        "received": 31_000_000,
        "total": 93_000_000,
        "file": "SmolLM2-135M-Instruct.Q4_1.gguf",
        "size": 98_362_432,
        "sha256": "",
        "error": None,
    }

    def busy(context: BrowserContext) -> None:
        context.route("**/status.json", lambda route: route.fulfill(json=fetching))

    chat = open_chat(prepare=busy)
    expect(chat.component.get_by_text("31 MB of 93 MB")).to_be_visible(timeout=30_000)
    chat.composer.fill("typing is never blocked")
    chat.page.context.unroute("**/status.json")
    chat.wait_until_ready()
    expect(chat.composer).to_have_value("typing is never blocked")


def test_a_corrupt_model_is_refused_and_fetched_anew_on_request(open_chat: OpenChat) -> None:
    def shorten(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "size": 1000})

    def damage(context: BrowserContext) -> None:
        context.route("**/status.json", shorten)
        context.route("**/*.gguf", lambda route: route.fulfill(body=bytes(1000)))

    chat = open_chat(prepare=damage)
    expect(chat.notice("corrupt-file")).to_be_visible(timeout=60_000)
    chat.composer.fill("still open")
    chat.page.context.unroute_all()
    chat.component.get_by_test_id("reset-gpu").click()
    chat.wait_until_ready()
    expect(chat.composer).to_have_value("still open")
