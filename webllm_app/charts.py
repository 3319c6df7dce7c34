"""The pictures of the model status page, each with a text that says the same in words.

Nothing here sets a background or the colour of axes: Streamlit's theme does. The colours that are
set stand out from both its light and its dark background, and no series is told apart by colour
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import altair as alt

from webllm_app.catalog import ModelEntry, Score
from webllm_app.memory import MIB, memory_bytes, vram_mb_at

PALETTE = ("#3b82d6", "#cf5a24", "#2a9568", "#a35fd0", "#a87b0a", "#d64583")
INK = "#757d89"
PLOT_HEIGHT = 340
LEGEND_ROW_HEIGHT = 26
LEGEND = alt.Legend(
    orient="bottom", direction="vertical", labelLimit=0, symbolFillColor=INK, symbolOpacity=1
)
CONTEXT_LENGTHS = (512, 1024, 2048, 4096, 8192, 16384, 32768)
BENCHMARK = "IFEval"


@dataclass(frozen=True)
class Picture:
    """A chart and its text alternative. Without data `chart` is None and the text says why."""

    title: str
    chart: alt.LayerChart | None
    text: str


@dataclass(frozen=True)
class MeasuredLoad:
    """Seconds a model took to load on this device; null where that visit was not measured."""

    first_s: float | None = None
    cached_s: float | None = None


@dataclass(frozen=True)
class SpeedPoint:
    """One answer of this session: its number, the model that gave it, tokens per second."""

    turn: int
    model: str
    tokens_per_s: float


def size_against_quality(entries: Iterable[ModelEntry]) -> Picture:
    """Download size of each model's smallest build against its published score."""
    title = "Model size and quality"
    rows: list[dict[str, Any]] = [
        {
            "model": entry.name,
            "family": entry.family,
            "size_mb": entry.download_bytes.value / 1e6,
            "score": score.score,
            "source": score.source,
        }
        for entry, score in _scored(entries)
        if entry.download_bytes
    ]
    if not rows:
        return Picture(title, None, "No model here has both a known size and a published score.")
    points = (
        alt.Chart(_data(rows))
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x=_log_axis("size_mb", "Download (MB)", rows),
            y=_score_axis(),
            color=_colour("family", "Family"),
            shape=_shape("family", "Family"),
            tooltip=_tooltips(
                model="Model", size_mb="Download (MB)", score="Score", source="Source"
            ),
        )
    )
    text = _sentence(
        f"{row['model']}: {row['size_mb']:,.0f} MB, {BENCHMARK} {row['score']:.1f} %"
        for row in sorted(rows, key=itemgetter("size_mb"))
    )
    return Picture(
        title,
        _finished(points + _names(points, rows, "size_mb"), title, text, _count(rows, "family")),
        text,
    )


def load_time_against_quality(
    entries: Iterable[ModelEntry], measured: Mapping[str, MeasuredLoad]
) -> Picture:
    """Load time against published score: measured on this device where known, else published.

    Args:
        measured: by model id.
    """
    title = "Load time and quality"
    rows = [
        row
        for entry, score in _scored(entries, preferred=measured)
        for row in _load_times(entry, measured.get(entry.model_id), score.score)
    ]
    if not rows:
        return Picture(
            title, None, "No model with a published score has a known load time on this device yet."
        )
    points = (
        alt.Chart(_data(rows))
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x=_log_axis("seconds", "Seconds until ready", rows),
            y=_score_axis(),
            color=_colour("visit", "Visit"),
            shape=_shape("basis", "Known from"),
            tooltip=_tooltips(
                model="Model", visit="Visit", seconds="Seconds", basis="Known from", score="Score"
            ),
        )
    )
    text = _sentence(
        f"{row['model']}, {row['visit']}: {row['seconds']:.1f} s ({row['basis']}), "
        f"{BENCHMARK} {row['score']:.1f} %"
        for row in sorted(rows, key=itemgetter("seconds"))
    )
    return Picture(title, _finished(points + _names(points, rows, "seconds"), title, text, 2), text)


