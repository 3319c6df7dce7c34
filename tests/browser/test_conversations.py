"""What a visitor wrote and was answered is still there after a reload, a crash, and elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenChat
from tests.browser.stored_chats import chain, conversation, store, without_model

pytestmark = pytest.mark.browser


def test_a_reload_brings_conversation_and_draft_back(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send("What is the capital of France?")
    answer = chat.wait_until_answered()
    chat.composer.fill("half a thou")
    chat.page.reload()
    expect(chat.component.get_by_test_id("message")).to_have_count(2)
    assert chat.wait_until_answered() == answer
    expect(chat.composer).to_have_value("half a thou")
    assert not chat.errors


def test_an_answer_cut_off_by_a_reload_keeps_what_it_had(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.wait_until_ready()
    chat.send("Write a long story about a lighthouse.")
    chat.wait_until_streaming()
    had = chat.answers.last.get_by_test_id("answer").inner_text()
    chat.page.reload()
    kept = chat.wait_until_answered("interrupted")
    assert kept.startswith(had)


def test_two_tabs_show_the_same_conversations(open_chat: OpenChat) -> None:
    first = open_chat(prepare=without_model)
    rows = [conversation("c1", "First chat"), conversation("c2", "Second chat", age=1000)]
    store(first.page, first.component, rows, chain("c1", ["Why?", "Because."]))
    second = ChatPage(first.page.context.new_page(), first.page.url)
    expect(second.component.get_by_test_id("conversation")).to_have_count(2)

    second.button("Actions for “First chat”").click()
    second.component.get_by_role("menuitem", name="Rename").click()
    second.component.get_by_role("textbox", name="Title of the conversation").fill("Reasons")
    second.page.keyboard.press("Enter")
    expect(first.button("Reasons").first).to_be_visible()

    first.button("Actions for “Second chat”").click()
    first.component.get_by_role("menuitem", name="Delete").click()
    expect(second.component.get_by_test_id("conversation")).to_have_count(1)
    assert not first.errors
    assert not second.errors


def test_a_question_asked_in_one_tab_is_read_in_the_other(open_chat: OpenChat) -> None:
    first = open_chat()
    first.wait_until_ready()
    second = ChatPage(first.page.context.new_page(), first.page.url)
    first.send("What is the capital of France?")
    answer = first.wait_until_answered()
    second.component.get_by_test_id("conversation").first.get_by_role("button").first.click()
    expect(second.component.get_by_test_id("message")).to_have_count(2)
    assert second.wait_until_answered() == answer
    assert not second.errors
