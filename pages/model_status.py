"""What the models cost and what they are worth, below the component's list of models."""

import streamlit as st

from components.webllm_chat import EngineState
from webllm_app.charts import Picture, load_time_against_quality, memory_by_context
from webllm_app.charts import size_against_quality as size_picture
from webllm_app.frame import require_frame
from webllm_app.preparation import Offer

require_frame()
state: EngineState = st.session_state["engine"]
offer: Offer = st.session_state["offer"]
names = {entry.model_id: entry.name for entry in offer.models}
named = [entry for entry in offer.models if entry.named]


def show(picture: Picture) -> None:
    st.subheader(picture.title)
    if picture.chart is not None:
        st.altair_chart(picture.chart)
        with st.expander("In words"):
            st.write(picture.text)
    else:
        st.write(picture.text)


phase, model, speed = st.columns(3)
phase.metric("Engine", state.phase)
active = state.active_model
model.metric("Active model", names.get(active, active) if active else "none")
speed.metric(
    "Speed of the last answer",
    f"{state.speeds.decode_tokens_per_s:.1f} tokens/s" if state.speeds else "not measured yet",
)

show(size_picture(named))
show(load_time_against_quality(named, {}))
show(memory_by_context(named))