def memory_by_context(entries: Iterable[ModelEntry], limit_mb: float | None = None) -> Picture:
    """GPU memory by context length up to each model's maximum, one line for each known shape.

    Starts from WebLLM's own figure where there is one, else from weights and KV cache alone.

    Args:
        limit_mb: what this GPU is thought to hold; drawn as a line across.
    """
    title = "Memory by context length"
    rows: list[dict[str, Any]] = [
        {"model": entry.model_id, "tokens": tokens, "memory_mb": memory_mb(entry, tokens)}
        for entry in entries
        if entry.architecture
        for tokens in CONTEXT_LENGTHS
        if tokens <= (entry.max_context or entry.context_window)
    ]
    if not rows:
        return Picture(title, None, "The shape of these models is not known.")
    lines = (
        alt.Chart(_data(rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("tokens:Q", title="Context (tokens)", scale=alt.Scale(type="log", base=2)),
            y=alt.Y("memory_mb:Q", title="GPU memory (MB)"),
            color=_colour("model", "Model"),
            strokeDash=alt.StrokeDash("model:N", title="Model", legend=LEGEND),
            tooltip=_tooltips(model="Model", tokens="Tokens", memory_mb="Memory (MB)"),
        )
    )
    by_model: dict[str, dict[int, float]] = {}
    for row in rows:
        by_model.setdefault(row["model"], {})[row["tokens"]] = row["memory_mb"]
    text = _sentence(
        f"{model}: {memory[min(memory)]:,.0f} MB at {min(memory):,} tokens, "
        f"{memory[max(memory)]:,.0f} MB at {max(memory):,}"
        for model, memory in by_model.items()
    )
    if limit_mb is None:
        return Picture(
            title,
            _finished(alt.LayerChart(layer=[lines]), title, text, _count(rows, "model")),
            text,
        )
    text = f"This GPU is thought to hold {limit_mb:,.0f} MB. {text}"
    return Picture(
        title, _finished(lines + _limit(limit_mb), title, text, _count(rows, "model")), text
    )


def decode_speed(points: Sequence[SpeedPoint]) -> Picture:
    """Tokens per second of each answer of this session."""
    title = "Speed of this session's answers"
    if not points:
        return Picture(title, None, "No answer was given yet in this session.")
    rows = [
        {"turn": point.turn, "model": point.model, "speed": point.tokens_per_s} for point in points
    ]
    line = (
        alt.Chart(_data(rows))
        .mark_line(point=alt.OverlayMarkDef(size=70))
        .encode(
            x=alt.X("turn:Q", title="Answer", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("speed:Q", title="Tokens per second", scale=alt.Scale(zero=True)),
            color=_colour("model", "Model"),
            strokeDash=alt.StrokeDash("model:N", title="Model", legend=LEGEND),
            tooltip=_tooltips(turn="Answer", model="Model", speed="Tokens per second"),
        )
    )
    text = _sentence(
        f"answer {point.turn} by {point.model}: {point.tokens_per_s:.1f} tokens per second"
        for point in points
    )
    return Picture(
        title, _finished(alt.LayerChart(layer=[line]), title, text, _count(rows, "model")), text
    )


def memory_mb(entry: ModelEntry, tokens: int) -> float:
    """GPU memory of a model of known shape for a context of so many tokens, in WebLLM's MB.

    Raises:
        ValueError: the model's shape is not known.
    """
    if entry.architecture is None:
        raise ValueError(f"{entry.model_id}: architecture is not known")
    shape = entry.architecture
    if entry.vram_mb is not None:
        return vram_mb_at(entry.vram_mb, shape, entry.context_window, tokens, entry.kernels)
    if entry.download_bytes is not None and entry.backend == "wllama":
        return entry.download_bytes.value / MIB + vram_mb_at(0, shape, 0, tokens, "f16")
    return memory_bytes(shape, entry.quantization, tokens, entry.kernels) / MIB


def _scored(
    entries: Iterable[ModelEntry], preferred: Mapping[str, MeasuredLoad] | None = None
) -> list[tuple[ModelEntry, Score]]:
    """One build of each scored model: a measured one first, then the smallest."""
    preferred = preferred or {}
    chosen: dict[str, tuple[ModelEntry, Score]] = {}
    for entry in sorted(entries, key=lambda e: (e.model_id not in preferred, _size(e))):
        for score in entry.quality:
            if score.benchmark == BENCHMARK:
                chosen.setdefault(entry.name, (entry, score))
    return list(chosen.values())


def _size(entry: ModelEntry) -> float:
    return entry.download_bytes.value if entry.download_bytes else float("inf")


def _load_times(
    entry: ModelEntry, measured: MeasuredLoad | None, score: float
) -> list[dict[str, Any]]:
    published = entry.published_load_time
    known = (
        ("first visit", measured and measured.first_s, published and published.first_s),
        ("from the cache", measured and measured.cached_s, published and published.cached_s),
    )
    rows: list[dict[str, Any]] = []
    for visit, seconds, published_range in known:
        if seconds is None and not published_range:
            continue
        shown = seconds if seconds is not None else sum(published_range or ()) / 2
        basis = "measured here" if seconds is not None else "published"
        rows.append(
            {"model": entry.name, "visit": visit, "seconds": shown, "basis": basis, "score": score}
        )
    return rows


def _data(rows: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=rows)


def _score_axis() -> alt.Y:
    return alt.Y("score:Q", title=f"{BENCHMARK} score (%)", scale=alt.Scale(domain=[0, 100]))


def _colour(field: str, title: str) -> alt.Color:
    return alt.Color(f"{field}:N", title=title, scale=alt.Scale(range=list(PALETTE)), legend=LEGEND)


def _shape(field: str, title: str) -> alt.Shape:
    return alt.Shape(f"{field}:N", title=title, legend=LEGEND)


def _log_axis(field: str, title: str, rows: list[dict[str, Any]]) -> alt.X:
    """A logarithmic axis with 1-2-5 ticks, wide enough for the names beside the outer points."""
    values = [row[field] for row in rows]
    ticks = [step * 10**power for power in range(-1, 6) for step in (1, 2, 5)]
    return alt.X(
        f"{field}:Q",
        title=title,
        scale=alt.Scale(type="log", domain=[min(values) / 2, max(values) * 2], nice=False),
        axis=alt.Axis(values=ticks, format=",~r"),
    )


def _tooltips(**titles: str) -> list[alt.Tooltip]:
    numbers = {"size_mb": ",.0f", "memory_mb": ",.0f", "score": ".1f", "seconds": ".1f"}
    numbers |= {"speed": ".1f", "tokens": ",d", "turn": "d"}
    return [
        alt.Tooltip(f"{field}:Q", title=title, format=numbers[field])
        if field in numbers
        else alt.Tooltip(f"{field}:N", title=title)
        for field, title in titles.items()
    ]


def _names(points: alt.Chart, rows: list[dict[str, Any]], by: str) -> alt.Chart:
    """Each model's name below and right of its last point: the next better one lies above."""
    last = {row["model"]: row for row in sorted(rows, key=itemgetter(by))}
    names: alt.Chart = (
        points.properties(data=_data(list(last.values())))
        .mark_text(align="left", dx=8, dy=10, fontSize=12)
        .encode(text="model:N", color=alt.value(INK), shape=alt.Undefined)
    )
    return names


def _limit(limit_mb: float) -> alt.Chart:
    rule: alt.Chart = alt.Chart(_data([{"limit_mb": limit_mb}])).mark_rule(
        color=INK, strokeWidth=2, strokeDash=[6, 4]
    )
    return rule.encode(y="limit_mb:Q")


def _finished(chart: alt.LayerChart, title: str, text: str, legend_rows: int) -> alt.LayerChart:
    return chart.properties(
        height=PLOT_HEIGHT + legend_rows * LEGEND_ROW_HEIGHT,
        width="container",
        description=f"{title}. {text}",
    )


def _count(rows: list[dict[str, Any]], field: str) -> int:
    return len({row[field] for row in rows})


def _sentence(parts: Iterable[str]) -> str:
    return "; ".join(parts) + "."
