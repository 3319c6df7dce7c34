"""Progressive loading with real engines: a small model answers while a better one comes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import ANSWER_MS, MODEL_READY_MS, ChatPage
from tests.browser.conftest import AppServer
from tests.browser.engine.conftest import BETTER, FIRST, StartApp
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(start: StartApp) -> AppServer:
    # The small model's weights are random, and so would be the length of its answers.
    return start(WEBLLM_MAX_TOKENS="24")


def upgrade(chat: ChatPage, stage: str) -> Locator:
    return chat.component.locator(f'[data-testid="upgrade"][data-stage="{stage}"]')


def tokens_in_context(chat: ChatPage) -> int:
    shown = chat.component.get_by_text(re.compile(r"\d of 4,096 tokens")).inner_text()
    return int(re.sub(r"\D", "", shown.split(" of ")[0]))


def test_the_small_model_answers_while_the_better_one_comes_and_then_takes_over(
    chat: ChatPage, mirror: FaultyMirror
) -> None:
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-model", FIRST)
    chat.send("My name is Ada. " * 20)
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-model", FIRST)

    expect(upgrade(chat, "ready")).to_be_visible(timeout=MODEL_READY_MS)
    chat.component.get_by_role("button", name="Switch to Qwen2.5 0.5B").click()
    expect(chat.engine).to_have_attribute("data-model", BETTER)
    chat.send("Who am I?")
    chat.wait_until_answered()
    expect(chat.answers).to_have_count(2)
    expect(chat.answers.last).to_contain_text("Qwen2.5 0.5B")
    # It has read the first turn too, and not only the question to itself.
    assert tokens_in_context(chat) > 130

    # The next visit starts on the better model, without a word from the mirror.
    mirror.fail("*", Fault(status=503))
    chat.page.reload()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-model", BETTER)
    assert not chat.errors


def test_the_last_question_is_answered_again_by_the_better_model_side_by_side(
    chat: ChatPage,
) -> None:
    chat.wait_until_ready()
    chat.answer_greedily()
    chat.send("What is the capital of France?")
    first = chat.wait_until_answered()
    chat.button("More").click()
    chat.component.get_by_role("menuitem", name="Ask Qwen2.5 0.5B too, side by side").click()
    both = chat.component.get_by_test_id("comparison").get_by_test_id("message")
    expect(both).to_have_count(2)
    expect(both.last).to_have_attribute("data-status", "done", timeout=ANSWER_MS)
    expect(both.first.get_by_test_id("answer")).to_have_text(first, use_inner_text=True)
    expect(both.last).to_contain_text("Paris")
    expect(both.last).to_contain_text("Qwen2.5 0.5B")
    assert not chat.errors


def test_a_better_model_that_cannot_be_had_leaves_the_first_one_answering(
    chat: ChatPage, mirror: FaultyMirror
) -> None:
    mirror.fail(f"*/{BETTER}/*", Fault(status=404))
    chat.page.reload()
    chat.wait_until_ready()
    # The ladder goes on without it: the next larger one is offered with its size.
    expect(upgrade(chat, "asking")).to_contain_text("TinyLlama 1.1B", timeout=MODEL_READY_MS)
    chat.send("Still there?")
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-model", FIRST)
