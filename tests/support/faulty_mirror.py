"""A mirror on a free port of 127.0.0.1 that misbehaves on demand, for tests of the browser side.

    with FaultyMirror(folder) as mirror:
        mirror.fail("*/params_shard_1.bin", Fault(corrupt_at=1000, times=1))
        page.goto(...)                        # points the app at mirror.origin
        assert mirror.requests_for("*/params_shard_1.bin")[0].status == 200

Patterns are `fnmatch`'s over the request's path (`*` matches slashes too). The first fault whose
pattern matches and whose `times` are not used up applies; without one the mirror answers properly.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import zlib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tools.model_kit.server import mirror_app

PIECE = 16 << 10  # bytes sent at once where a body is slowed down


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a response; several may go wrong at once. Times are in seconds."""

    status: int | None = None
    """Answer with this status and a short text, e.g. 404 or 503."""
    retry_after: int | None = None
    """Send this Retry-After with `status`."""
    html: bool = False
    """Answer 200 with a web page, as captive portals do."""
    truncate_at: int | None = None
    """End the response properly after this many bytes, with a Content-Length to match."""
    drop_at: int | None = None
    """Break the connection after this many bytes."""
    corrupt_at: int | None = None
    """Change the byte at this offset of the body."""
    delay: float = 0
    """Wait before the response."""
    pause_at: int | None = None
    """Wait for `pause` within the body, after this many bytes."""
    pause: float = 0
    bytes_per_second: int | None = None
    """Send the body no faster."""
    hang: bool = False
    """Accept the request and never answer, until the mirror stops or `release` is called."""
    body: bytes | None = None
    """Answer with this in place of the file."""
    endless: bool = False
    """Send zeros until the browser has had enough."""
    compressed: bool = False
    """Of the zeros without end, send what gzip makes of them: a thousandth."""
    no_cors: bool = False
    """Leave out every Access-Control header."""
    times: int | None = None
    """Apply to this many requests; None is to all."""


@dataclass(frozen=True)
class Request:
    """One request and the status that was sent, None if it was never answered."""

    method: str
    path: str
    range: str | None
    status: int | None


class ConnectionDroppedError(Exception):
    """Raised inside the application so that the server breaks the connection."""


@dataclass
class Rule:
    pattern: str
    fault: Fault
    used: int = 0

    def applies_to(self, path: str) -> bool:
        left = self.fault.times is None or self.used < self.fault.times
        return left and fnmatchcase(path, self.pattern)


