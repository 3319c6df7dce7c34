"""Draws docs/images/bench-*.svg from the figures in bench/results.

    pip install vl-convert-python==1.9.0.post1
    python -m bench.plots

Run the benchmarks first whose figures are to be drawn anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt

from bench.figures import load

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH = 520
# Two accents that are told apart without colour vision, and on light and dark pages alike.
NOW, BEFORE = "#0f766e", "#d97706"
INK = "#7a8288"
MIB = 2**20

Drawing = alt.LayerChart | alt.FacetChart


def main() -> None:
    for draw in (ladder, loads, hosts, soak):
        styled = (
            draw()
            # Browsers have wider letters than the labels were measured with.
            .configure(
                background="transparent", padding={"left": 50, "right": 30, "top": 10, "bottom": 10}
            )
            .configure_axis(labelColor=INK, titleColor=INK, gridColor=INK, gridOpacity=0.2)
            .configure_legend(labelColor=INK, titleColor=INK)
            .configure_text(color=INK)
            .configure_view(stroke=None)
        )
        styled.save(IMAGES / f"bench-{draw.__name__}.svg")


def ladder() -> Drawing:
    figures = load("ladder")
    shown = [
        ("with the ladder: first token", figures["ladder_first_token_s"], "ladder"),
        ("wanted model alone: first token", figures["alone_first_token_s"], "alone"),
        ("with the ladder: wanted model answers", figures["ladder_wanted_s"], "ladder"),
    ]
    rows = [{"what": what, "seconds": seconds, "way": way} for what, seconds, way in shown]
    return bars(rows, ["ladder", "alone"], title="seconds after the visit began")


def loads() -> Drawing:
    rows = [
        {"what": f"{model}, {way}", "seconds": seconds, "way": way}
        for model, figures in load("ladder")["ready_s"].items()
        for way, seconds in figures.items()
    ]
    return bars(rows, ["cached", "cold"], title="seconds until the model is ready")


SHOWN_EVENTS = [
    "reload",
    "second tab",
    "reload after 45 s idle",
    "back after 15 s without a tab",
    "back after 45 s without a tab",
]


def hosts() -> Drawing:
    figures = load("hosts")
    rows = [
        {"host": host, "what": event, "seconds": events[event]}
        for host, events in figures.items()
        for event in SHOWN_EVENTS
    ]
    base = alt.Chart(values(rows), width=WIDTH).encode(
        y=alt.Y("what:N", title=None, sort=SHOWN_EVENTS, axis=alt.Axis(labelLimit=300)),
        yOffset=alt.YOffset("host:N", sort=list(figures)),
        x=alt.X("seconds:Q", title="seconds until the model is ready"),
    )
    scheme = alt.Scale(scheme="tableau10")
    colour = alt.Color("host:N", title=None, sort=list(figures), scale=scheme)
    marks = base.mark_bar(cornerRadiusEnd=2).encode(color=colour)
    return alt.layer(marks, labels(base))


def soak() -> Drawing:
    figures = load("soak")
    heap = values([{"turn": turn, "MiB": used / MIB} for turn, used in figures["heap"]])
    line = (
        alt.Chart(heap, width=WIDTH, height=160)
        .mark_line(point=alt.OverlayMarkDef(color=NOW), color=NOW)
        .encode(
            x=alt.X("turn:Q", title="turns; a line stands where a fault was injected"),
            y=alt.Y("MiB:Q", title="heap after collection, MiB"),
        )
    )
    faults = (
        alt.Chart(values([{"turn": turn} for turn in figures["fault_turns"]]))
        .mark_rule(color=BEFORE, opacity=0.4)
        .encode(x="turn:Q")
    )
    return alt.layer(faults, line)


def bars(rows: list[dict[str, Any]], ways: list[str], *, title: str) -> Drawing:
    base = alt.Chart(values(rows), width=WIDTH, height=alt.Step(24)).encode(
        y=alt.Y("what:N", title=None, sort=None, axis=alt.Axis(labelLimit=320)),
        x=alt.X("seconds:Q", title=title),
    )
    scale = alt.Scale(domain=ways, range=[NOW, BEFORE])
    colour = alt.Color("way:N", legend=None, scale=scale)
    return alt.layer(base.mark_bar(cornerRadiusEnd=3).encode(color=colour), labels(base))


def labels(base: alt.Chart) -> alt.Chart:
    text = alt.Text("seconds:Q", format=".1f")
    labelled: alt.Chart = base.mark_text(align="left", dx=4).encode(text=text)
    return labelled


def values(rows: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=rows)


if __name__ == "__main__":
    main()
