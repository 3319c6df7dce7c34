"""The figures of the last run of each benchmark, committed beside the plots drawn from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


def save(benchmark: str, figures: dict[str, Any]) -> None:
    """Replaces the figures of the benchmark's run before."""
    path = FOLDER / f"{benchmark}.json"
    path.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"saved in {path.relative_to(Path.cwd())}; python -m bench.plots draws them")


def load(benchmark: str) -> Any:
    return json.loads((FOLDER / f"{benchmark}.json").read_text())
