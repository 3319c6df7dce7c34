"""The app's catalog of models, as far as the mirror needs it."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

PATH = Path(__file__).resolve().parents[2] / "components" / "webllm_chat" / "catalog.json"


class CatalogModel(BaseModel):
    """One model: its id, and the addresses of its weights and of its library."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    model_id: str
    model: str
    model_lib: str

    @property
    def repository(self) -> str:
        """The weights' name on the hub; several ids may share one."""
        return PurePosixPath(urlsplit(self.model).path.split("/resolve/")[0]).name

    @property
    def library_name(self) -> str:
        return PurePosixPath(urlsplit(self.model_lib).path).name


def load_catalog(path: Path = PATH) -> list[CatalogModel]:
    """The catalog's models that have a library; none where the catalog has not been generated."""
    if not path.exists():
        return []
    entries = json.loads(path.read_text())["models"]
    return [CatalogModel.model_validate(entry) for entry in entries if entry["model_lib"]]
