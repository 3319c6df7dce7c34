"""The CPU engine's code comes from this app's own server, whatever the browser lacks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Playwright, Route, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, chromium

pytestmark = pytest.mark.browser

# Taken away in the engine's worker and in the one that it makes from a blob.
NO_JSPI = "delete WebAssembly.Suspending; delete WebAssembly.promising;"
NO_MEMORY64 = """
{
  const { Memory, validate } = WebAssembly;
  WebAssembly.Memory = function (how) {
    if (how.address === 'i64') throw new TypeError('no Memory64');
    return new Memory(how);
  };
  // Flag 4 in the limits of a module's memory asks for 64-bit addresses; modules this small are
  // only made to find out.
  WebAssembly.validate = (bytes) =>
    !(bytes.byteLength < 50 && new Uint8Array(bytes).join().includes('5,3,1,4,')) &&
    validate(bytes);
}
"""
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@dataclass(frozen=True)
class Lack:
    """A browser that lacks something, and what the engine's code does instead."""

    removed: str
    user_agent: str | None = None
    compat: bool = True

    def prepare(self, context: BrowserContext) -> None:
        context.route("**/wllama.worker-*.js", lambda route: self._without(route))

    def _without(self, route: Route) -> None:
        inner = json.dumps(self.removed)
        prelude = f"""{self.removed}
            globalThis.Blob = class extends Blob {{
              constructor(parts, how) {{
                super(how?.type === 'text/javascript' ? [{inner}, ...parts] : parts, how);
              }}
            }};
            """
        response = route.fetch()
        route.fulfill(response=response, body=prelude + response.text())


LACKS = {
    "nothing": Lack("", compat=False),
    "JSPI": Lack(NO_JSPI),
    "Memory64": Lack(NO_MEMORY64),
    "both, as Safari": Lack(NO_JSPI + NO_MEMORY64),
    "both, as an older Firefox": Lack(NO_JSPI + NO_MEMORY64, FIREFOX),
    "JSPI, as Firefox": Lack(NO_JSPI, FIREFOX, compat=False),
}


@pytest.mark.parametrize("lack", LACKS.values(), ids=LACKS.keys())
def test_an_answer_comes_and_no_other_host_is_asked(
    playwright: Playwright, app: AppServer, tmp_path: Path, lack: Lack
) -> None:
    net_log = tmp_path / "net.json"
    with chromium(playwright, f"--log-net-log={net_log}") as browser:
        context = browser.new_context(user_agent=lack.user_agent)
        lack.prepare(context)
        chat = ChatPage(context.new_page(), app.url)
        chat.wait_until_ready()
        expect(chat.engine).to_have_attribute("data-backend", "wllama")
        chat.send("What is the capital of France?")
        assert "Paris" in chat.wait_until_answered()

    requested = [urlsplit(address) for address in addresses_in(net_log, app.url)]
    files = [address.path.rpartition("/")[2] for address in requested]
    code = {name.rpartition("-")[0] for name in files if name.endswith(".wasm")}
    assert code == {"wllama-compat" if lack.compat else "wllama"}
    assert any(name.startswith("wllama-compat") for name in files) == lack.compat
    foreign = {address.hostname for address in requested} - {"localhost"}
    # The page may ask the model hub whether it can be reached, for larger models.
    assert foreign <= {"huggingface.co"}


def addresses_in(net_log: Path, origin: str) -> set[str]:
    """Of all requests of an origin's pages and workers, those of workers in workers too."""
    text = net_log.read_text(encoding="utf-8", errors="replace").rstrip().rstrip(",")
    events = json.loads(text if text.endswith("}") else text + "]}")["events"]
    # Others are the browser's own.
    starts = [event["params"] for event in events if "initiator" in event.get("params", {})]
    return {start["url"] for start in starts if start["initiator"] == origin and "url" in start}
