"""What the chat costs the page: streaming, opening and scrolling. Prints a table.

    python -m bench.chat

Needs the built bundle, the frontend's node_modules, the embedded model and Chromium. The engine is
replaced by one that says a text at a fixed rate (`replay.worker.js`): what is measured is the page.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from pathlib import Path

from playwright.sync_api import CDPSession, expect, sync_playwright

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, chromium, free_port, start_app
from tests.browser.stored_chats import chain, conversation, store, without_model

FRONTEND = Path(__file__).parents[1] / "components/webllm_chat/frontend"
COMLINK = FRONTEND / "node_modules/comlink/dist/esm/comlink.mjs"
TOKENS_PER_S = 200
PART = """## A heading

The **quick** brown fox jumps over the `lazy` dog, and [links](https://example.org) to it. It goes
on for a while, as models do, with one sentence after the other until the paragraph is long enough.

- first, a point
- then *another* one

| name | value |
| --- | --- |
| one | 1 |
| two | 2 |

```python
def area(radius: float) -> float:
    return 3.14159 * radius**2
```

"""


def replay_worker(text: str) -> str:
    """One script: a worker's imports are out of reach for the browser's driver."""
    comlink = re.sub(r"^export \{.*$", "", COMLINK.read_text(), flags=re.MULTILINE)
    constants = f"const TEXT = {json.dumps(text)}; const TOKENS_PER_S = {TOKENS_PER_S};"
    return "\n".join([comlink, constants, Path(__file__).with_name("replay.worker.js").read_text()])


def busy_seconds(devtools: CDPSession) -> float:
    """Seconds that the page's main thread has worked; other programs' share is not in it."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")


def devtools_of(chat: ChatPage) -> CDPSession:
    devtools = chat.page.context.new_cdp_session(chat.page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    return devtools


def streaming(chat: ChatPage) -> dict[str, str]:
    chat.wait_until_ready()
    chat.component.locator("html").evaluate(
        """() => {
          window.shifts = 0;
          new PerformanceObserver(list => {
            for (const entry of list.getEntries()) window.shifts += entry.value;
          }).observe({ type: 'layout-shift' });
        }"""
    )
    devtools = devtools_of(chat)
    before, started = busy_seconds(devtools), time.monotonic()
    chat.send("Go.")
    chat.wait_until_answered()
    share = (busy_seconds(devtools) - before) / (time.monotonic() - started)
    tokens = len(chat.answers.last.get_by_test_id("answer").inner_text()) // 4
    shifts = chat.component.locator("html").evaluate("() => window.shifts")
    return {
        f"streaming {TOKENS_PER_S} tokens/s, about {tokens} of them": f"{share:.0%} of a core",
        "layout shift while streaming (0: none)": f"{shifts:.3f}",
    }


def opening(chat: ChatPage, count: int) -> dict[str, str]:
    contents = [PART if number % 2 else f"Question {number}?" for number in range(count)]
    rows = [*chain("c1", contents[:-1]), *chain("c2", ["Other?", "Yes."])]
    for row in rows:
        row["id"], row["parentId"] = (
            each and f"{row['conversationId']}-{each}" for each in (row["id"], row["parentId"])
        )
    titles = [conversation("c1", "Long one"), conversation("c2", "Short one", age=9)]
    store(chat.page, chat.component, titles, rows)
    chat.open_conversation("Short one")
    expect(chat.answers).to_have_count(1)
    milliseconds = chat.component.locator("html").evaluate(
        """async (html, last) => {
          const row = [...html.querySelectorAll('[data-testid=conversation] button')]
            .find(button => button.textContent === 'Long one');
          const started = performance.now();
          row.click();
          const there = () => html.querySelector(`[data-message-id="${last}"]`);
          while (!there()) await new Promise(requestAnimationFrame);
          await new Promise(requestAnimationFrame);
          return performance.now() - started;
        }""",
        f"c1-m{count - 2}",
    )
    frames = chat.component.locator(".messages").evaluate(
        """async list => {
          const gaps = [];
          let last = performance.now();
          for (let step = 0; step < 120; step += 1) {
            list.scrollTop -= 120;
            await new Promise(requestAnimationFrame);
            gaps.push(performance.now() - last);
            last = performance.now();
          }
          gaps.sort((a, b) => a - b);
          return [gaps[60], gaps[113]];
        }"""
    )
    devtools = devtools_of(chat)
    before = busy_seconds(devtools)
    chat.composer.press_sequentially("twenty characters ok")
    typing = (busy_seconds(devtools) - before) / 20
    return {
        f"{count:,} messages: opened in": f"{milliseconds:.0f} ms",
        f"{count:,} messages: a frame while scrolling, median and 95th percentile": (
            f"{frames[0]:.0f} and {frames[1]:.0f} ms"
        ),
        f"{count:,} messages: work for each character typed": f"{typing * 1000:.1f} ms",
    }


def measure(server: AppServer) -> dict[str, str]:
    figures: dict[str, str] = {}
    with sync_playwright() as playwright, chromium(playwright) as browser:
        worker = replay_worker(PART * 12)
        context = browser.new_context()
        context.route(
            "**/wllama.worker-*.js",
            lambda route: route.fulfill(body=worker, content_type="text/javascript"),
        )
        figures |= streaming(ChatPage(context.new_page(), server.url))
        context.close()
        for count in (200, 10_000):
            context = browser.new_context()
            without_model(context)
            figures |= opening(ChatPage(context.new_page(), server.url), count)
            context.close()
    return figures


def main() -> None:
    server = start_app(free_port(), Path(tempfile.mkdtemp()) / "log.txt")
    try:
        for name, figure in measure(server).items():
            print(f"| {name} | {figure} |")
    finally:
        server.kill()


if __name__ == "__main__":
    main()
