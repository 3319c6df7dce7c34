"""The figures of all runs as a table in Markdown: medians, and the lowest and highest."""

from __future__ import annotations

from statistics import median
from typing import Any

ROWS = {
    "loadCold": ("load cold, to the first token generated (s)", 2),
    "loadCached": ("load from the browser's cache (s)", 2),
    "firstToken": ("first token of a short question (s)", 3),
    "prefill": ("prefill (tokens/s)", 0),
    "decode": ("decode (tokens/s)", 1),
    "decodeWhileDownloading": ("decode while downloading (tokens/s)", 1),
    "downloadedMegabytesPerS": ("downloaded, verified and stored meanwhile (MB/s)", 0),
}


def table(measured: dict[str, list[dict[str, Any]]]) -> str:
    """One column for each build, from what `harness/bench.ts` returned for each of its runs."""
    adapters = sorted({run["adapter"] for runs in measured.values() for run in runs})
    lines = [
        f"GPU: {', '.join(adapters)}",
        "",
        f"| | {' | '.join(measured)} |",
        f"|---|{'---|' * len(measured)}",
    ]
    for key, (title, digits) in ROWS.items():
        cells = [cell(values(runs, key), digits) for runs in measured.values()]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def values(runs: list[dict[str, Any]], key: str) -> list[float]:
    found: list[float] = []
    for run in runs:
        value = run[key]
        found.extend(value if isinstance(value, list) else [value])
    return found


def cell(numbers: list[float], digits: int) -> str:
    if not numbers:
        return "not measured"
    low, middle, high = (f"{n:,.{digits}f}" for n in (min(numbers), median(numbers), max(numbers)))
    return f"**{middle}** ({low} to {high})"
