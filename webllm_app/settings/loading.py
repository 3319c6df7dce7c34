"""Reads the settings from their sources; a malformed value is reported and never stops the app."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from webllm_app.settings.model import Settings, names_of

APP_DIRECTORY = Path(__file__).resolve().parents[2]

Origin = Literal["environment", ".env", "secrets.toml", "default"]


@dataclass(frozen=True)
class SettingProblem:
    """A value that could not be used. `field` is the name it was read under; the message repeats
    no value, which may be secret."""

    field: str
    message: str


@dataclass(frozen=True)
class SettingRow:
    """One setting as a page shows it, secrets masked."""

    name: str
    value: str
    origin: Origin
    description: str


@dataclass(frozen=True)
class LoadedSettings:
    """The settings in effect, where each came from (by field name), and what was wrong."""

    settings: Settings
    origins: Mapping[str, Origin]
    problems: tuple[SettingProblem, ...]

    def rows(self) -> list[SettingRow]:
        """What is in effect, for people."""
        return [
            SettingRow(
                name=names_of(field)[0],
                value=shown(getattr(self.settings, field)),
                origin=self.origins[field],
                description=info.description or "",
            )
            for field, info in Settings.model_fields.items()
        ]


@dataclass(frozen=True)
class _Found:
    name: str
    value: object
    origin: Origin


def load_settings(
    *, env_file: Path = APP_DIRECTORY / ".env", secrets: Mapping[str, object] | None = None
) -> LoadedSettings:
    """Reads environment, `.env` and `secrets.toml`, in this order of precedence, over the defaults.

    An empty value counts as absent. A malformed one is left out, its default is used, and a
    `SettingProblem` says so by name.

    Args:
        env_file: the `.env` file; need not exist.
        secrets: what `secrets.toml` says; read through Streamlit when not given.
    """
    problems: list[SettingProblem] = []
    if secrets is None:
        secrets = _streamlit_secrets(problems)
    dotenv = _read_dotenv(env_file, problems)
    found: dict[str, _Found] = {}
    for field in Settings.model_fields:
        value = _find(field, dotenv, secrets)
        if value is not None:
            found[field] = value
    settings = _validate(found, problems)
    origins: dict[str, Origin] = {
        field: found[field].origin if field in found else "default"
        for field in Settings.model_fields
    }
    return LoadedSettings(settings, origins, tuple(problems))


def masked(secret: str) -> str:
    """A secret's kind, such as `sk_live_`, and no character of the rest: visitors see it too."""
    kind = re.match("[ps]k_(?:test|live)_", secret)
    return f"{kind[0] if kind else ''}••••"


def shown(value: object) -> str:
    """A setting's value for people; secrets are masked."""
    if isinstance(value, SecretStr):
        return masked(value.get_secret_value())
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return f"{len(value.get('model_list') or [])} models"
    return str(value)


def _find(field: str, dotenv: Mapping[str, object], secrets: Mapping[str, object]) -> _Found | None:
    sources: tuple[tuple[Origin, Mapping[str, object]], ...] = (
        ("environment", os.environ),
        (".env", dotenv),
        ("secrets.toml", secrets),
    )
    for origin, values in sources:
        for name in names_of(field):
            value = values.get(name)
            if value not in (None, ""):
                # Streamlit copies plain values of secrets.toml into the environment.
                copied = origin == "environment" and str(secrets.get(name)) == value
                return _Found(name, value, "secrets.toml" if copied else origin)
    return None


def _validate(found: dict[str, _Found], problems: list[SettingProblem]) -> Settings:
    """Removes from `found` what cannot be used, noting it in `problems`."""
    while True:
        try:
            return Settings.model_validate({field: item.value for field, item in found.items()})
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_context=False):
                field = _field_of(str(detail["loc"][0]))
                item = found.pop(field, None)
                if item is not None:
                    message = _in_words(detail["msg"], item.origin)
                    problems.append(SettingProblem(item.name, message))


def _field_of(location: str) -> str:
    return next(field for field in Settings.model_fields if location in (field, *names_of(field)))


def _in_words(message: str, origin: Origin) -> str:
    reason = message.removeprefix("Value error, ").removeprefix("Input should be ")
    joined = reason if reason.startswith("must") else f"must be {reason}"
    return f"{joined}. The value in {origin} was ignored and the default is used."


def _read_dotenv(path: Path, problems: list[SettingProblem]) -> Mapping[str, object]:
    try:
        return dotenv_values(path)
    except (OSError, ValueError) as error:
        problems.append(SettingProblem(".env", _unread(error)))
        return {}


def _unread(error: Exception) -> str:
    """Never the error's own text, which names folders of the server and may quote a secret."""
    line = re.search(r"\bline (\d+)", str(error))
    if isinstance(error, UnicodeError):
        why = "it is not UTF-8 text"
    elif line:
        why = f"see its line {line[1]}"
    else:
        why = getattr(error, "strerror", None) or "its form is not the one it should have"
    return f"could not be read and was ignored as a whole: {why}."


def _streamlit_secrets(problems: list[SettingProblem]) -> Mapping[str, object]:
    import streamlit as st  # here, because nothing else in this package needs it

    try:
        return st.secrets.to_dict()
    except FileNotFoundError as error:
        if any(Path(file).exists() for file in st.get_option("secrets.files")):
            problems.append(SettingProblem("secrets.toml", _unread(error)))
        return {}
