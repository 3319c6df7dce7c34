"""Reads `catalog.json` and says what is wrong with it by entry and field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from webllm_app.catalog.entries import ModelEntry

CATALOG_VERSION = 1


class CatalogError(Exception):
    """The catalog cannot be used; the message names file, entry and field."""


@dataclass(frozen=True)
class Catalog:
    """The models the app offers, in the order they are shown. Ids are unique."""

    web_llm: str
    models: tuple[ModelEntry, ...]

    @cached_property
    def by_id(self) -> Mapping[str, ModelEntry]:
        return {entry.model_id: entry for entry in self.models}

    def rows(self) -> list[dict[str, Any]]:
        """The entries as plain data, to be passed to the component."""
        return [entry.model_dump(mode="json") for entry in self.models]


def load_catalog(path: Path) -> Catalog:
    """Reads and checks the catalog.

    Raises:
        CatalogError: the file is missing, not JSON, of another version, or an entry is malformed.
    """
    content = _read(path)
    version = content.get("version")
    if version != CATALOG_VERSION:
        raise CatalogError(
            f"{path.name}: version is {version!r}, this app reads {CATALOG_VERSION}. "
            "Run `python -m tools.catalog` to write it anew."
        )
    rows = content.get("models")
    if not isinstance(rows, list) or not rows:
        raise CatalogError(f"{path.name}: models must be a list with at least one model.")
    entries = tuple(_entry(path, position, row) for position, row in enumerate(rows))
    ids = [entry.model_id for entry in entries]
    repeated = {model_id for model_id in ids if ids.count(model_id) > 1}
    if repeated:
        raise CatalogError(f"{path.name}: model_id occurs twice: {', '.join(sorted(repeated))}.")
    return Catalog(str(content.get("web_llm", "")), entries)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogError(f"{path.name} could not be read: {error.strerror}.") from error
    except ValueError as error:
        raise CatalogError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise CatalogError(f"{path.name} must be a JSON object with version and models.")
    return content


def _entry(path: Path, position: int, row: object) -> ModelEntry:
    try:
        return ModelEntry.model_validate(row)
    except ValidationError as error:
        name = row.get("model_id") if isinstance(row, dict) else None
        where = f"{path.name}, model {position + 1} ({name or 'without model_id'})"
        raise CatalogError(f"{where}: {describe(error)}") from error


def describe(error: ValidationError) -> str:
    """The first fault of a validation error as 'field: what is wrong', values left out."""
    detail = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in detail["loc"]) or "the entry"
    return f"{field}: {detail['msg'].removeprefix('Value error, ')}."
