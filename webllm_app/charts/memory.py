"""How much GPU memory models take as their context grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import altair as alt

from webllm_app.catalog import ModelEntry
from webllm_app.charts.picture import (
    INK,
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
from webllm_app.fit import memory_mb

CONTEXT_LENGTHS = (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131_072)
FORMATS = {"tokens": ",d", "memory_mb": ",.0f"}


def memory_by_context(entries: Iterable[ModelEntry], limit_mb: float | None = None) -> Picture:
    """GPU memory by context length up to each model's maximum, one line for each known shape.

    Starts from WebLLM's own figure where there is one, else from weights and KV cache alone.

    Args:
        limit_mb: what this GPU is thought to hold; drawn as a line across.
    """
    title = "Memory by context length"
    entries = list(entries)
    names = Counter(entry.name for entry in entries)
    rows: Rows = [
        {
            "model": entry.name if names[entry.name] == 1 else f"{entry.name} {entry.quantization}",
            "tokens": tokens,
            "memory_mb": memory_mb(entry, tokens),
        }
        for entry in entries
        if entry.architecture
        for tokens in CONTEXT_LENGTHS
        if tokens <= (entry.max_context or entry.context_window)
    ]
    if not rows:
        return Picture(title, None, "The shape of these models is not known.")
    lines = (
        alt.Chart(data(rows))
        .mark_line()
        .encode(
            x=alt.X(
                "tokens:Q",
                title="Context (tokens)",
                scale=alt.Scale(type="log", base=2, nice=False),
                axis=alt.Axis(values=list(CONTEXT_LENGTHS), format=",d", labelOverlap=True),
            ),
            y=alt.Y(
                "memory_mb:Q",
                title="GPU memory (MB)",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(
                    values=[step * 10**power for power in range(2, 6) for step in (1, 2, 5)],
                    format=",d",
                ),
            ),
            color=colour("model", "Model"),
            tooltip=tooltips(FORMATS, model="Model", tokens="Tokens", memory_mb="Memory (MB)"),
        )
    )
    points = lines.mark_point(filled=True, size=60, opacity=1).encode(shape=shape("model", "Model"))
    by_model: dict[str, dict[int, float]] = {}
    for row in rows:
        by_model.setdefault(row["model"], {})[row["tokens"]] = row["memory_mb"]
    text = sentence(
        f"{model}: {memory[min(memory)]:,.0f} MB at {min(memory):,} tokens, "
        f"{memory[max(memory)]:,.0f} MB at {max(memory):,}"
        for model, memory in by_model.items()
    )
    layers: list[alt.Chart] = [lines, points]
    if limit_mb is not None:
        layers.append(_limit(limit_mb))
        text = f"This GPU is thought to hold {limit_mb:,.0f} MB. {text}"
    chart = alt.LayerChart(layer=layers)
    return Picture(title, finished(chart, title, text, legend_rows(rows, "model")), text)


def _limit(limit_mb: float) -> alt.Chart:
    rule: alt.Chart = alt.Chart(data([{"limit_mb": limit_mb}])).mark_rule(
        color=INK, strokeWidth=2, strokeDash=[6, 4]
    )
    return rule.encode(y="limit_mb:Q")
