"""A key set that is down, slow, huge, moved, rotated or flooded."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.unit.auth.forge import KEY, OTHER_KEY
from webllm_app.auth import Reason, TokenRejected, jwks
from webllm_app.auth.jwks import COOL_DOWN, FRESH_FOR, MAX_BYTES, STALE_FOR, JwksKeys


def entry(key_id: str, key: rsa.RSAPrivateKey = KEY, **changes: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()

    def number(value: int) -> str:
        raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    fields = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key_id}
    return fields | {"n": number(numbers.n), "e": number(numbers.e)} | changes


class Server:
    """Answers with whatever `respond` writes, and counts."""

    def __init__(self) -> None:
        self.fetches = 0
        self.serve([entry("k1")])
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.fetches += 1
                owner.respond(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/jwks.json"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def serve(self, keys: list[Any]) -> None:
        self.answer(json.dumps({"keys": keys}).encode())

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        def respond(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.respond: Callable[[BaseHTTPRequestHandler], None] = respond

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(server: Server, clock: Clock) -> JwksKeys:
    return JwksKeys(server.url, clock=clock)


def reason(keys: JwksKeys, key_id: str = "k1") -> Reason:
    with pytest.raises(TokenRejected) as caught:
        keys.find(key_id)
    return caught.value.reason


def test_fetches_once(keys: JwksKeys, server: Server, clock: Clock) -> None:
    assert keys.find("k1").public_numbers() == KEY.public_key().public_numbers()
    clock.now += FRESH_FOR - 1
    keys.find("k1")
    assert server.fetches == 1
    clock.now += 2
    keys.find("k1")
    assert server.fetches == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 500),
        (b"<!doctype html><p>Sorry", 200),
        (b"[]", 200),
        (b'{"keys": 1}', 200),
        (b'{"keys": []}', 200),
        (b'{"keys": [1, null, {}]}', 200),
        (b"[" * 5000, 200),
        (b"\xff" * 10, 200),
        (b" " * (MAX_BYTES + 1), 200),
        (json.dumps({"keys": [entry("k1")]}).encode(), 404),
    ],
)
def test_unusable_answers(keys: JwksKeys, server: Server, body: bytes, status: int) -> None:
    server.answer(body, status)
    assert reason(keys) is Reason.KEYS_UNAVAILABLE


def test_redirect_is_not_followed(keys: JwksKeys, server: Server) -> None:
    server.answer(b"", 302, Location=server.url)
    assert reason(keys) is Reason.KEYS_UNAVAILABLE
    assert server.fetches == 1


def test_unreachable() -> None:
    assert reason(JwksKeys("http://127.0.0.1:9/jwks.json")) is Reason.KEYS_UNAVAILABLE


@pytest.mark.parametrize(
    "broken",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"use": "enc"},
        {"alg": "RS512"},
        {"n": "AQAB"},
        {"n": 1},
        {"n": None},
        {"e": "!!"},
        {"kid": 1},
    ],
)
def test_one_broken_entry_spoils_nothing(
    keys: JwksKeys, server: Server, broken: dict[str, Any]
) -> None:
    server.serve([entry("bad") | broken, entry("k1")])
    keys.find("k1")
    assert reason(keys, "bad") is Reason.UNKNOWN_KEY


def test_slow_answer_is_given_up(
    keys: JwksKeys, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "DEADLINE", 0.3)
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not stop.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    server.respond = drip
    # The server would go on for ever.
    assert reason(keys) is Reason.KEYS_UNAVAILABLE
    stop.set()


@pytest.mark.parametrize("status", [200, 500])
def test_flood_of_unknown_keys(keys: JwksKeys, server: Server, clock: Clock, status: int) -> None:
    server.answer(json.dumps({"keys": [entry("k1")]}).encode(), status)
    for number in range(200):
        reason(keys, f"unknown-{number}")
    assert server.fetches == 1
    clock.now += COOL_DOWN
    reason(keys, "unknown")
    assert server.fetches == 2


def test_rotation(keys: JwksKeys, server: Server, clock: Clock) -> None:
    keys.find("k1")
    server.serve([entry("k2", OTHER_KEY)])
    clock.now += COOL_DOWN
    keys.find("k2")
    assert reason(keys, "k1") is Reason.UNKNOWN_KEY


def test_stale_keys_serve_for_a_bounded_time(keys: JwksKeys, server: Server, clock: Clock) -> None:
    keys.find("k1")
    server.answer(b"", 503)
    clock.now += STALE_FOR - 1
    keys.find("k1")
    clock.now += COOL_DOWN
    assert reason(keys) is Reason.KEYS_UNAVAILABLE


def test_fifty_threads_make_one_fetch(keys: JwksKeys, server: Server) -> None:
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda _: keys.find("k1"), range(50)))
    assert len(found) == 50
    assert server.fetches == 1


def test_known_key_never_waits_for_a_fetch(keys: JwksKeys, server: Server, clock: Clock) -> None:
    keys.find("k1")
    fetching, release = threading.Event(), threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        fetching.set()
        release.wait(10)

    server.respond = hang
    clock.now += COOL_DOWN
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(reason, keys, "unknown")
        assert fetching.wait(5)
        keys.find("k1")
        clock.now += FRESH_FOR
        keys.find("k1")
        # The other one waits still: this one did not wait for the same answer.
        assert not waiting.done()
        release.set()
        assert waiting.result() is Reason.UNKNOWN_KEY
