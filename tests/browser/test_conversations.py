"""What a visitor wrote and was answered is still there after a reload, a crash, and elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenChat

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
