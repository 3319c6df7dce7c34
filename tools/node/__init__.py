"""The Node that tests, builds and tools run on; `tools/node/install.sh` sees that there is one."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent
# The oldest major version that will do.
OLDEST = int((FOLDER / "oldest").read_text(encoding="ascii"))
PROGRAMS = FOLDER.parents[1] / ".cache" / "node" / "node_modules" / ".bin"


def prefer_own_node() -> None:
    """Let `node`, `npm` and `npx` be found in the project's own Node first, where it has one.

    The Makefile does the same for what it calls; this is for what is started without it.
    """
    path = os.environ.get("PATH", os.defpath)
    if PROGRAMS.is_dir() and str(PROGRAMS) not in path.split(os.pathsep):
        os.environ["PATH"] = f"{PROGRAMS}{os.pathsep}{path}"
