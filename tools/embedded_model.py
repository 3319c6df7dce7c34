"""Puts the embedded model (SmolLM2-135M, 98 MB) where the app's server hands it to browsers.

python -m tools.embedded_model             fetches it unless it is there
python -m tools.embedded_model --verify    reads it in full as well, and fetches it if it is bad
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from webllm_app.embedded_model import (
    MODELS_DIRECTORY,
    EmbeddedModelError,
    ensure_embedded_model,
    is_in_place,
    verify,
)

__all__ = ["ensure_embedded_model", "main"]


class ProgressLine:
    """Progress on standard error: a line that rewrites itself in a terminal, a few in a log."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = -1

    def __call__(self, received: int, total: int) -> None:
        percent = received * 100 // total
        if percent // (1 if self._terminal else 25) == self._shown:
            return
        self._shown = percent // (1 if self._terminal else 25)
        text = f"Embedded model: {received / 1e6:.1f} of {total / 1e6:.1f} MB ({percent} %)"
        end = "\r" if self._terminal and received < total else "\n"
        print(text, end=end, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the process's exit status: 0 when the model is in place, 1 when it is not."""
    parser = argparse.ArgumentParser(prog="python -m tools.embedded_model", description=__doc__)
    parser.add_argument("--verify", action="store_true", help="read the file in full")
    parser.add_argument("--directory", type=Path, default=MODELS_DIRECTORY, help="where it belongs")
    options = parser.parse_args(arguments)

    wrong = (
        options.verify
        and is_in_place(directory=options.directory)
        and not verify(directory=options.directory)
    )
    if wrong:
        print("The embedded model's file is damaged; fetching it again.", file=sys.stderr)
    try:
        path = ensure_embedded_model(ProgressLine(), directory=options.directory)
    except EmbeddedModelError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Embedded model in place: {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
