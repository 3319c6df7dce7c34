"""How sign-in is set up, checked once, with words for whoever runs the app."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pydantic import SecretStr

from webllm_app.auth.keys import PublishableKey
from webllm_app.auth.pem import load_public_key
from webllm_app.auth.verifier import ClerkVerifier

_log = logging.getLogger(__name__)
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_SECRET_FORM = re.compile(r"sk_(test|live)_[A-Za-z0-9]+")


class AuthMode(StrEnum):
    """Whether visitors sign in."""

    REQUIRED = "required"
    """Chat stays closed until the visitor has signed in."""
    OPTIONAL = "optional"
    """Everyone may chat; who signs in has conversations of their own."""
    OFF = "off"
    """No sign-in anywhere, whatever keys are set."""


@dataclass(frozen=True, slots=True)
class AuthConfig:
    """A checked set-up. Build it with `from_values`.

    Holds nothing secret: the publishable key and the JWT key are public, and the secret key is
    checked and let go, because nothing here needs it.

    Attributes:
        mode: Whether visitors sign in.
        key: The instance; None where sign-in cannot work.
        jwt_key: PEM of the instance's public key; None: it is read from the instance.
        authorized_parties: Origins whose tokens count; empty: not checked.
        audience: `aud` that tokens must carry; None: a token with one is refused.
        problems: What keeps sign-in from working, one sentence or two each, for the operator.
        advice: What works but should be set, likewise; it is logged, not shown to visitors.
    """

    mode: AuthMode
    key: PublishableKey | None = None
    jwt_key: str | None = None
    authorized_parties: tuple[str, ...] = ()
    audience: str | None = None
    problems: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()

    @classmethod
    def from_values(
        cls,
        *,
        mode: str = AuthMode.OPTIONAL,
        publishable_key: str | None = None,
        jwt_key: str | None = None,
        secret_key: SecretStr | None = None,
        authorized_parties: Iterable[str] = (),
        audience: str | None = None,
    ) -> "AuthConfig":
        """Check plain values. Never raises: what is wrong is in `problems`.

        Without a key the app runs in guest mode. With anything malformed it does too, or stays
        closed where sign-in is required; a misspelt mode counts as `required`.

        Args:
            mode: `required`, `optional` or `off`.
            publishable_key: `CLERK_PUBLISHABLE_KEY`.
            jwt_key: `CLERK_JWT_KEY`, the PEM from Clerk's dashboard.
            secret_key: `CLERK_SECRET_KEY`; accepted because people have it, and not kept.
            authorized_parties: Origins such as `https://chat.example.com`.
            audience: `CLERK_AUDIENCE`.
        """
        problems: list[str] = []
        checked_mode = _check_mode(mode, problems)
        if checked_mode is AuthMode.OFF:
            return cls(mode=checked_mode)
        key = _check_publishable_key(_tidy(publishable_key), checked_mode, problems)
        pem = _check_jwt_key(_tidy(jwt_key), problems)
        parties = _check_parties(authorized_parties, problems)
        _check_secret_key(secret_key, key, problems)
        advice = []
        if key is not None and not parties:
            advice.append(
                "No authorized parties are set, so a token issued to any page of the same Clerk "
                "instance is accepted. Set this app's own origin, for example "
                "https://chat.example.com."
            )
        return cls(
            mode=checked_mode,
            key=None if problems else key,
            jwt_key=pem,
            authorized_parties=parties,
            audience=_tidy(audience),
            problems=tuple(problems),
            advice=tuple(advice),
        )

    @property
    def enabled(self) -> bool:
        """True where visitors can sign in."""
        return self.key is not None

    @property
    def closed(self) -> bool:
        """True where sign-in is required but cannot work, so that nobody may chat."""
        return self.mode is AuthMode.REQUIRED and not self.enabled


@lru_cache(maxsize=4)
def verifier_for(config: AuthConfig) -> ClerkVerifier:
    """Return the process's one verifier for this set-up, so that all visitors share its keys.

    What could be set up better is logged here, so once.

    Raises:
        ValueError: Sign-in is not enabled.
    """
    if config.key is None:
        raise ValueError("sign-in is not enabled, so there is nothing to verify with")
    for advice in config.advice:
        _log.warning(advice)
    return ClerkVerifier(
        issuer=config.key.issuer,
        authorized_parties=config.authorized_parties,
        audience=config.audience,
        jwks_url=None if config.jwt_key else config.key.jwks_url,
        public_key=config.jwt_key,
    )


def _tidy(value: str | None) -> str | None:
    """Strip what copying leaves around a value; an empty value is none."""
    return (value or "").strip().strip("\"'").strip() or None


def _check_mode(mode: str, problems: list[str]) -> AuthMode:
    try:
        return AuthMode(mode.strip().lower())
    except ValueError:
        problems.append(
            "WEBLLM_AUTH must be 'required', 'optional' or 'off'. It is something else, so it "
            "counts as 'required'."
        )
        return AuthMode.REQUIRED


def _check_publishable_key(
    text: str | None, mode: AuthMode, problems: list[str]
) -> PublishableKey | None:
    if text is None:
        if mode is AuthMode.REQUIRED:
            problems.append(
                "Sign-in is required, but CLERK_PUBLISHABLE_KEY is not set. Copy it from API keys "
                "in Clerk's dashboard."
            )
        return None
    try:
        return PublishableKey.parse(text)
    except ValueError as error:
        problems.append(
            f"CLERK_PUBLISHABLE_KEY cannot be used: {error}. Copy the publishable key again from "
            "API keys in Clerk's dashboard."
        )
        return None


def _check_jwt_key(pem: str | None, problems: list[str]) -> str | None:
    if pem is None:
        return None
    try:
        load_public_key(pem)
    except ValueError as error:
        problems.append(
            f"CLERK_JWT_KEY cannot be used: {error}. Copy the 'JWKS public key' (PEM) again from "
            "API keys in Clerk's dashboard, or leave it out: the key is then read from Clerk."
        )
    return pem


def _check_parties(parties: Iterable[str], problems: list[str]) -> tuple[str, ...]:
    tidied = tuple(dict.fromkeys(p.rstrip("/") for p in map(_tidy, parties) if p))
    problems.extend(
        f"CLERK_AUTHORIZED_PARTIES: {party!r} is not an origin. Write it as the browser shows it, "
        "in lower case and without a path: https://chat.example.com."
        for party in tidied
        if not _ORIGIN.fullmatch(party)
    )
    return tidied


def _check_secret_key(
    secret: SecretStr | None, key: PublishableKey | None, problems: list[str]
) -> None:
    text = _tidy(secret.get_secret_value()) if secret else None
    if text is None:
        return
    form = _SECRET_FORM.fullmatch(text)
    if form is None:
        problems.append(
            "CLERK_SECRET_KEY does not have the form 'sk_test_…' or 'sk_live_…'. Leave it out: "
            "this app does not need it."
        )
    elif key is not None and (form[1] == "live") != key.live:
        problems.append(
            "CLERK_SECRET_KEY and CLERK_PUBLISHABLE_KEY belong to different Clerk instances: one "
            "is a test key, the other a live key."
        )
