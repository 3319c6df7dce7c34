"""The page with the engines and no interface (`frontend/harness`), built as the app's own is."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tools.node import prefer_own_node

FRONTEND = Path(__file__).parents[2] / "components/webllm_chat/frontend"


def build_engine_page(folder: Path) -> None:
    """Build the page into `folder`; its address is `index.html`."""
    prefer_own_node()
    build = ["build", "--config", "vite.harness.config.ts", "--outDir", str(folder)]
    quietly = ["--emptyOutDir", "--logLevel", "error"]
    subprocess.run(["npx", "vite", *build, *quietly], cwd=FRONTEND, check=True)
