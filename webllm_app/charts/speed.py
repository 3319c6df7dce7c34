"""How fast this session's answers came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from webllm_app.charts.picture import (
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

FORMATS = {"turn": "d", "speed": ".1f"}


@dataclass(frozen=True)
class SpeedPoint:
    """One answer of this session: its number, the model that gave it, tokens per second."""

    turn: int
    model: str
    tokens_per_s: float


def decode_speed(points: Sequence[SpeedPoint]) -> Picture:
    """Tokens per second of each answer of this session."""
    title = "Speed of this session's answers"
    if not points:
        return Picture(title, None, "No answer was given yet in this session.")
    rows: Rows = [
        {"turn": point.turn, "model": point.model, "speed": point.tokens_per_s} for point in points
    ]
    line = (
        alt.Chart(data(rows))
        .mark_line()
        .encode(
            x=alt.X(
                "turn:Q",
                title="Answer",
                scale=alt.Scale(nice=False, zero=False),
                axis=alt.Axis(tickMinStep=1, format="d"),
            ),
            y=alt.Y("speed:Q", title="Tokens per second", scale=alt.Scale(zero=True)),
            color=colour("model", "Model"),
            tooltip=tooltips(FORMATS, turn="Answer", model="Model", speed="Tokens per second"),
        )
    )
    marks = line.mark_point(filled=True, size=70, opacity=1).encode(shape=shape("model", "Model"))
    text = sentence(
        f"answer {point.turn} by {point.model}: {point.tokens_per_s:.1f} tokens per second"
        for point in points
    )
    chart = alt.LayerChart(layer=[line, marks])
    return Picture(title, finished(chart, title, text, legend_rows(rows, "model")), text)
