"""What conversations cost in a real browser's IndexedDB, without the interface around them.

    python -m bench.conversations

Needs the frontend's node_modules and Chromium. Every figure is of one run.
"""

import functools
import http.server
import subprocess
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import CDPSession, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS
from tools.node import prefer_own_node

FRONTEND = Path(__file__).parents[1] / "components/webllm_chat/frontend"

# Words of the length of English ones; about 600 characters a message, as in a real conversation.
PREPARE = """
async () => {
  const { ConversationStore } = await import('./store.js');
  const words = (seed) => Array.from({ length: 100 }, (_, i) =>
    ((seed * 7919 + i * 104729) % 99991).toString(36).padStart(5, 'a')).join(' ');
  const at = (c, m) => 1_700_000_000_000 + (c * 10_000 + m) * 30_000;
  globalThis.file = (conversations, messages) => JSON.stringify({
    format: 'webllm-chat', version: 1, exportedAt: new Date().toISOString(), presets: [],
    conversations: Array.from({ length: conversations }, (_, c) => ({
      id: `conversation-${messages}-${c}`, title: `Conversation ${c}`, titledBy: 'words',
      pinned: false, settings: {}, presetId: null,
      createdAt: at(c, 0), lastMessageAt: at(c, messages),
      messages: Array.from({ length: messages }, (_, m) => ({
        id: `message-${c}-${m}`, parentId: m === 0 ? null : `message-${c}-${m - 1}`,
        role: m % 2 ? 'assistant' : 'user', content: words(c * messages + m), status: 'done',
        modelId: null, notes: [], interrupted: [], errorKind: null, stats: null,
        createdAt: at(c, m), chosenAt: at(c, m), updatedAt: at(c, m),
      })),
    })),
  });
  globalThis.tab = async (user) => {
    const store = new ConversationStore();
    await store.setUser(user);
    return store;
  };
  globalThis.timed = async (work) => {
    const started = performance.now();
    const result = await work();
    return [Math.round((performance.now() - started) * 10) / 10, result];
  };
}
"""

FIGURES = """
async () => {
  const figures = {};
  const store = await tab('bench');
  const history = file(100, 100);
  figures['import 10,000 messages in 100 conversations'] =
    (await timed(() => store.transfer.importFile(history)))[0];
  const [opening, again] = await timed(() => tab('bench'));
  figures['open the store with them'] = opening;
  figures['open a conversation of 100'] =
    (await timed(() => again.open('conversation-100-7')))[0];
  figures['first search'] = (await timed(() => again.search('zzzzz')))[0];
  const [next, hits] = await timed(() => again.search('aaa'));
  figures[`next search, found in ${hits.length} conversations`] = next;
  figures['export all as JSON'] = (await timed(() => again.transfer.exportJson()))[0];
  await store.transfer.importFile(file(1, 200));
  await store.transfer.importFile(file(1, 10_000));
  figures['open a conversation of 200'] =
    (await timed(() => store.open('conversation-200-0')))[0];
  figures['open a conversation of 10,000'] =
    (await timed(() => store.open('conversation-10000-0')))[0];
  return figures;
}
"""

# 200 tokens a second for five seconds into a conversation of 200 messages.
STREAM = """
async () => {
  const store = await tab('bench');
  await store.open('conversation-200-0');
  let shown = 0;
  store.state.subscribe(() => { shown += 1; });
  const id = store.addTurn('Why?');
  store.update(id, () => ({ status: 'streaming' }));
  await new Promise((resolve) => {
    let tokens = 0;
    const timer = setInterval(() => {
      store.append(id, ' token');
      if (++tokens === 1000) { clearInterval(timer); resolve(); }
    }, 5);
  });
  store.update(id, () => ({ status: 'done' }));
  await store.flush();
  return shown;
}
"""


def busy_seconds(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(entry["value"] for entry in metrics if entry["name"] == "TaskDuration"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        prefer_own_node()
        command = ["npx", "rolldown", "src/conversation/store.ts", "--dir", folder]
        subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)
        (Path(folder) / "index.html").write_text("<!doctype html><title>bench</title>")
        handler = functools.partial(QuietHandler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=CHROMIUM_FLAGS, ignore_default_args=["--headless"]
            )
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
            page.evaluate(PREPARE)
            for name, milliseconds in page.evaluate(FIGURES).items():
                print(f"{name:55} {milliseconds:9,.1f} ms")
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            before = busy_seconds(session)
            shown = page.evaluate(STREAM)
            share = (busy_seconds(session) - before) / 5
            print(f"{'200 tokens a second: of one core':55} {share:9.1%}, shown {shown} times")
            browser.close()
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    main()
