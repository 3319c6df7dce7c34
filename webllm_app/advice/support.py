"""Which browsers have WebGPU, from the table that the component's advice comes from too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

TABLE_PATH = Path(__file__).parents[2] / "components" / "webllm_chat" / "advice.json"

BROWSER_TITLES = {
    "chrome": "Chrome",
    "edge": "Edge",
    "firefox": "Firefox",
    "safari": "Safari",
    "samsung": "Samsung Internet",
}
SYSTEM_TITLES = {
    "windows": "Windows",
    "macos": "macOS",
    "linux": "Linux",
    "chromeos": "ChromeOS",
    "android": "Android",
    "ios": "iOS and iPadOS",
}


@dataclass(frozen=True)
class BrowserSupport:
    """WebGPU in one browser on one or more systems.

    Attributes:
        since: The first major version that has it by itself; None where none has.
        source: Address of the document that says so.
    """

    browser: str
    systems: str
    since: int | None
    note: str
    source: str


def _read(row: dict[str, Any], sources: dict[str, Any]) -> BrowserSupport:
    return BrowserSupport(
        browser=BROWSER_TITLES[row["browser"]],
        systems=", ".join(SYSTEM_TITLES[system] for system in row["os"]),
        since=row["since"],
        note=row["note"],
        source=sources[row["source"]]["url"],
    )


_table = json.loads(TABLE_PATH.read_text(encoding="utf-8"))
REVIEWED = date.fromisoformat(_table["reviewed"])
"""When the table's facts were last checked."""
BROWSER_SUPPORT: tuple[BrowserSupport, ...] = tuple(
    _read(row, _table["sources"]) for row in _table["support"]
)
