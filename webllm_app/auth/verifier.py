"""Deciding whether a string is a valid Clerk session token."""

import json
import logging
import re
import time
from collections.abc import Callable, Collection
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidSignatureError, PyJWTError

from webllm_app.auth.claims import Claims, check_times
from webllm_app.auth.jwks import JwksKeys
from webllm_app.auth.pem import load_public_key
from webllm_app.auth.reasons import Reason, TokenRejected

MAX_TOKEN_LENGTH = 8_192
"""Characters. Clerk keeps session tokens within a cookie's 4 KB."""
MAX_LIFETIME = 300
"""Seconds from `iat` or `nbf` to `exp`. Clerk's session tokens live 60 seconds."""
CLOCK_SKEW = 5
"""Seconds by which Clerk's clock and this machine's may differ; Clerk's own SDKs allow as much."""

_ALGORITHM = "RS256"
_SESSION_TOKEN = "cl_B7d4PD111AAA"  # noqa: S105
"""`cat` of session tokens; Clerk's `packages/backend/src/tokens/jwtCategories.ts`. The same key
also signs JWT templates (…222AAA) and machine tokens (…333AAA)."""
_LONGEST_KEY_ID = 256
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_jws = PyJWS(algorithms=[_ALGORITHM])
_log = logging.getLogger(__name__)


class ClerkVerifier:
    """Verifies Clerk session tokens; safe to share between threads.

    Args:
        issuer: The instance's Frontend API, for example `https://clerk.example.com`; compared
            exactly with `iss`.
        authorized_parties: Origins, for example `https://chat.example.com`, whose pages may hold
            the token; compared exactly with `azp`, which is then required. Empty: not checked.
        audience: The `aud` that tokens carry, where Clerk is set up to write one; it is then
            required. None: Clerk's session tokens carry none, and one that does is refused.
        jwks_url: Where the instance publishes its keys. Give this or `public_key`.
        public_key: The instance's RSA public key: PEM text in any of the forms it arrives in, or
            the key itself.
        clock: Returns seconds since 1970-01-01 UTC.

    Raises:
        ValueError: An argument is missing, contradicts another, or is malformed.
        TypeError: `authorized_parties` is one string, which would be read letter by letter.
    """

    def __init__(
        self,
        *,
        issuer: str,
        authorized_parties: Collection[str] | None = None,
        audience: str | None = None,
        jwks_url: str | None = None,
        public_key: str | RSAPublicKey | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not issuer:
            raise ValueError("issuer must be the address of the instance's Frontend API")
        if isinstance(authorized_parties, str):
            raise TypeError("authorized_parties must be a collection of origins, not one string")
        if audience is not None and (not isinstance(audience, str) or not audience):
            raise ValueError("audience must be None or text that is not empty")
        if (jwks_url is None) == (public_key is None):
            raise ValueError("give exactly one of jwks_url and public_key")
        self._issuer = issuer
        self._parties = frozenset(authorized_parties or ())
        self._audience = audience
        self._jwks = None if jwks_url is None else JwksKeys(jwks_url)
        self._public_key = (
            load_public_key(public_key) if isinstance(public_key, str) else public_key
        )
        self._clock = clock

    def verify(self, token: object) -> Claims:
        """Return the claims of a valid session token.

        Args:
            token: Anything; only a string can pass.

        Raises:
            TokenRejected: For every other input, with the reason. Nothing else is ever raised.
        """
        try:
            return self._verify(token)
        except TokenRejected:
            raise
        except Exception as error:
            # A gap in a parser must not become a crash that an attacker can cause.
            _log.error("A session token caused an unexpected %s", type(error).__name__)
            raise TokenRejected(Reason.NOT_A_TOKEN) from None

    def _verify(self, token: object) -> Claims:
        if not isinstance(token, str):
            raise TokenRejected(Reason.NOT_A_TOKEN)
        if len(token) > MAX_TOKEN_LENGTH:
            raise TokenRejected(Reason.TOO_LARGE)
        if not _COMPACT.fullmatch(token):
            raise TokenRejected(Reason.NOT_A_TOKEN)
        header = _read_header(token)
        _check_header(header)
        payload = _read_signed_payload(token, self._key_for(header))
        return self._accept(payload)

    def _key_for(self, header: dict[str, Any]) -> RSAPublicKey:
        if self._jwks is None:
            assert self._public_key is not None  # noqa: S101 - __init__ takes exactly one
            return self._public_key
        key_id = header.get("kid")
        if not isinstance(key_id, str) or not 0 < len(key_id) <= _LONGEST_KEY_ID:
            raise TokenRejected(Reason.KEY_ID, "kid")
        return self._jwks.find(key_id)

    def _accept(self, payload: dict[str, Any]) -> Claims:
        claims = Claims.from_payload(payload)
        if claims.iss != self._issuer:
            raise TokenRejected(Reason.ISSUER, "iss")
        if self._parties and claims.azp not in self._parties:
            raise TokenRejected(Reason.AUTHORIZED_PARTY, "azp")
        self._check_audience(payload)
        check_times(claims, now=self._clock(), skew=CLOCK_SKEW, longest_life=MAX_LIFETIME)
        # Any status but active means that the visitor is not through with signing in.
        if payload.get("sts", "active") != "active":
            raise TokenRejected(Reason.PENDING, "sts")
        return claims

    def _check_audience(self, payload: dict[str, Any]) -> None:
        """Refuse a token for anybody else: a present `aud` must name the configured audience."""
        if "aud" not in payload and self._audience is None:
            return
        named = payload.get("aud")
        audiences = named if isinstance(named, list) else [named]
        if not all(isinstance(audience, str) for audience in audiences):
            raise TokenRejected(Reason.AUDIENCE, "aud")
        if self._audience not in audiences:
            raise TokenRejected(Reason.AUDIENCE, "aud")


def _read_header(token: str) -> dict[str, Any]:
    try:
        return _jws.get_unverified_header(token)
    except PyJWTError:
        raise TokenRejected(Reason.NOT_A_TOKEN) from None


def _check_header(header: dict[str, Any]) -> None:
    if header.get("alg") != _ALGORITHM:
        raise TokenRejected(Reason.ALGORITHM, "alg")
    if header.get("typ", "JWT") != "JWT":
        raise TokenRejected(Reason.TOKEN_CLASS, "typ")
    # Tokens from before Clerk introduced the field have none; `sid` tells them apart.
    if header.get("cat", _SESSION_TOKEN) != _SESSION_TOKEN:
        raise TokenRejected(Reason.TOKEN_CLASS, "cat")


def _read_signed_payload(token: str, key: RSAPublicKey) -> dict[str, Any]:
    """Return the payload after checking its signature; no byte of it is parsed before."""
    try:
        signed: bytes = _jws.decode_complete(token, key, algorithms=[_ALGORITHM])["payload"]
    except InvalidSignatureError:
        raise TokenRejected(Reason.SIGNATURE) from None
    except PyJWTError:
        raise TokenRejected(Reason.NOT_A_TOKEN) from None
    try:
        payload = json.loads(signed)
    except (ValueError, RecursionError):
        raise TokenRejected(Reason.NOT_A_TOKEN) from None
    if not isinstance(payload, dict):
        raise TokenRejected(Reason.NOT_A_TOKEN)
    return payload
