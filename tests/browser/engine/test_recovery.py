"""Real faults in the real browser: the answer still comes, and no message is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.chat_page import MODEL_READY_MS, ChatPage
from tests.browser.conftest import AppServer
from tests.browser.engine.conftest import BETTER, FIRST, StartApp
from tests.browser.engine.faults import (
    ENGINE_CODE,
    crash_the_tab,
    crash_the_worker,
    expose_engines,
    hang_the_worker,
    kill_the_gpu_process,
    lose_the_device,
    withhold_the_embedded_model,
)
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser

# A heartbeat misses an engine after half a minute.
HUNG_MS = 90_000

# Bytes: between the caches that 1024 and 4096 tokens of the small model take.
KEY_VALUE_CACHE_LIMIT = 800_000


@pytest.fixture(scope="module")
def app(start: StartApp) -> AppServer:
    # Long enough answers that a fault falls into the middle of one.
    return start(WEBLLM_MAX_TOKENS="300", WEBLLM_UPGRADE="off", WEBLLM_ENGINE_HOST="dedicated")


@pytest.fixture
def chat(gpu_browser: Browser, app: AppServer) -> Iterator[ChatPage]:
    """A visitor whose engines tests can reach and break."""
    context = gpu_browser.new_context()
    expose_engines(context)
    yield ChatPage(context.new_page(), app.url)
    context.close()


def questions(chat: ChatPage) -> list[str]:
    return chat.component.locator('[data-testid="message"][data-role="user"]').all_inner_texts()


def notes(chat: ChatPage) -> list[str | None]:
    shown = chat.answers.last.get_by_test_id("notice").all()
    return [note.get_attribute("data-kind") for note in shown]


@pytest.mark.parametrize("fault", [lose_the_device, crash_the_worker])
def test_an_engine_that_dies_in_an_answer_is_replaced_and_answers(
    chat: ChatPage, fault: object
) -> None:
    assert callable(fault)
    chat.wait_until_ready()
    chat.send("one")
    chat.wait_until_answered()
    chat.send("two")
    chat.wait_until_streaming()
    fault(chat)
    assert chat.wait_until_answered() != ""
    assert notes(chat) == ["same-model-again"]
    # What had come before is kept beside the answer.
    expect(chat.answers.last.get_by_text("interrupted answer had said")).to_be_visible()
    expect(chat.engine).to_have_attribute("data-model", FIRST)
    assert [text.strip() for text in questions(chat)] == ["one", "two"]
    expect(chat.answers).to_have_count(2)


def test_a_device_lost_between_answers_is_replaced_before_the_next_question(
    chat: ChatPage,
) -> None:
    chat.wait_until_ready()
    lose_the_device(chat)
    expect(chat.engine).not_to_have_attribute("data-phase", "ready")
    chat.wait_until_ready()
    chat.send("still there?")
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-model", FIRST)


def test_a_gpu_lost_twice_leads_to_the_cpu_and_the_question_is_answered_there(
    chat: ChatPage,
) -> None:
    chat.wait_until_ready()
    chat.send("What is the capital of France?")
    chat.wait_until_streaming()
    lose_the_device(chat)
    expect(chat.engine).to_have_attribute("data-phase", "recovering")
    expect(chat.engine).to_have_attribute("data-phase", "generating", timeout=MODEL_READY_MS)
    chat.wait_until_streaming()
    lose_the_device(chat)
    assert "Paris" in chat.wait_until_answered()
    assert notes(chat) == ["same-model-again", "stepped-down"]
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    # Which of its two faces a lost GPU shows depends on what it was doing.
    expect(chat.notice("device-lost").or_(chat.notice("buffer-map-failed"))).to_be_visible()


def test_the_death_of_the_gpu_process_is_survived(chat: ChatPage, gpu_browser: Browser) -> None:
    chat.wait_until_ready()
    chat.send("one")
    chat.wait_until_streaming()
    kill_the_gpu_process(gpu_browser)
    assert chat.wait_until_answered() != ""
    assert "same-model-again" in notes(chat)
    assert [text.strip() for text in questions(chat)] == ["one"]


def test_an_engine_that_hangs_is_found_and_replaced(chat: ChatPage) -> None:
    chat.wait_until_ready()
    chat.send("one")
    chat.wait_until_streaming()
    hang_the_worker(chat)
    chat.composer.fill("typing goes on")
    expect(chat.engine).to_have_attribute("data-phase", "recovering", timeout=HUNG_MS)
    assert chat.wait_until_answered() != ""
    assert notes(chat) == ["same-model-again"]
    expect(chat.composer).to_have_value("typing goes on")


# A GPU with little memory: what is larger is asked for beyond every limit, and really refused.
LITTLE_MEMORY = """
const createBuffer = GPUDevice.prototype.createBuffer;
GPUDevice.prototype.createBuffer = function (descriptor) {
  const size = descriptor.size > %d ? 2 ** 40 : descriptor.size;
  return createBuffer.call(this, { ...descriptor, size });
};
"""


def test_without_memory_for_the_context_a_shorter_one_is_loaded(
    gpu_browser: Browser, app: AppServer
) -> None:
    context = gpu_browser.new_context()
    expose_engines(context, LITTLE_MEMORY % KEY_VALUE_CACHE_LIMIT)
    chat = ChatPage(context.new_page(), app.url)
    chat.send("one")
    assert chat.wait_until_answered() != ""
    # WebLLM ends its device when memory runs out, which looks like a lost one at first.
    assert notes(chat) == ["same-model-again", "smaller-context"]
    expect(chat.engine).to_have_attribute("data-model", FIRST)
    context.close()


def test_without_memory_for_the_model_a_smaller_one_answers_and_is_started_with_next_time(
    gpu_browser: Browser, app: AppServer
) -> None:
    context = gpu_browser.new_context()
    expose_engines(context, LITTLE_MEMORY % 1000)
    chat = ChatPage(context.new_page(), app.url)
    chat.send("What is the capital of France?")
    assert "Paris" in chat.wait_until_answered()
    assert notes(chat) == ["same-model-again", "smaller-context", "stepped-down"]
    chat.page.reload()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    expect(chat.notice("failed-here")).to_be_visible()
    context.close()


def test_a_tab_that_died_while_loading_starts_lower_next_time_and_says_so(
    gpu_browser: Browser, app: AppServer
) -> None:
    context = gpu_browser.new_context()
    held: list[Route] = []
    page = context.new_page()
    # The engine's own code never comes, so the first tab's load never ends.
    context.route(
        ENGINE_CODE,
        lambda route: route.continue_() if page.is_closed() else held.append(route),
    )
    first = ChatPage(page, app.url)
    expect(first.engine).to_have_attribute("data-phase", "downloading", timeout=MODEL_READY_MS)
    first.page.wait_for_function("Object.keys(localStorage).some((k) => k.includes('/loading/'))")
    crash_the_tab(first)
    page.close()
    chat = ChatPage(context.new_page(), app.url)
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    expect(chat.notice("after-crash")).to_be_visible()
    context.close()


def test_who_leaves_while_a_model_loads_finds_the_same_model_next_time(
    gpu_browser: Browser, app: AppServer
) -> None:
    context = gpu_browser.new_context()
    held: list[Route] = []
    context.route(ENGINE_CODE, lambda route: held.append(route))
    chat = ChatPage(context.new_page(), app.url)
    chat.page.wait_for_function("Object.keys(localStorage).some((k) => k.includes('/loading/'))")
    context.unroute(ENGINE_CODE)
    chat.page.reload()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "webllm")
    expect(chat.notice("after-crash")).to_have_count(0)
    context.close()


def test_storage_emptied_while_running_costs_only_the_next_visit_its_shortcut(
    chat: ChatPage,
) -> None:
    chat.wait_until_ready()
    empty = "async () => { for (const name of await caches.keys()) await caches.delete(name); }"
    chat.component.locator("html").evaluate(empty)
    chat.send("one")
    chat.wait_until_answered()
    chat.page.reload()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-model", FIRST)


def test_when_everything_fails_the_reason_is_shown_and_reset_brings_the_answer(
    gpu_browser: Browser, app: AppServer
) -> None:
    context = gpu_browser.new_context()
    expose_engines(context, LITTLE_MEMORY % 1000)
    withhold_the_embedded_model(context)
    chat = ChatPage(context.new_page(), app.url)
    chat.send("one")
    expect(chat.engine).to_have_attribute("data-phase", "failed", timeout=MODEL_READY_MS)
    expect(chat.answers.last).to_have_attribute("data-status", "failed")
    chat.composer.fill("still open")
    context.unroute(ENGINE_CODE)
    chat.component.get_by_test_id("reset-gpu").click()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-model", FIRST)
    expect(chat.composer).to_have_value("still open")
    assert [text.strip() for text in questions(chat)] == ["one"]
    context.close()


def test_a_network_that_breaks_off_in_the_background_delays_the_better_model_only(
    start: StartApp, gpu_browser: Browser, mirror: FaultyMirror
) -> None:
    server = start(WEBLLM_MAX_TOKENS="16")
    mirror.fail(f"*/{BETTER}/*/params_shard_0.bin", Fault(drop_at=0))
    context = gpu_browser.new_context()
    chat = ChatPage(context.new_page(), server.url)
    chat.wait_until_ready()
    coming = chat.component.get_by_test_id("upgrade")
    expect(coming).to_have_attribute("data-stage", "downloading", timeout=MODEL_READY_MS)
    chat.send("one")
    chat.wait_until_answered()
    expect(coming).to_have_attribute("data-stage", "downloading")
    # Nobody waits for it, so it is tried again and again, and goes on by itself.
    mirror.heal()
    expect(coming).to_have_attribute("data-stage", "ready", timeout=MODEL_READY_MS)
    expect(chat.engine).to_have_attribute("data-model", FIRST)
    context.close()
