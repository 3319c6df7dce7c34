"""What WebLLM does while all goes well, in a real browser; and what the app's backend makes of it.

Tiny random models where the words don't matter, SmolLM2 where they do.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.webllm.gpu_process import GpuProcess
from tests.browser.webllm.harness import (
    AppEngine,
    Engine,
    EngineError,
    PlainEngine,
    assistant,
    model_record,
    user,
)
from tests.support.faulty_mirror import FaultyMirror

pytestmark = pytest.mark.browser

TINY, TINY_TOO = "tiny-S-q0f32", "tiny-M-q0f32"
SMOLLM = "SmolLM2-135M-Instruct-q4f32_1"
SMOLLM_WEIGHTS = 84_190_464  # bytes, as they lie in the GPU's memory too


@pytest.fixture(params=["app", "plain"])
def engine(request: pytest.FixtureRequest, page: Page, mirror: FaultyMirror) -> Engine:
    """A tiny model, loaded by the app's backend and by WebLLM as it comes."""
    if request.param == "app":
        app = AppEngine(page, mirror)
        app.load(TINY)
        return app
    plain = PlainEngine(page, model_record(mirror, TINY))
    plain.load(TINY)
    return plain


def test_a_conversation_goes_on_where_it_was_and_its_memory_is_given_back(
    gpu_browser: Browser, page: Page, mirror: FaultyMirror
) -> None:
    gpu = GpuProcess(gpu_browser)
    engine = AppEngine(page, mirror)
    engine.load(SMOLLM)
    first_question = user("What is the capital of France?")
    first = engine.reply(first_question, max_tokens=16)
    assert (first.text, first.finish) == ("The capital of France is Paris.", "stop")
    assert first.prompt_tokens == 37

    follow_up = user("Is it a city?")
    second = engine.reply(first_question, assistant(first.text), follow_up, max_tokens=4)
    # Only the follow-up and its frame of special tokens are read: the rest is still there.
    assert second.prompt_tokens < 20

    edited = engine.reply(first_question, assistant("It is Paris."), follow_up, max_tokens=4)
    assert edited.prompt_tokens > first.prompt_tokens + second.prompt_tokens

    loaded = gpu.resident_bytes()
    engine.terminate()
    gpu.wait_until_resident_below(loaded - SMOLLM_WEIGHTS)


def test_what_was_loaded_once_loads_again_without_the_mirror(
    page: Page, mirror: FaultyMirror
) -> None:
    first = AppEngine(page, mirror)
    first.load(TINY)
    said = first.reply(user("Hi"))
    first.terminate()
    assert mirror.requests_for("*/params_shard_0.bin")
    assert mirror.requests_for("*.wasm")

    mirror.forget()
    again = AppEngine(page, mirror)
    again.load(TINY)
    assert again.reply(user("Hi")) == said
    assert mirror.requests == []


def test_a_stopped_answer_keeps_its_beginning_and_the_engine_answers_on(engine: Engine) -> None:
    whole = engine.reply(user("Hi"), max_tokens=12)
    engine.ask(user("Hi"), max_tokens=900)
    engine.wait_for_tokens(3)
    engine.stop()
    stopped = engine.answer()
    assert stopped.finish in {"stopped", "abort"}
    assert stopped.text
    assert whole.text.startswith(stopped.text) or stopped.text.startswith(whole.text)
    # The last token of a stopped answer is not in the KV cache: all of it is read anew.
    after = engine.reply(user("Hi"), assistant(stopped.text), user("Hi"))
    assert after.prompt_tokens > whole.prompt_tokens
    assert engine.reply(user("Hi"), max_tokens=12) == whole


def test_two_models_answer_at_once_in_two_workers(page: Page, mirror: FaultyMirror) -> None:
    one, two = AppEngine(page, mirror), AppEngine(page, mirror)
    one.load(TINY)
    two.load(TINY_TOO)
    alone = two.reply(user("Hi"), max_tokens=100)
    assert one.reply(user("Hi"), max_tokens=100).text != alone.text

    one.ask(user("Hi"), max_tokens=900)
    two.ask(user("Hi"), max_tokens=100)
    one.wait_for_tokens(3)
    two.wait_for_tokens(3)
    one.terminate()
    assert two.answer() == alone


def test_a_prompt_that_is_too_long_leaves_the_engine_usable(engine: Engine) -> None:
    said = engine.reply(user("Hi"))
    with pytest.raises(EngineError, match="Prompt tokens exceed context window size") as failed:
        engine.reply(user("Hi " * 700))
    assert failed.value.kind == "context-exceeded"
    assert engine.reply(user("Hi")) == said


def test_a_context_that_fills_up_ends_the_answer(page: Page, mirror: FaultyMirror) -> None:
    engine = AppEngine(page, mirror)
    engine.load(TINY, context_window=128)
    full = engine.reply(user("Hi"), max_tokens=900)
    assert full.finish == "length"
    assert page.evaluate("name => window.harness.tokens(name)", engine.name) < 128
    assert engine.reply(user("Hi")).text == full.text[: len(engine.answer().text)]


def test_an_unloaded_model_answers_no_more_until_it_is_loaded_again(
    page: Page, mirror: FaultyMirror
) -> None:
    engine = PlainEngine(page, model_record(mirror, TINY))
    with pytest.raises(EngineError, match="WorkerEngineModelNotLoadedError") as early:
        engine.reply(user("Hi"))
    assert early.value.kind == "worker-crashed"
    engine.load(TINY)
    said = engine.reply(user("Hi"))

    engine.unload()
    with pytest.raises(EngineError, match="WorkerEngineModelNotLoadedError"):
        engine.reply(user("Hi"))
    engine.load(TINY)
    assert engine.reply(user("Hi")) == said
