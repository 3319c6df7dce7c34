"""Writes docs/settings.md from webllm_app/settings: `python -m tools.settings_table`."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr

from webllm_app.settings import Settings, names_of, shown

PAGE = Path(__file__).resolve().parents[1] / "docs" / "settings.md"

INTRODUCTION = """\
# Settings

<!-- Written by `python -m tools.settings_table` from webllm_app/settings/model.py. -->

Each setting is read from the environment, then `.env`, then `.streamlit/secrets.toml`;
the first that has it wins. Where several names are given, the first one found counts.
A malformed value is named at the top of every page and replaced by the default;
it never stops the app. A malformed value of sign-in is not replaced: it turns sign-in off,
or closes the chat where sign-in is required.

Copy `.env.example` or `.streamlit/secrets.toml.example` to start.

| name | values | default | what it does |
|---|---|---|---|
"""


def settings_page() -> str:
    """The page's text."""
    return INTRODUCTION + "".join(_row(field) for field in Settings.model_fields)


def _row(field: str) -> str:
    info = Settings.model_fields[field]
    names = "<br>".join(f"`{name}`" for name in names_of(field))
    default = shown(info.default)
    return (
        f"| {names} | {_values(info.annotation)} | {f'`{default}`' if default else 'unset'} "
        f"| {info.description} |\n"
    )


def _values(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin in (Union, types.UnionType):
        options = [_values(option) for option in arguments if option is not type(None)]
        return " or ".join(dict.fromkeys(options))
    if hasattr(annotation, "__metadata__"):
        return _values(annotation.__origin__)
    return {
        bool: "`true`, `false`",
        int: "whole number",
        float: "number",
        str: "text",
        Path: "path",
        SecretStr: "text, shown masked",
        dict: "JSON or table",
        tuple: "list, separated by commas",
    }[origin or annotation]


def main() -> None:
    PAGE.write_text(settings_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
