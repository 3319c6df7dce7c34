"""What the server adds to a diagnosis: versions, settings in effect, how sign-in is set up.

Every visitor of the troubleshooting page can read it, so of a secret it says only whether it is
set, and nothing in it is about the visitor.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version

from pydantic import SecretStr

from webllm_app.auth import AuthConfig
from webllm_app.settings import LoadedSettings, Origin, Settings

PACKAGES = ("streamlit", "pydantic", "PyJWT")


@dataclass(frozen=True)
class SettingFact:
    """One setting in effect and where it came from."""

    name: str
    value: str
    origin: Origin


@dataclass(frozen=True)
class ServerFacts:
    """What is known on the server, without anything secret."""

    versions: dict[str, str]
    settings: tuple[SettingFact, ...]
    sign_in: str
    problems: tuple[str, ...]


def server_facts(
    loaded: LoadedSettings, auth: AuthConfig, problems: tuple[str, ...]
) -> ServerFacts:
    """Collects the facts.

    Args:
        problems: sentences for the operator about what could not be used.
    """
    versions = {"Python": platform.python_version()}
    versions |= {package: version(package) for package in PACKAGES}
    return ServerFacts(
        versions=versions,
        settings=tuple(
            SettingFact(row.name, _public(value, row.value), row.origin)
            for row, value in zip(loaded.rows(), _values(loaded.settings), strict=True)
        ),
        sign_in=_sign_in(auth),
        problems=(*problems, *auth.problems),
    )


def _values(settings: Settings) -> list[object]:
    return [getattr(settings, field) for field in Settings.model_fields]


def _public(value: object, shown: str) -> str:
    # A public key in PEM form is no secret, but nothing to read either.
    if isinstance(value, SecretStr) or "\n" in shown:
        return "set"
    return shown or "not set"


def _sign_in(auth: AuthConfig) -> str:
    if auth.problems:
        return "Sign-in does not work: see the problems below."
    if not auth.enabled:
        return "Sign-in is off: everyone is a guest. Clerk's keys turn it on (docs/auth.md)."
    keys = "with the key in CLERK_JWT_KEY" if auth.jwt_key else "with keys read from Clerk"
    return f"Sign-in is {auth.mode}. Tokens are verified {keys}."
