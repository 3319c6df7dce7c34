"""The command: reads @mlc-ai/web-llm through Node and writes the catalog."""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

from tools.catalog.build import build_entries
from tools.node import prefer_own_node
from webllm_app.catalog.loading import CATALOG_VERSION

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "components" / "webllm_chat" / "catalog.json"
WEB_LLM = ROOT / "components/webllm_chat/frontend/node_modules/@mlc-ai/web-llm"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.catalog", description=__doc__)
    parser.add_argument(
        "--web-llm", type=Path, default=WEB_LLM, help="folder of the unpacked npm package"
    )
    prebuilt = read_prebuilt(parser.parse_args().web_llm)
    entries = build_entries(prebuilt["models"])
    content = {
        "version": CATALOG_VERSION,
        "web_llm": prebuilt["version"],
        "models": [entry.model_dump(mode="json") for entry in entries],
    }
    CATALOG.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(entries)} models of WebLLM {prebuilt['version']} -> {CATALOG}")


def read_prebuilt(web_llm: Path) -> dict[str, Any]:
    """WebLLM's version and model records."""
    prefer_own_node()
    script = Path(__file__).with_name("prebuilt.mjs")
    answer = subprocess.run(
        ["node", str(script), str(web_llm)], capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
