"""Draws docs/images/bench-*.svg from the figures in bench/results.

pip install vl-convert-python==1.9.0.post1
python -m bench.plots
"""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd

from bench.figures import load

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH = 520
# Two accents that are told apart without colour vision, and on light and dark pages alike.
NOW, BEFORE = "#0f766e", "#d97706"
INK = "#7a8288"
MIB = 2**20


def main() -> None:
    for draw in (ladder, loads, hosts, soak):
        styled = (
            draw()
            .configure(background="transparent", font="system-ui, sans-serif")
            .configure_axis(labelColor=INK, titleColor=INK, gridColor=INK, gridOpacity=0.2)
            .configure_legend(labelColor=INK, titleColor=INK)
            .configure_text(color=INK)
            .configure_view(stroke=None)
        )
        styled.save(IMAGES / f"bench-{draw.__name__}.svg")


def ladder() -> alt.LayerChart:
    figures = load("ladder")
    rows = pd.DataFrame(
        [
            ("with the ladder: first token", figures["ladder_first_token_s"], "ladder"),
            ("wanted model alone: first token", figures["alone_first_token_s"], "alone"),
            ("with the ladder: wanted model answers", figures["ladder_wanted_s"], "ladder"),
        ],
        columns=["what", "seconds", "way"],
    )
    colour = alt.Color("way", legend=None, scale=scale(["ladder", "alone"]))
    return bars(rows, colour, title="seconds after the visit began")


def loads() -> alt.LayerChart:
    rows = pd.DataFrame(
        [
            (f"{model}, {how}", seconds, how)
            for model, figures in load("ladder")["ready_s"].items()
            for how, seconds in figures.items()
        ],
        columns=["what", "seconds", "way"],
    )
    colour = alt.Color("way", legend=None, scale=scale(["cached", "cold"]))
    return bars(rows, colour, title="seconds until the model is ready")


def hosts() -> alt.LayerChart:
    figures = load("hosts")
    rows = pd.DataFrame(
        [
            (host, event, seconds)
            for host, events in figures.items()
            for event, seconds in events.items()
            if event in SHOWN_EVENTS
        ],
        columns=["host", "what", "seconds"],
    )
    base = alt.Chart(rows, width=WIDTH).encode(
        y=alt.Y("what:N", title=None, sort=SHOWN_EVENTS, axis=alt.Axis(labelLimit=300)),
        yOffset=alt.YOffset("host:N", sort=list(figures)),
        x=alt.X("seconds:Q", title="seconds until the model is ready"),
    )
    colour = alt.Color(
        "host:N", title=None, sort=list(figures), scale=alt.Scale(scheme="tableau10")
    )
    marks = base.mark_bar(cornerRadiusEnd=2).encode(color=colour)
    return marks + labels(base)


SHOWN_EVENTS = [
    "reload",
    "second tab",
    "reload after 45 s idle",
    "back after 15 s without a tab",
    "back after 45 s without a tab",
]


def soak() -> alt.LayerChart:
    figures = load("soak")
    heap = pd.DataFrame(
        [(turn, used / MIB) for turn, used in figures["heap"]], columns=["turn", "MiB"]
    )
    line = (
        alt.Chart(heap, width=WIDTH, height=160)
        .mark_line(point=True, color=NOW)
        .encode(
            x=alt.X("turn:Q", title="turns"),
            y=alt.Y("MiB:Q", title="heap after collection, MiB", scale=alt.Scale(zero=True)),
        )
    )
    faults = (
        alt.Chart(pd.DataFrame({"turn": figures["fault_turns"]}))
        .mark_rule(color=BEFORE, opacity=0.4)
        .encode(x="turn:Q")
    )
    return faults + line


def bars(rows: pd.DataFrame, colour: alt.Color, *, title: str) -> alt.LayerChart:
    base = alt.Chart(rows, width=WIDTH, height=alt.Step(24)).encode(
        y=alt.Y("what:N", title=None, sort=None, axis=alt.Axis(labelLimit=320)),
        x=alt.X("seconds:Q", title=title),
    )
    return base.mark_bar(cornerRadiusEnd=3).encode(color=colour) + labels(base)


def labels(base: alt.Chart) -> alt.Chart:
    return base.mark_text(align="left", dx=4).encode(text=alt.Text("seconds:Q", format=".1f"))


def scale(domain: list[str]) -> alt.Scale:
    return alt.Scale(domain=domain, range=[NOW, BEFORE])


if __name__ == "__main__":
    main()
