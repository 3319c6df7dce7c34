"""200 turns with random faults in a seeded order: is the conversation whole, is anything leaked?

    python -m bench.soak [--turns 200] [--seed 1]

The visitor has no CPU model to fall back to, which would keep later faults from a GPU that is no
longer used, and presses Reset GPU whenever the app offers it. The browser restarts its GPU process
as often as it dies; it would give up after three times.

Saves what docs/benchmarks.md shows, and fails when a message is lost, an engine is left behind, or
the page's heap (after garbage collection) is at its highest in the second half of the turns more
than 5 % above its highest in the first.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from bench import figures
from bench.mirrored_app import running_app
from tests.browser.chat_page import ChatPage
from tests.browser.conftest import SOFTWARE_GPU_FLAGS, chromium
from tests.browser.engine.faults import (
    crash_the_worker,
    engine_workers,
    expose_engines,
    kill_the_gpu_process,
    lose_the_device,
    withhold_the_embedded_model,
)
from tests.support.built_mirror import built_mirror

NO_CRASH_LIMITS = ["--disable-gpu-process-crash-limit", "--disable-domain-blocking-for-3d-apis"]
PATIENCE_MS = 180_000
# However an answer ends, its turn has.
ENDED = re.compile("done|stopped|failed")
BEGUN = re.compile("streaming|done")
MODEL = "SmolLM2-360M-Instruct-q4f32_1-MLC"
MIB = 2**20
# Of all turns; the others go without a fault.
FAULT_SHARE = 0.25
MOST_GROWTH = 1.05
# Turns between two looks at the heap.
LOOK_EVERY = 10


@dataclass
class Run:
    asked: list[str] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    """The turn, and what was broken in it."""
    heap: list[tuple[int, int]] = field(default_factory=list)
    """Bytes after so many turns."""
    resets: int = 0
    """How often the GPU had to be reset by hand."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        built_mirror(Path(folder), {MODEL: "tiny-S-q0f32"}) as mirror,
        sync_playwright() as playwright,
        chromium(playwright, *SOFTWARE_GPU_FLAGS, *NO_CRASH_LIMITS) as browser,
        running_app(
            mirror,
            folder,
            WEBLLM_UPGRADE="off",
            # The faults reach into workers of the page.
            WEBLLM_ENGINE_HOST="dedicated",
            WEBLLM_MAX_TOKENS="120",
        ) as url,
    ):
        return soak(browser, url, options.turns, random.Random(options.seed))  # noqa: S311


def soak(browser: Browser, url: str, turns: int, chance: random.Random) -> int:
    context = browser.new_context()
    expose_engines(context)
    withhold_the_embedded_model(context)
    chat = ChatPage(context.new_page(), url)
    chat.wait_until_ready()
    faults: dict[str, Callable[[], None]] = {
        "device lost in an answer": lambda: lose_the_device(chat),
        "worker crashed in an answer": lambda: crash_the_worker(chat),
        "GPU process killed": lambda: kill_the_gpu_process(browser),
        "page switched": lambda: switch_pages(chat),
        "stopped": lambda: stop(chat),
    }
    run = Run()
    for turn in range(1, turns + 1):
        text = f"question {turn}"
        run.asked.append(text)
        chat.send(text)
        if chance.random() < FAULT_SHARE:
            name = chance.choice(sorted(faults))
            run.faults.append((turn, name))
            # A short answer may have ended before the fault: that is a case too.
            expect(chat.answers.last).to_have_attribute("data-status", BEGUN, timeout=PATIENCE_MS)
            faults[name]()
        run.resets += settle(chat)
        if turn % LOOK_EVERY == 0:
            run.heap.append((turn, heap_after_collection(chat)))
            print(f"{turn} turns, heap {run.heap[-1][1] / MIB:.1f} MiB", flush=True)
    return report(chat, run)


def settle(chat: ChatPage) -> int:
    """Waits until the turn has ended and the engine is ready; how often that took a reset."""
    resets = 0
    settled = chat.component.locator('[data-testid="engine"][data-phase="ready"]')
    reset = chat.component.get_by_test_id("reset-gpu")
    expect(settled.or_(reset).first).to_be_visible(timeout=PATIENCE_MS)
    while reset.is_visible():
        reset.click()
        resets += 1
        expect(settled.or_(reset).first).to_be_visible(timeout=PATIENCE_MS)
    expect(chat.answers.last).to_have_attribute("data-status", ENDED, timeout=PATIENCE_MS)
    return resets


def stop(chat: ChatPage) -> None:
    button = chat.component.get_by_test_id("stop")
    if button.is_visible():
        button.click()


def switch_pages(chat: ChatPage) -> None:
    chat.go_to("Model status")
    expect(chat.page.get_by_role("heading", name="Model status")).to_be_visible()
    chat.go_to("Chat")


def heap_after_collection(chat: ChatPage) -> int:
    """Bytes of JavaScript objects that the page and its component still hold."""
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    used: int = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used


def report(chat: ChatPage, run: Run) -> int:
    kept = stored_questions(chat)
    used = [size for _, size in run.heap]
    half = len(used) // 2
    growth = max(used[half:]) / max(used[:half])
    engines = len(engine_workers(chat))
    figures.save(
        "soak",
        {
            "turns": len(run.asked),
            "faults": Counter(name for _, name in run.faults),
            "fault_turns": [turn for turn, _ in run.faults],
            "gpu_resets": run.resets,
            "questions_kept": len(kept),
            "engines_left": engines,
            "heap": run.heap,
            "heap_growth": round(growth, 3),
        },
    )
    whole = kept == run.asked
    return 0 if whole and engines == 1 and growth <= MOST_GROWTH else 1


def stored_questions(chat: ChatPage) -> list[str]:
    """What the browser's own storage holds: long conversations are not all on the page."""
    read = """async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name);
      const open = (name) => new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const all = [];
      for (const name of names) {
        const database = await open(name);
        if (!database.objectStoreNames.contains('messages')) continue;
        const messages = await new Promise((resolve) => {
          const request = database.transaction('messages').objectStore('messages').getAll();
          request.onsuccess = () => resolve(request.result);
        });
        all.push(...messages);
        database.close();
      }
      return all
        .filter(({ role }) => role === 'user')
        .sort((a, b) => a.createdAt - b.createdAt)
        .map(({ content }) => content);
    }"""
    questions: list[str] = chat.component.locator("html").evaluate(read)
    return questions


if __name__ == "__main__":
    sys.exit(main())
