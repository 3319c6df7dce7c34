"""200 turns with random faults in a seeded order: is the conversation whole, is anything leaked?

    python bench/soak.py [--turns 200] [--seed 1]

Prints what docs/benchmarks.md shows, and fails when a message is lost, an engine is left behind, or
the page's heap (after garbage collection) is more than 5 % larger in the second half of the turns
than at the end of the first.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import SOFTWARE_GPU_FLAGS, chromium, free_port, start_app
from tests.browser.engine.faults import (
    crash_the_worker,
    engine_workers,
    expose_engines,
    kill_the_gpu_process,
    lose_the_device,
)
from tests.support.built_mirror import built_mirror

# However an answer ends, its turn has.
ENDED = re.compile("done|stopped")
BEGUN = re.compile("streaming|done")
MODEL = "SmolLM2-360M-Instruct-q4f32_1-MLC"
MIB = 2**20
# Of all turns; the others go without a fault.
FAULT_SHARE = 0.25
MOST_GROWTH = 1.05
# Turns between two looks at the heap.
LOOK_EVERY = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        built_mirror(Path(folder), {MODEL: "tiny-S-q0f32"}) as mirror,
        sync_playwright() as playwright,
        chromium(playwright, *SOFTWARE_GPU_FLAGS) as browser,
    ):
        server = start_app(
            free_port(),
            Path(folder) / "log.txt",
            WEBLLM_ALLOW_SOFTWARE_GPU="true",
            WEBLLM_MODEL_MIRROR=mirror.origin,
            WEBLLM_UPGRADE="off",
            # The faults reach into workers of the page.
            WEBLLM_ENGINE_HOST="dedicated",
            WEBLLM_MAX_TOKENS="120",
        )
        try:
            return soak(browser, server.url, options.turns, random.Random(options.seed))  # noqa: S311
        finally:
            server.kill()


def soak(browser: Browser, url: str, turns: int, chance: random.Random) -> int:
    context = browser.new_context()
    expose_engines(context)
    chat = ChatPage(context.new_page(), url)
    chat.wait_until_ready()
    faults: dict[str, Callable[[], None]] = {
        "device lost in an answer": lambda: lose_the_device(chat),
        "worker crashed in an answer": lambda: crash_the_worker(chat),
        "GPU process killed": lambda: kill_the_gpu_process(browser),
        "page switched": lambda: switch_pages(chat),
        "stopped": lambda: stop(chat),
    }
    injected: Counter[str] = Counter()
    heap: list[int] = []
    asked: list[str] = []
    for turn in range(turns):
        text = f"question {turn}"
        asked.append(text)
        chat.send(text)
        if chance.random() < FAULT_SHARE:
            name = chance.choice(sorted(faults))
            injected[name] += 1
            # A short answer may have ended before the fault: that is a case too.
            expect(chat.answers.last).to_have_attribute("data-status", BEGUN, timeout=180_000)
            faults[name]()
        answer = chat.answers.last
        expect(answer).to_have_attribute("data-status", ENDED, timeout=180_000)
        expect(chat.engine).to_have_attribute("data-phase", "ready", timeout=180_000)
        if turn % LOOK_EVERY == LOOK_EVERY - 1:
            heap.append(heap_after_collection(chat))
            print(f"{turn + 1} turns, heap {heap[-1] / MIB:.1f} MiB", flush=True)
    return report(chat, asked, injected, heap)


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


def report(chat: ChatPage, asked: list[str], injected: Counter[str], heap: list[int]) -> int:
    shown = stored_questions(chat)
    half = len(heap) // 2
    growth = median(heap[half:]) / heap[half - 1]
    workers = len(engine_workers(chat))
    for name, count in sorted(injected.items()):
        print(f"{name}: {count}")
    print(f"questions asked {len(asked)}, kept {len(shown)}")
    print(f"engines left: {workers}")
    print(f"heap, second half over the end of the first: {growth:.3f}")
    whole = shown == asked
    return 0 if whole and workers == 1 and growth <= MOST_GROWTH else 1


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
