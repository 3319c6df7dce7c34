"""The ladder against loading the wanted model alone, on one machine, in one run.

    python -m bench.ladder [--megabytes-per-second 12.5]

A mirror that sends no faster than the given speed serves SmolLM2-135M twice, under the ids of the
ladder's first two rungs: in four bits as the small model, in full precision as the wanted one.
Then each is loaded alone, as fast as it comes: from the network, and from the browser's cache.
Software WebGPU; compare the lines of a run, not runs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from bench import figures
from bench.mirrored_app import running_app
from tests.browser.chat_page import ChatPage
from tests.browser.conftest import SOFTWARE_GPU_FLAGS, chromium
from tests.support.built_mirror import built_mirror
from tests.support.faulty_mirror import Fault

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
        short = {"WEBLLM_MAX_TOKENS": "12"}
        with running_app(mirror, folder, WEBLLM_UPGRADE="automatic", **short) as url:
            first, wanted = ladder(browser, url)
        with running_app(mirror, folder, WEBLLM_DEFAULT_MODEL=WANTED, **short) as url:
            alone = first_token_alone(browser, url)
        mirror.heal()
        ready = {}
        for model, build in BUILDS.items():
            with running_app(
                mirror,
                folder,
                WEBLLM_DEFAULT_MODEL=model,
                WEBLLM_UPGRADE="off",
                # A service worker would still have it loaded after the reload.
                WEBLLM_ENGINE_HOST="dedicated",
                **short,
            ) as url:
                ready[build] = cold_and_cached(browser, url)
    figures.save(
        "ladder",
        {
            "megabytes_per_second": options.megabytes_per_second,
            "ladder_first_token_s": first,
            "ladder_wanted_s": wanted,
            "alone_first_token_s": alone,
            "ready_s": ready,
        },
    )


def ladder(browser: Browser, url: str) -> tuple[float, float]:
    """Seconds to the first token, from the small model, and until the wanted one answers."""
    chat, started = visit(browser, url)
    first = first_token(chat, started)
    chat.wait_until_answered()
    expect(chat.engine).to_have_attribute("data-model", WANTED, timeout=PATIENCE_MS)
    wanted = seconds_since(started)
    chat.page.context.close()
    return first, wanted


def first_token_alone(browser: Browser, url: str) -> float:
    chat, started = visit(browser, url)
    seconds = first_token(chat, started)
    chat.page.context.close()
    return seconds


def cold_and_cached(browser: Browser, url: str) -> dict[str, float]:
    """Seconds until the model is ready, on a first visit and on a second."""
    chat, started = visit(browser, url)
    expect(chat.engine).to_have_attribute("data-phase", "ready", timeout=PATIENCE_MS)
    cold = seconds_since(started)
    started = time.monotonic()
    chat.page.reload()
    # The page of before may still be seen for a moment.
    expect(chat.engine).not_to_have_attribute("data-phase", "ready")
    expect(chat.engine).to_have_attribute("data-phase", "ready", timeout=PATIENCE_MS)
    cached = seconds_since(started)
    chat.page.context.close()
    return {"cold": cold, "cached": cached}


def visit(browser: Browser, url: str) -> tuple[ChatPage, float]:
    started = time.monotonic()
    return ChatPage(browser.new_context().new_page(), url), started


def first_token(chat: ChatPage, started: float) -> float:
    """Seconds from the visit to the first token of a question that was typed at once."""
    chat.send(QUESTION)
    answer = chat.answers.last.get_by_test_id("answer")
    expect(answer).not_to_be_empty(timeout=PATIENCE_MS)
    return seconds_since(started)


def seconds_since(started: float) -> float:
    return round(time.monotonic() - started, 1)


if __name__ == "__main__":
    main()
