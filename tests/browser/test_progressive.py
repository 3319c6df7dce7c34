"""Progressive loading with real engines: a small model answers while a better one comes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.chat_page import MODEL_READY_MS, ChatPage
from tests.browser.conftest import ROOT, AppServer, free_port, start_app
from tests.support.faulty_mirror import Fault, FaultyMirror

pytestmark = pytest.mark.browser

# Built small, and served under the ids of the ladder's first two rungs.
FIRST = "SmolLM2-360M-Instruct-q4f32_1-MLC"
BETTER = "Qwen2.5-0.5B-Instruct-q4f32_1-MLC"
MODELS = {FIRST: "tiny-S-q0f32", BETTER: "SmolLM2-135M-Instruct-q4f32_1"}


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    folder = tmp_path_factory.mktemp("mirror")
    for served, built in MODELS.items():
        build = ["build", built, "--as", served, "--mirror", str(folder)]
        subprocess.run([sys.executable, "-m", "tools.model_kit", *build], cwd=ROOT, check=True)
    with FaultyMirror(Path(folder)) as running:
        yield running


@pytest.fixture(autouse=True)
def _healed(mirror: FaultyMirror) -> Iterator[None]:
    yield
    mirror.heal()


@pytest.fixture(scope="module")
def app(mirror: FaultyMirror, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    server = start_app(
        free_port(),
        tmp_path_factory.mktemp("ladder") / "log.txt",
        WEBLLM_ALLOW_SOFTWARE_GPU="true",
        WEBLLM_MODEL_MIRROR=mirror.origin,
        # The small model's weights are random, and so would be the length of its answers.
        WEBLLM_MAX_TOKENS="24",
    )
    yield server
    server.kill()


@pytest.fixture
def chat(gpu_browser: Browser, app: AppServer) -> Iterator[ChatPage]:
    context = gpu_browser.new_context()
    yield ChatPage(context.new_page(), app.url)
    context.close()


def upgrade(chat: ChatPage, stage: str) -> Locator:
    return chat.component.locator(f'[data-testid="upgrade"][data-stage="{stage}"]')


def test_the_small_model_answers_while_the_better_one_comes_and_then_takes_over(
    chat: ChatPage, mirror: FaultyMirror
) -> None:
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-model", FIRST)
    chat.send("My name is Ada. What is the capital of France?")
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-model", FIRST)

    expect(upgrade(chat, "ready")).to_be_visible(timeout=MODEL_READY_MS)
    chat.component.get_by_role("button", name="Switch to Qwen2.5 0.5B").click()
    expect(chat.engine).to_have_attribute("data-model", BETTER)
    chat.send("What is the capital of France?")
    assert "Paris" in chat.wait_until_answered()
    expect(chat.answers).to_have_count(2)

    # The next visit starts on the better model, without a word from the mirror.
    mirror.fail("*", Fault(status=503))
    chat.page.reload()
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-model", BETTER)
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
