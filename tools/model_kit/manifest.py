"""The files that describe a mirror: each model's manifest.json, and index.json at its top.

Paths are POSIX and relative: a manifest's `files` to the manifest's own folder, everything else to
the mirror's root. Sizes are bytes; hashes are SHA-256 in lower-case hex.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._-]*"  # so that no path leads upwards
RelativePath = Annotated[str, StringConstraints(pattern=rf"^{SEGMENT}(/{SEGMENT})*$")]
Bytes = Annotated[int, Field(ge=0)]


class Described(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class FileEntry(Described):
    """One file, whole."""

    path: RelativePath
    size: Bytes
    sha256: Sha256


class Manifest(Described):
    """`mlc-ai/<model_id>/resolve/main/manifest.json`: every file the model is loaded from."""

    version: Literal[1] = 1
    model_id: str
    files: list[FileEntry]
    model_lib: FileEntry


class IndexEntry(Described):
    """What it takes to make one of WebLLM's `model_list` entries, and to show its size first."""

    model_id: str
    model: RelativePath
    """The weights' folder; WebLLM's `model`, once the mirror's address is put before it."""
    model_lib: RelativePath
    """The library; WebLLM's `model_lib`, likewise."""
    manifest: RelativePath
    total_bytes: Bytes
    """The whole download: the manifest's files and the library."""
    context_window_size: int
    """In tokens."""
    vram_required_MB: float | None  # noqa: N815  # WebLLM's own name for it
    """An estimate, in 10^6 bytes: see `mirror.gpu_megabytes`. None if it cannot be told."""
    required_features: list[str]
    """WebGPU features the library needs."""


class Index(Described):
    """`index.json`: the mirror's models, by id."""

    version: Literal[1] = 1
    models: list[IndexEntry]
