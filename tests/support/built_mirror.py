"""Models of the kit on a mirror that misbehaves on demand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.faulty_mirror import FaultyMirror

ROOT = Path(__file__).parents[2]


def build_models(folder: Path, models: Mapping[str, str]) -> None:
    """Builds into `folder`, or takes from the kit's cache.

    Args:
        models: by the id that each is served under, its name in `tools.model_kit`.
    """
    for served, built in models.items():
        build = ["build", built, "--as", served, "--mirror", str(folder)]
        subprocess.run([sys.executable, "-m", "tools.model_kit", *build], cwd=ROOT, check=True)


@contextmanager
def built_mirror(folder: Path, models: Mapping[str, str]) -> Iterator[FaultyMirror]:
    """Serves what `build_models` builds."""
    build_models(folder, models)
    with FaultyMirror(folder) as running:
        yield running
