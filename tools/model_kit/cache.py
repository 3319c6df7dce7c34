"""A folder of build results, each under the hash of everything it was made from."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).resolve().parents[2] / ".cache" / "model_kit"


def cache_root(chosen: Path | None = None) -> Path:
    """The cache's folder: `chosen`, else $MODEL_KIT_CACHE, else `.cache/model_kit`."""
    return chosen or Path(os.environ.get("MODEL_KIT_CACHE") or DEFAULT)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_files(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Each file's hash by its name within `root`."""
    return {str(path.relative_to(root)): sha256_of(path) for path in sorted(paths)}


@dataclass(frozen=True)
class BuildCache:
    """Entries are folders; one is there whole or not at all, whatever interrupts its making."""

    root: Path

    def entry(self, kind: str, inputs: dict[str, Any], make: Callable[[Path], None]) -> Path:
        """The folder made from `inputs`, made now by `make(folder)` if it is not there yet."""
        place = self.root / kind / key_of(inputs)
        with self._lock(place):
            if place.is_dir():
                return place
            unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=place.parent))
            try:
                make(unfinished)
                (unfinished / "inputs.json").write_text(canonical(inputs))
                unfinished.chmod(0o755)
                unfinished.rename(place)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
        return place

    @contextmanager
    def _lock(self, place: Path) -> Iterator[None]:
        """Two processes that want the same entry make it once."""
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def canonical(inputs: dict[str, Any]) -> str:
    return json.dumps(inputs, sort_keys=True, indent=1)


def key_of(inputs: dict[str, Any]) -> str:
    """The name of the entry made from `inputs`: 24 hex digits of their SHA-256."""
    return hashlib.sha256(canonical(inputs).encode()).hexdigest()[:24]
