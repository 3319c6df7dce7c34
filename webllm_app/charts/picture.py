"""What every chart of the model status page has in common: words, colours, legend, size.

Nothing here sets a background or the colour of axes: Streamlit's theme does. The colours that are
set stand out from both its light and its dark background, and no series is told apart by colour
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

PALETTE = ("#3b82d6", "#cf5a24", "#2a9568", "#a35fd0", "#a87b0a", "#d64583", "#4a7f8c", "#8a6d5c")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
INK = "#757d89"
PLOT_HEIGHT = 340
POINT_SIZE = 90
LEGEND_COLUMNS = 2
LEGEND_ROW_HEIGHT = 22
LEGEND = alt.Legend(
    orient="bottom", columns=LEGEND_COLUMNS, labelLimit=0, symbolOpacity=1, symbolSize=POINT_SIZE
)

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Picture:
    """A chart and its text alternative. Without data `chart` is None and the text says why.

    `sources` are the publications its figures are from, as lines of Markdown.
    """

    title: str
    chart: alt.LayerChart | None
    text: str
    sources: tuple[str, ...] = ()


def finished(chart: alt.LayerChart, title: str, text: str, legend_rows: int) -> alt.LayerChart:
    """Fills the width it is given; the legend's rows are added to the plot's own height."""
    return chart.properties(
        height=PLOT_HEIGHT + legend_rows * LEGEND_ROW_HEIGHT,
        width="container",
        description=f"{title}. {text}",
    )


def data(rows: Rows) -> alt.InlineData:
    return alt.InlineData(values=rows)


def colour(field: str, title: str, values: Sequence[str] | None = None) -> alt.Color:
    """Args: values: all there can be, where not every layer of a chart has each of them."""
    scale = _scale(PALETTE, values)
    return alt.Color(f"{field}:N", title=title, scale=scale, legend=LEGEND)


def shape(field: str, title: str, values: Sequence[str] | None = None) -> alt.Shape:
    """Args: values: as for `colour`."""
    return alt.Shape(f"{field}:N", title=title, scale=_scale(SHAPES, values), legend=LEGEND)


def _scale(marks: Sequence[str], values: Sequence[str] | None) -> alt.Scale:
    if values is None:
        return alt.Scale(range=list(marks))
    return alt.Scale(domain=list(values), range=list(marks[: len(values)]))


def tooltips(formats: dict[str, str], **titles: str) -> list[alt.Tooltip]:
    """Args: formats: d3 number formats by field; a field without one is text."""
    return [
        alt.Tooltip(f"{field}:Q", title=title, format=formats[field])
        if field in formats
        else alt.Tooltip(f"{field}:N", title=title)
        for field, title in titles.items()
    ]


def legend_rows(rows: Rows, field: str) -> int:
    """How many rows the legend of a field takes, its title included."""
    names = {row[field] for row in rows}
    return 1 + -(-len(names) // LEGEND_COLUMNS)


def sentence(parts: Iterable[str]) -> str:
    return "; ".join(parts) + "."
