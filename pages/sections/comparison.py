"""The pictures that help to choose a model."""

import streamlit as st

from components.webllm_chat import EngineState
from pages.sections.picture import show_picture
from webllm_app.charts import (
    BENCHMARKS,
    MeasuredLoad,
    load_time_against_quality,
    memory_by_context,
    size_against_quality,
)
from webllm_app.fit import best_build, builds_of
from webllm_app.preparation import Offer

# Streamlit writes in white on the accent colour, which is light in the dark theme.
TAG_STYLE = """<style>
[data-testid="stMultiSelect"] [data-tag] {
  background-color: transparent !important; border: 1px solid !important;
  color: inherit !important;
}
</style>"""
MOST_LINES = 8
"""As many as have a colour of their own."""


@st.fragment
def show_comparison(offer: Offer, state: EngineState) -> None:
    st.subheader("Compare models")
    benchmark = st.radio(
        "Quality, as judged by",
        list(BENCHMARKS),
        format_func=lambda name: f"{name}: {BENCHMARKS[name]}",
    )
    measured = {
        load.model_id: MeasuredLoad(load.first_s, load.cached_s) for load in state.load_times
    }
    size, load = st.columns(2)
    with size:
        show_picture(size_against_quality(offer.models, benchmark))
    with load:
        show_picture(load_time_against_quality(offer.models, measured, benchmark))
    _show_memory(offer, state)


def _show_memory(offer: Offer, state: EngineState) -> None:
    shader_f16 = state.device is None or state.device.shader_f16
    builds = {name: best_build(some, shader_f16) for name, some in builds_of(offer.models).items()}
    st.html(TAG_STYLE)
    shown = st.multiselect(
        "Memory of these models",
        list(builds),
        default=[name for name, build in builds.items() if build.named],
        max_selections=MOST_LINES,
    )
    show_picture(memory_by_context([builds[name] for name in shown], state.memory_budget_mb))
