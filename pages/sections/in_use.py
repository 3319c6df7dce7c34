"""The model that answers, and how."""

import streamlit as st

from components.webllm_chat import EngineState
from webllm_app.preparation import Offer

PLACES = {"webllm": "this device's GPU", "wllama": "this device's CPU"}


def show_in_use(offer: Offer, state: EngineState) -> None:
    names = {entry.model_id: entry.name for entry in offer.models}
    active, window = state.active_model, state.context_window
    figures = {
        "Model in use": names.get(active, active) if active else "none",
        "Runs on": PLACES[state.backend] if state.backend else "nothing yet",
        "Context window": f"{window:,} tokens" if window else "none",
        "Speed of the last answer": f"{state.speeds.decode_tokens_per_s:.1f} tokens/s"
        if state.speeds
        else "not measured yet",
    }
    with st.container(horizontal=True, gap="large"):
        for label, value in figures.items():
            st.metric(label, value, width="content")
