"""A deployment of the component, without building one."""

from __future__ import annotations

import re
from pathlib import Path

ENGINE_BUILD = re.compile(r"\bbuild-[0-9a-f]{16}\b")
ANOTHER = "build-of-another-day"


def make_another_build(bundle: Path) -> None:
    """Gives a built bundle another build's name in place, as if its sources had changed.

    Raises:
        ValueError: the bundle has no such name in it.
    """
    scripts = [path for path in bundle.rglob("*.js") if ENGINE_BUILD.search(path.read_text())]
    if not scripts:
        raise ValueError(f"No script in {bundle} says which build it is of.")
    for script in scripts:
        script.write_text(ENGINE_BUILD.sub(ANOTHER, script.read_text()))
