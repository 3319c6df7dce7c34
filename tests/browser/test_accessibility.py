"""axe-core finds nothing to complain about in any view, light and dark, desktop and phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, OpenChat
from tests.browser.stored_chats import RICH, chain, conversation, message, store, without_model

pytestmark = pytest.mark.browser

AXE = (
    Path(__file__).parents[2] / "components/webllm_chat/frontend/node_modules/axe-core/axe.min.js"
).read_text()
# WCAG 2.2 AA, and what axe holds for good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Show = Callable[[ChatPage], None]


def welcome(chat: ChatPage) -> None:
    expect(chat.component.get_by_role("heading", level=1)).to_be_visible()


def conversation_view(chat: ChatPage) -> None:
    rows = [
        *chain("c1", ["Why?", f"<think>Hm.</think>{RICH}", "And then?", "Nothing."]),
        message("c1", 5, 2, "Another answer.", role="assistant", status="stopped"),
    ]
    titles = [conversation("c1", "First chat"), conversation("c2", "Second", pinned=True)]
    store(chat.page, chat.component, titles, rows)
    if chat.component.get_by_test_id("conversation").count() == 0:
        open_list(chat)
    chat.open_conversation("First chat")
    expect(chat.answers).to_have_count(2)
    expect(chat.component.locator(".katex").first).to_be_attached()
    expect(chat.component.locator("pre [style]").first).to_be_attached()


def open_list(chat: ChatPage) -> None:
    if chat.page.evaluate("innerWidth") < 960:
        chat.button("Conversations").click()
    expect(chat.component.get_by_role("searchbox")).to_be_visible()


def undo(chat: ChatPage) -> None:
    conversation_view(chat)
    chat.answers.last.get_by_role("button", name="Delete").click()
    expect(chat.button("Undo")).to_be_visible()


def editing(chat: ChatPage) -> None:
    conversation_view(chat)
    chat.composer.press("ArrowUp")
    expect(chat.component.get_by_test_id("edit-field")).to_be_visible()


def answer_menu(chat: ChatPage) -> None:
    conversation_view(chat)
    chat.answers.last.get_by_role("button", name="More").click()
    expect(chat.component.get_by_role("menu")).to_be_visible()


def settings(tab: str) -> Show:
    def show(chat: ChatPage) -> None:
        chat.button("Settings").click()
        chat.component.get_by_role("tab", name=tab).click()
        for more in chat.component.get_by_text("More settings").all():
            more.click()

    return show


def shortcuts(chat: ChatPage) -> None:
    chat.button("Settings").focus()
    chat.page.keyboard.press("?")
    expect(chat.component.get_by_role("dialog")).to_be_visible()


def privacy(chat: ChatPage) -> None:
    chat.component.get_by_test_id("privacy-meter").click()
    chat.component.get_by_text("The last message").click()


def page_view(check: str) -> Show:
    return lambda chat: expect(chat.component.locator(check).first).to_be_visible()


VIEWS: dict[str, tuple[str, Show]] = {
    "welcome": ("", welcome),
    "list": ("", open_list),
    "conversation": ("", conversation_view),
    "menu": ("", answer_menu),
    "editing": ("", editing),
    "undo": ("", undo),
    "settings": ("", settings("This chat")),
    "defaults": ("", settings("New chats")),
    "app settings": ("", settings("App")),
    "shortcuts": ("", shortcuts),
    "privacy": ("", privacy),
    "models": ("model_status", page_view('[data-testid="model"]')),
    "diagnostics": ("troubleshooting", page_view('[data-testid="check"]')),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(
    open_chat: OpenChat,
    app: AppServer,
    view: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    path, show = VIEWS[view]
    chat = open_chat(f"{app.url}/{path}", width=width, height=760, prepare=without_model)
    chat.page.emulate_media(color_scheme=scheme)
    chat.component.locator(f"html[data-theme={scheme}]").wait_for()
    show(chat)
    # The title of the other pages is Streamlit's, outside the component.
    skipped = ["page-has-heading-one"] if path else []
    assert violations(chat, skipped) == []


def violations(chat: ChatPage, skipped: list[str]) -> list[Any]:
    """What axe objects to in the component, each with the elements it means."""
    html = chat.component.locator("html")
    html.evaluate(f"() => {{ {AXE} }}")
    found = html.evaluate(
        """async (_, [tags, skipped]) => {
          const { violations } = await axe.run(document, {
            runOnly: { type: 'tag', values: tags },
            resultTypes: ['violations'],
            rules: Object.fromEntries(skipped.map(id => [id, { enabled: false }])),
          });
          return violations.map(({ id, help, nodes }) => ({
            id, help, nodes: nodes.map(node => node.html.slice(0, 200) + ' ' + node.failureSummary),
          }));
        }""",
        [TAGS, skipped],
    )
    assert isinstance(found, list)
    return found
