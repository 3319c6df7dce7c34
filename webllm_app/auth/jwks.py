"""The public keys of a Clerk instance, read from its key set and kept for a bounded time."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import PyJWTError

from webllm_app.auth.pem import MIN_KEY_BITS
from webllm_app.auth.reasons import Reason, TokenRejected

FRESH_FOR = 300.0
"""Seconds a key set is used without asking again; Clerk's own SDKs keep keys as long."""
STALE_FOR = 24 * 3600.0
"""Seconds a known key still counts while the instance cannot be reached."""
COOL_DOWN = 30.0
"""Seconds between two fetches, whatever came of the first: unknown key ids cause no flood."""
TIMEOUT = 3.0
"""Seconds to wait for a connection, and for each piece of the answer."""
DEADLINE = 5.0
"""Seconds for the whole answer."""
MAX_BYTES = 65_536
"""Largest key set accepted. An instance publishes one to three keys of about 500 bytes."""

_PIECE = 8_192
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _KeySet:
    keys: Mapping[str, RSAPublicKey]
    read_at: float


class JwksKeys:
    """Finds a key by its id. Safe for any number of threads.

    At most one fetch is in flight. A thread whose key is known and fresh never waits for it; one
    whose key is known but stale waits only if it makes the fetch itself.

    Args:
        url: Address of the key set: `https`, or `http` on this machine.
        clock: Seconds on a clock that never runs backwards.

    Raises:
        ValueError: The address is not one that keys may come from.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        parts = urlsplit(url)
        on_this_machine = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or on_this_machine):
            raise ValueError(f"jwks_url must be an https address, not {url!r}")
        self._url = url
        self._clock = clock
        self._key_set = _KeySet({}, read_at=float("-inf"))
        # Guards the two fields below, and is never held during a fetch.
        self._lock = threading.Lock()
        self._in_flight: threading.Event | None = None
        self._next_fetch_at = float("-inf")

    def find(self, key_id: str) -> RSAPublicKey:
        """Return the key with this id, fetching the key set where that is due.

        Raises:
            TokenRejected: `unknown-key`, or `keys-unavailable` where no key set could be read.
        """
        known = self._lookup(key_id)
        if known is not None and self._age() < FRESH_FOR:
            return known
        self._refresh(wait=known is None)
        key = self._lookup(key_id)
        if key is not None:
            return key
        readable = self._age() < STALE_FOR
        raise TokenRejected(Reason.UNKNOWN_KEY if readable else Reason.KEYS_UNAVAILABLE, "kid")

    def _age(self) -> float:
        return self._clock() - self._key_set.read_at

    def _lookup(self, key_id: str) -> RSAPublicKey | None:
        return self._key_set.keys.get(key_id) if self._age() < STALE_FOR else None

    def _refresh(self, *, wait: bool) -> None:
        """Fetch the key set here, or wait for whoever does; nothing during a cool-down."""
        with self._lock:
            in_flight = self._in_flight
            if in_flight is None:
                if self._clock() < self._next_fetch_at:
                    return
                mine = self._in_flight = threading.Event()
        if in_flight is None:
            self._fetch(mine)
        elif wait:
            in_flight.wait(DEADLINE + TIMEOUT)

    def _fetch(self, done: threading.Event) -> None:
        try:
            self._key_set = _KeySet(_read_keys(self._url), read_at=self._clock())
        except Exception as error:
            # Whatever a network or a parser of foreign data raises: no new keys this time.
            _log.warning("Could not read Clerk's keys from %s: %s", self._url, _describe(error))
        finally:
            with self._lock:
                self._next_fetch_at = self._clock() + COOL_DOWN
                self._in_flight = None
            done.set()


class _KeySetError(Exception):
    """The answer is not a key set that can be used."""


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, _KeySetError) else type(error).__name__


def _read_keys(url: str) -> dict[str, RSAPublicKey]:
    document = json.loads(_download(url))
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise _KeySetError("the answer has no list of keys")
    keys: dict[str, RSAPublicKey] = {}
    for entry in entries:
        named = _read_key(entry)
        if named is not None:
            keys.setdefault(*named)
    if not keys:
        raise _KeySetError("the answer holds no RSA key for signatures")
    return keys


def _download(url: str) -> bytes:
    deadline = time.monotonic() + DEADLINE
    with requests.get(
        url,
        # Not compressed, so that a small answer cannot unpack into a huge one.
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        timeout=(TIMEOUT, TIMEOUT),
        allow_redirects=False,
        stream=True,
    ) as response:
        if response.status_code != requests.codes.ok:
            raise _KeySetError(f"the answer has status {response.status_code}")
        body = bytearray()
        # read1 returns what has arrived; read would wait for a whole piece and miss the deadline.
        while piece := response.raw.read1(_PIECE, decode_content=False):
            body += piece
            if len(body) > MAX_BYTES:
                raise _KeySetError(f"the answer is larger than {MAX_BYTES} bytes")
            if time.monotonic() > deadline:
                raise _KeySetError(f"the answer took longer than {DEADLINE:g} seconds")
        return bytes(body)


def _read_key(entry: Any) -> tuple[str, RSAPublicKey] | None:
    """Return the id and key of one entry, or None for an entry of another kind or a broken one."""
    if not isinstance(entry, dict):
        return None
    key_id = entry.get("kid")
    wanted = (
        isinstance(key_id, str)
        and entry.get("kty") == "RSA"
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", "RS256") == "RS256"
    )
    if not wanted:
        return None
    try:
        # The public parts alone, so that a private key in the set cannot turn into one here.
        key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": entry.get("n"), "e": entry.get("e")})
    except (PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        return None
    return str(key_id), key
