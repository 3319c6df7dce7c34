"""What a model is worth, by a published score, against what it costs to get and to load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log10
from operator import itemgetter
from typing import Any

import altair as alt

from webllm_app.catalog import ModelEntry, Score
from webllm_app.charts.picture import (
    INK,
    POINT_SIZE,
    Picture,
    Rows,
    colour,
    data,
    finished,
    legend_rows,
    sentence,
    shape,
    tooltips,
)

BENCHMARKS = {
    "IFEval": "following instructions that can be checked",
    "MMLU": "multiple-choice questions from 57 subjects",
}
"""By name, what each measures."""
VISITS = ("first visit", "from the cache")
LEAST_WIDTH_WITH_NAMES = 420
"""CSS pixels of the plot."""
FORMATS = {"size_mb": ",.0f", "score": ".1f", "seconds": ".1f", "shortest": ".0f", "longest": ".0f"}


@dataclass(frozen=True)
class MeasuredLoad:
    """Seconds a model took to load on this device; None where that visit was not measured."""

    first_s: float | None = None
    cached_s: float | None = None


def size_against_quality(entries: Iterable[ModelEntry], benchmark: str = "IFEval") -> Picture:
    """Download size of each model's smallest build against its published score.

    Args:
        benchmark: one of `BENCHMARKS`.
    """
    title = "Model size and quality"
    entries = list(entries)
    scored = _scored(entries, benchmark)
    rows: Rows = [
        {
            "model": entry.name,
            "family": entry.family,
            "size_mb": entry.download_bytes.value / 1e6,
            "score": score.score,
        }
        for entry, score in scored
        if entry.download_bytes
    ]
    if not rows:
        return Picture(title, None, "No model here has both a known size and a published score.")
    points = (
        alt.Chart(data(rows))
        .mark_point(filled=True, size=POINT_SIZE, opacity=1)
        .encode(
            x=_log_axis("size_mb", "Download (MB)", [row["size_mb"] for row in rows]),
            y=alt.Y("score:Q", title=f"{benchmark} score (%)", scale=alt.Scale(domain=[0, 100])),
            color=colour("model", "Model"),
            shape=shape("model", "Model"),
            tooltip=tooltips(
                FORMATS, model="Model", family="Family", size_mb="Download (MB)", score=benchmark
            ),
        )
    )
    text = sentence(
        f"{row['model']}: {row['size_mb']:,.0f} MB, {benchmark} {row['score']:.1f} %"
        for row in sorted(rows, key=itemgetter("size_mb"))
    )
    text += _without_score(entries, benchmark)
    chart = alt.LayerChart(layer=[points, *_names(rows, "size_mb")])
    return Picture(
        title,
        finished(chart, title, text, legend_rows(rows, "model")),
        text,
        _sources(scored),
    )


def load_time_against_quality(
    entries: Iterable[ModelEntry],
    measured: Mapping[str, MeasuredLoad],
    benchmark: str = "IFEval",
) -> Picture:
    """Load time against published score: a point for what was measured on this device, a bar for
    a published range.

    Args:
        measured: by model id.
        benchmark: one of `BENCHMARKS`.
    """
    title = "Load time and quality"
    entries = list(entries)
    scored = [
        (entry, score)
        for entry, score in _scored(entries, benchmark, preferred=measured)
        if entry.published_load_time or entry.model_id in measured
    ]
    points = [row for entry, score in scored for row in _measured(entry, score, measured)]
    ranges = [row for entry, score in scored for row in _published(entry, score)]
    if not points and not ranges:
        return Picture(
            title, None, "No model with a published score has a known load time on this device yet."
        )
    seconds = [row["seconds"] for row in points]
    seconds += [row[end] for row in ranges for end in ("shortest", "longest")]
    bars = (
        alt.Chart(data(ranges))
        .mark_bar(opacity=0.5, cornerRadius=3, height={"band": 0.8})
        .encode(
            x=_log_axis("shortest", "Seconds until ready", seconds),
            x2="longest:Q",
            y=_best_first(),
            yOffset="visit:N",
            color=colour("visit", "Visit", VISITS),
            tooltip=tooltips(
                FORMATS, visit="Visit", shortest="Published, from (s)", longest="to (s)"
            ),
        )
    )
    dots = (
        alt.Chart(data(points))
        .mark_point(filled=True, size=POINT_SIZE, opacity=1)
        .encode(
            x=_log_axis("seconds", "Seconds until ready", seconds),
            y=_best_first(),
            yOffset="visit:N",
            color=colour("visit", "Visit", VISITS),
            shape=shape("visit", "Visit", VISITS),
            tooltip=tooltips(FORMATS, visit="Visit", seconds="Measured here (s)"),
        )
    )
    words = [
        (row["seconds"], f"{row['model']}, {row['visit']}: {row['seconds']:.1f} s measured here")
        for row in points
    ] + [
        (
            row["shortest"],
            f"{row['model']}, {row['visit']}: {row['shortest']:.0f}-{row['longest']:.0f} s "
            "published, not measured here",
        )
        for row in ranges
        if not any(p["model"] == row["model"] and p["visit"] == row["visit"] for p in points)
    ]
    text = "Points were measured on this device, bars are published ranges. "
    text += sentence(words for _, words in sorted(words))
    chart = alt.LayerChart(layer=[bars, dots] if ranges else [dots])
    return Picture(
        title,
        finished(chart, title, text, legend_rows([*points, *ranges], "visit")),
        text,
        _sources(scored),
    )


def _scored(
    entries: Iterable[ModelEntry], benchmark: str, preferred: Mapping[str, Any] | None = None
) -> list[tuple[ModelEntry, Score]]:
    """One build of each scored model: a preferred one first, then the smallest."""
    preferred = preferred or {}
    chosen: dict[str, tuple[ModelEntry, Score]] = {}
    for entry in sorted(entries, key=lambda e: (e.model_id not in preferred, _size(e))):
        for score in entry.quality:
            if score.benchmark == benchmark:
                chosen.setdefault(entry.name, (entry, score))
    return list(chosen.values())


def _without_score(entries: Iterable[ModelEntry], benchmark: str) -> str:
    missing = [
        entry.name
        for entry in entries
        if entry.named and not any(score.benchmark == benchmark for score in entry.quality)
    ]
    if not missing:
        return ""
    names = ", ".join(dict.fromkeys(missing))
    return f" Without a published {benchmark} score that could be checked: {names}."


def _sources(scored: Iterable[tuple[ModelEntry, Score]]) -> tuple[str, ...]:
    return tuple(
        f"{entry.name}, {score.benchmark} {score.score:.1f} %: [{score.source}]({score.url})"
        for entry, score in scored
    )


def _size(entry: ModelEntry) -> float:
    return entry.download_bytes.value if entry.download_bytes else float("inf")


def _measured(entry: ModelEntry, score: Score, measured: Mapping[str, MeasuredLoad]) -> Rows:
    load = measured.get(entry.model_id, MeasuredLoad())
    visits = zip(VISITS, (load.first_s, load.cached_s), strict=True)
    return [
        {
            "model": entry.name,
            "label": _label(entry, score),
            "visit": visit,
            "seconds": seconds,
            "score": score.score,
        }
        for visit, seconds in visits
        if seconds is not None
    ]


def _published(entry: ModelEntry, score: Score) -> Rows:
    load = entry.published_load_time
    if load is None:
        return []
    visits = zip(VISITS, (load.first_s, load.cached_s), strict=True)
    return [
        {
            "model": entry.name,
            "label": _label(entry, score),
            "visit": visit,
            "shortest": shortest,
            "longest": longest,
            "score": score.score,
        }
        for visit, (shortest, longest) in visits
    ]


def _label(entry: ModelEntry, score: Score) -> str:
    return f"{entry.name} ({score.score:.0f} %)"


def _best_first() -> alt.Y:
    return alt.Y(
        "label:N",
        title=None,
        sort=alt.EncodingSortField("score", order="descending"),
        axis=alt.Axis(labelLimit=0),
    )


def _log_axis(field: str, title: str, values: list[float]) -> alt.X:
    """A logarithmic axis with 1-2-5 ticks and room beside the outer points."""
    ticks = [step * 10**power for power in range(-1, 6) for step in (1, 2, 5)]
    return alt.X(
        f"{field}:Q",
        title=title,
        scale=alt.Scale(type="log", domain=[min(values) / 1.5, max(values) * 1.5], nice=False),
        axis=alt.Axis(values=ticks, format=",~r", labelOverlap=True),
    )


def _names(rows: Rows, by: str) -> list[alt.Chart]:
    """Each model's name right of its point, or left of it where another point is near there.

    On a phone they would cover each other, and the legend alone tells the models apart.
    """
    placed = _together(rows, by)
    left = [row for row in placed if _has_right_neighbour(row, placed, by)]
    right = [row for row in placed if row not in left]
    return [
        alt.Chart(data(some))
        .mark_text(
            align="left" if dx > 0 else "right",
            dx=dx,
            dy=4,
            fontSize=12,
            color=INK,
            opacity=alt.expr(f"width < {LEAST_WIDTH_WITH_NAMES} ? 0 : 1"),
        )
        .encode(x=alt.X(f"{by}:Q"), y=alt.Y("score:Q"), text="model:N")
        for some, dx in ((right, 9), (left, -9))
        if some
    ]


def _together(rows: Rows, by: str) -> Rows:
    """Points that lie upon each other share one name."""
    shared: dict[tuple[int, int], dict[str, Any]] = {}
    for row in rows:
        place = (round(20 * log10(row[by])), round(row["score"]))
        known = shared.get(place)
        name = f"{known['model']}, {row['model']}" if known else row["model"]
        shared[place] = row | {"model": name}
    return list(shared.values())


def _has_right_neighbour(row: dict[str, Any], rows: Rows, by: str) -> bool:
    return any(
        1 < other[by] / row[by] < 2.5 and abs(other["score"] - row["score"]) < 9 for other in rows
    )