@dataclass
class FaultyMirror:
    """Serves `folder` as `python -m tools.model_kit serve` does, save for the faults set on it."""

    folder: Path
    _rules: list[Rule] = field(default_factory=list)
    _requests: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start on a free port; `origin` is known when this returns."""
        started = threading.Event()
        self._released = asyncio.Event()

        config = uvicorn.Config(
            Faults(mirror_app(self.folder), self),
            host="127.0.0.1",
            port=0,
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
        self._server = AnnouncingServer(config, started)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise RuntimeError("the mirror did not start")
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.origin = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """Answer no more; open connections are broken. A second call does nothing."""
        if not self._thread.is_alive():
            return
        self.release()
        self._server.should_exit = True
        self._thread.join(10)

    def fail(self, pattern: str, fault: Fault) -> None:
        """Apply `fault` to requests whose path matches, until `heal`."""
        with self._lock:
            self._rules.append(Rule(pattern, fault))

    def heal(self) -> None:
        """Forget all faults and let hanging requests go on."""
        with self._lock:
            self._rules.clear()
        self.release()

    def release(self) -> None:
        """Let the requests that hang go on, properly."""
        self._server.loop.call_soon_threadsafe(self._let_go)

    @property
    def requests(self) -> list[Request]:
        """Every request that was answered or given up, in this order."""
        with self._lock:
            return list(self._requests)

    def requests_for(self, pattern: str) -> list[Request]:
        return [r for r in self.requests if fnmatchcase(r.path, pattern)]

    def forget(self) -> None:
        """Empty the log of requests."""
        with self._lock:
            self._requests.clear()

    def fault_for(self, method: str, path: str) -> Fault:
        """The fault to apply to a request, counted as used; a preflight only lacks CORS headers."""
        with self._lock:
            for rule in self._rules:
                if rule.applies_to(path):
                    if method == "OPTIONS":
                        return Fault(no_cors=rule.fault.no_cors)
                    rule.used += 1
                    return rule.fault
        return Fault()

    def record(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)

    async def wait_for_release(self) -> None:
        await self._released.wait()

    def _let_go(self) -> None:
        self._released.set()
        self._released = asyncio.Event()


class AnnouncingServer(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, started: threading.Event):
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._announce.set()


class Faults:
    """ASGI middleware that applies the mirror's faults and logs its requests."""

    def __init__(self, app: ASGIApp, mirror: FaultyMirror):
        self.app, self.mirror = app, mirror

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get("range")
        answered = False

        async def noting(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                self.note(scope, wanted, message["status"])
            await send(message)

        try:
            await self.answer(scope, receive, noting)
        finally:
            if not answered:
                self.note(scope, wanted, None)

    def note(self, scope: Scope, wanted: str | None, status: int | None) -> None:
        self.mirror.record(Request(scope["method"], scope["path"], wanted, status))

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self.mirror.fault_for(scope["method"], scope["path"])
        await asyncio.sleep(fault.delay)
        if fault.hang:
            await self.mirror.wait_for_release()
        if fault.no_cors:
            send = without_cors(send)
        if fault.endless:
            await send_without_end(fault, receive, send)
        elif fault.status is not None or fault.html or fault.body is not None:
            await send_instead(fault, send)
        else:
            await self.app(scope, receive, FaultyBody(fault, send))


async def send_instead(fault: Fault, send: Send) -> None:
    """The response that comes in place of the file."""
    body = b"<!doctype html><title>Sign in</title>" if fault.html else b"Failed on purpose"
    body = body if fault.body is None else fault.body
    kind = "text/html" if fault.html else "text/plain"
    headers = MutableHeaders({"Content-Type": kind, "Content-Length": str(len(body))})
    headers["Access-Control-Allow-Origin"] = "*"
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
        headers["Access-Control-Expose-Headers"] = "Retry-After"
    status = fault.status or 200
    await send({"type": "http.response.start", "status": status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})


async def send_without_end(fault: Fault, receive: Receive, send: Send) -> None:
    """Zeros, or what compresses them, until the connection is closed."""
    headers = MutableHeaders({"Content-Type": "application/octet-stream"})
    headers["Access-Control-Allow-Origin"] = "*"
    compress = zlib.compressobj(wbits=31) if fault.compressed else None
    if compress:
        headers["Content-Encoding"] = "gzip"
    await send({"type": "http.response.start", "status": 200, "headers": headers.raw})
    left = asyncio.ensure_future(until_left(receive))
    zeros = bytes(1 << 20)
    while not left.done():
        piece = compress.compress(zeros) if compress else zeros
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(0)


async def until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def without_cors(send: Send) -> Send:
    async def stripped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [h for h in message["headers"] if not h[0].startswith(b"access-control-")]
            message = {**message, "headers": headers}
        await send(message)

    return stripped


class FaultyBody:
    """A `send` that spoils the body that goes through it."""

    def __init__(self, fault: Fault, send: Send):
        self.fault, self.send = fault, send
        self.sent = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self.send(self.with_length(message))
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        for piece in self.pieces(self.kept(body)):
            await self.wait_before(piece)
            await self.send_body(self.corrupted(piece), more=True)
        if not more:
            await self.send_body(b"", more=False)

    def with_length(self, message: Message) -> Message:
        """The start of the response; a truncated one admits its length."""
        if self.fault.truncate_at is None:
            return message
        headers = MutableHeaders(raw=list(message["headers"]))
        length = min(int(headers["content-length"]), self.fault.truncate_at)
        headers["content-length"] = str(length)
        return {**message, "headers": headers.raw}

    def kept(self, body: bytes) -> bytes:
        if self.fault.truncate_at is None:
            return body
        return body[: max(self.fault.truncate_at - self.sent, 0)]

    def pieces(self, body: bytes) -> list[bytes]:
        """The body cut where something happens, and small enough to be slowed down."""
        cuts = {c for c in (self.fault.drop_at, self.fault.pause_at) if c is not None}
        at = {c - self.sent for c in cuts if 0 < c - self.sent < len(body)}
        if self.fault.bytes_per_second is not None:
            at |= set(range(PIECE, len(body), PIECE))
        edges = [0, *sorted(at), len(body)]
        return [body[a:b] for a, b in pairwise(edges) if b > a]

    async def wait_before(self, piece: bytes) -> None:
        if self.fault.drop_at is not None and self.sent >= self.fault.drop_at:
            raise ConnectionDroppedError
        if self.fault.pause_at == self.sent:
            await asyncio.sleep(self.fault.pause)
        if self.fault.bytes_per_second is not None:
            await asyncio.sleep(len(piece) / self.fault.bytes_per_second)

    def corrupted(self, piece: bytes) -> bytes:
        at = self.fault.corrupt_at
        if at is None or not self.sent <= at < self.sent + len(piece):
            return piece
        changed = bytearray(piece)
        changed[at - self.sent] ^= 0xFF
        return bytes(changed)

    async def send_body(self, body: bytes, *, more: bool) -> None:
        self.sent += len(body)
        await self.send({"type": "http.response.body", "body": body, "more_body": more})
