"""What a verified session token says, read without any conversion."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webllm_app.auth.reasons import Reason, TokenRejected

_LONGEST_TEXT = 512
"""Characters. Clerk's ids are about 32, origins and issuers under 300."""

_LATEST_TIME = 253_402_300_799
"""Seconds since 1970: the end of year 9999, the last moment Python's `datetime` knows."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one verified Clerk session token (versions 1 and 2).

    Field names are those of the token, so that Clerk's documentation applies.

    Attributes:
        iss: Issuer: the instance's Frontend API, for example `https://clerk.example.com`.
        sub: The user's id, `user_…`.
        sid: The session's id, `sess_…`.
        iat: Issued at, seconds since 1970-01-01 UTC.
        nbf: Not valid before, same unit.
        exp: Expires at, same unit.
        azp: Origin of the page the token was issued to; None where Clerk left it out.
        jti: The token's own id; None in version 1 tokens.
        actor: Id of whoever impersonates the user; None normally.
    """

    iss: str
    sub: str
    sid: str
    iat: int
    nbf: int
    exp: int
    azp: str | None = None
    jti: str | None = None
    actor: str | None = None

    @property
    def user_key(self) -> str:
        """A name for this user's things in the browser that says nothing about who they are.

        The first 128 bits of SHA-256 over issuer and `sub`, in hexadecimal: the same for each
        visit, another for each user of each Clerk instance.
        """
        return hashlib.sha256(f"{self.iss} {self.sub}".encode()).hexdigest()[:32]

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "Claims":
        """Read a decoded payload strictly: no number from a string, a float or a bool.

        Raises:
            TokenRejected: A claim is missing, or has the wrong type.
        """
        return cls(
            iss=_text(payload, "iss"),
            sub=_text(payload, "sub"),
            sid=_session_id(payload),
            iat=_time(payload, "iat"),
            nbf=_time(payload, "nbf"),
            exp=_time(payload, "exp"),
            azp=_optional_text(payload, "azp"),
            jti=_optional_text(payload, "jti"),
            actor=_actor(payload),
        )


def _session_id(payload: Mapping[str, Any]) -> str:
    # Tokens made from a JWT template are signed with the same key, but never carry a session id.
    if payload.get("sid") is None:
        raise TokenRejected(Reason.TOKEN_CLASS, "sid")
    return _text(payload, "sid")


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if value is None:
        raise TokenRejected(Reason.MISSING_CLAIM, name)
    # Printable ASCII without spaces: ids, origins and issuers are nothing else, and what passes
    # here may be compared, logged and shown without a second thought.
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= _LONGEST_TEXT
        or not value.isascii()
        or not value.isprintable()
        or " " in value
    ):
        raise TokenRejected(Reason.CLAIM_TYPE, name)
    return value


def _optional_text(payload: Mapping[str, Any], name: str) -> str | None:
    return None if payload.get(name) is None else _text(payload, name)


def _time(payload: Mapping[str, Any], name: str) -> int:
    value = payload.get(name)
    if value is None:
        raise TokenRejected(Reason.MISSING_CLAIM, name)
    # `type() is int`, not isinstance: True is an instance of int.
    if type(value) is not int or not 0 <= value <= _LATEST_TIME:
        raise TokenRejected(Reason.CLAIM_TYPE, name)
    return value


def _actor(payload: Mapping[str, Any]) -> str | None:
    act = payload.get("act")
    if act is None:
        return None
    if not isinstance(act, dict):
        raise TokenRejected(Reason.CLAIM_TYPE, "act")
    return _text(act, "sub")


def check_times(claims: Claims, *, now: float, skew: int, longest_life: int) -> None:
    """Hold the token's three times against the clock and against each other.

    Args:
        claims: The claims to check.
        now: Seconds since 1970-01-01 UTC.
        skew: How many seconds this machine's clock and Clerk's may differ.
        longest_life: Most seconds between the earlier of `iat` and `nbf`, and `exp`.

    Raises:
        TokenRejected: Expired, not yet valid, or a span that no session token has.
    """
    if not math.isfinite(now):
        raise TokenRejected(Reason.EXPIRED, "exp")
    if claims.exp <= max(claims.iat, claims.nbf):
        raise TokenRejected(Reason.LIFETIME, "exp")
    if claims.exp - min(claims.iat, claims.nbf) > longest_life:
        raise TokenRejected(Reason.LIFETIME, "exp")
    if now >= claims.exp + skew:
        raise TokenRejected(Reason.EXPIRED, "exp")
    for name, moment in (("nbf", claims.nbf), ("iat", claims.iat)):
        if moment > now + skew:
            raise TokenRejected(Reason.NOT_YET_VALID, name)
