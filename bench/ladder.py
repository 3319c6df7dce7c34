"""The ladder against loading the wanted model alone, on one machine, in one run.

    python bench/ladder.py [--megabytes-per-second 12.5]

A mirror that sends no faster than the given speed serves SmolLM2-135M twice, under the ids of the
ladder's first two rungs: in four bits as the small model, in full precision as the wanted one.
Software WebGPU; compare the two lines of a run, not runs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import SOFTWARE_GPU_FLAGS, chromium, free_port, start_app
from tests.support.built_mirror import built_mirror
from tests.support.faulty_mirror import Fault, FaultyMirror

SMALL = "SmolLM2-360M-Instruct-q4f32_1-MLC"
WANTED = "Qwen2.5-0.5B-Instruct-q4f32_1-MLC"
BUILDS = {SMALL: "SmolLM2-135M-Instruct-q4f32_1", WANTED: "SmolLM2-135M-Instruct-q0f32"}
QUESTION = "What is the capital of France?"
PATIENCE_MS = 600_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megabytes-per-second", type=float, default=12.5)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        built_mirror(Path(folder), BUILDS) as mirror,
        sync_playwright() as playwright,
        chromium(playwright, *SOFTWARE_GPU_FLAGS) as browser,
    ):
        speed = int(options.megabytes_per_second * 1e6)
        mirror.fail("*.bin", Fault(bytes_per_second=speed))
        with running_app(mirror, folder, WEBLLM_UPGRADE="automatic") as url:
            ladder(browser, url)
        with running_app(mirror, folder, WEBLLM_DEFAULT_MODEL=WANTED) as url:
            alone(browser, url)
        mirror.heal()
        for model in BUILDS:
            with running_app(
                mirror, folder, WEBLLM_DEFAULT_MODEL=model, WEBLLM_UPGRADE="off"
            ) as url:
                cold_and_cached(browser, url, model)


@contextmanager
def running_app(mirror: FaultyMirror, folder: str, **environment: str) -> Iterator[str]:
    server = start_app(
        free_port(),
        Path(folder) / "log.txt",
        WEBLLM_ALLOW_SOFTWARE_GPU="true",
        WEBLLM_MODEL_MIRROR=mirror.origin,
        WEBLLM_MAX_TOKENS="12",
        **environment,
    )
    try:
        yield server.url
    finally:
        server.kill()


def ladder(browser: Browser, url: str) -> None:
    chat, started = visit(browser, url)
    print(f"ladder: first token after {first_token(chat, started):.1f} s, from the small model")
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-model", WANTED, timeout=PATIENCE_MS)
    print(f"ladder: the wanted model answers after {time.monotonic() - started:.1f} s")
    chat.page.context.close()


def alone(browser: Browser, url: str) -> None:
    chat, started = visit(browser, url)
    print(f"alone: first token after {first_token(chat, started):.1f} s, from the wanted model")
    chat.page.context.close()


def cold_and_cached(browser: Browser, url: str, model: str) -> None:
    chat, started = visit(browser, url)
    expect(chat.engine).to_have_attribute("data-phase", "ready", timeout=PATIENCE_MS)
    cold = time.monotonic() - started
    started = time.monotonic()
    chat.page.reload()
    expect(chat.engine).to_have_attribute("data-phase", "ready", timeout=PATIENCE_MS)
    print(f"{BUILDS[model]}: ready cold {cold:.1f} s, cached {time.monotonic() - started:.1f} s")
    chat.page.context.close()


def visit(browser: Browser, url: str) -> tuple[ChatPage, float]:
    started = time.monotonic()
    return ChatPage(browser.new_context().new_page(), url), started


def first_token(chat: ChatPage, started: float) -> float:
    """Seconds from the visit to the first token of a question that was typed at once."""
    chat.send(QUESTION)
    answer = chat.answers.last.get_by_test_id("answer")
    expect(answer).not_to_be_empty(timeout=PATIENCE_MS)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
