"""A website of somebody else: another origin, with pages that do what an attacker would."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!doctype html><title>Somebody else's page</title><button>Click me</button>"
# What an attacker would serve as `clerk-js`: it says that it runs, and on which origin.
SCRIPT = b"try { top.opener.postMessage('ran on ' + location.origin, '*'); } catch {}\n" + (
    b"window.__attacker = true;"
)


class ForeignSite(BaseHTTPRequestHandler):
    """Answers every path with the page, and every script with the attacker's."""

    def do_GET(self) -> None:
        script = self.path.endswith(".js")
        body = SCRIPT if script else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests' output is for failures."""


@contextmanager
def foreign_site() -> Iterator[str]:
    """Serves it on a free port; gives its origin, which is not the app's `localhost`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), ForeignSite)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
