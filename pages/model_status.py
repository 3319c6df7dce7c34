"""What the models cost and what they are worth, below the component's list of models."""

import streamlit as st

from components.webllm_chat import EngineState
from pages.sections.comparison import show_comparison
from pages.sections.fit_calculator import show_fit_calculator
from pages.sections.in_use import show_in_use
from pages.sections.settings import show_settings
from pages.sections.speed import show_speed
from webllm_app.frame import require_frame
from webllm_app.preparation import Offer

require_frame("pages/model_status.py")
state: EngineState = st.session_state["engine"]
offer: Offer = st.session_state["offer"]

show_in_use(offer, state)
show_comparison(offer, state)
show_fit_calculator(offer, state)
show_speed(offer, state)
show_settings(st.session_state["settings_in_effect"])
