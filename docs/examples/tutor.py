"""A chat with a role of its own beside other widgets: `streamlit run docs/examples/tutor.py`."""

import streamlit as st

from components.webllm_chat import webllm_chat

st.title("Spanish tutor")
level = st.segmented_control("Your level", ["Beginner", "Advanced"], default="Beginner")
engine = webllm_chat(
    ["Qwen2.5-0.5B-Instruct-q4f16_1-MLC", "SmolLM2-360M-Instruct-q4f16_1-MLC"],
    system_prompt=f"You are a patient Spanish tutor for a {level} student. Correct every mistake.",
    starters=["¡Hola! ¿Cómo estás?", "Teach me five words about the sea."],
    height=560,
)
if engine.speeds is not None:
    st.caption(f"The last answer came at {engine.speeds.decode_tokens_per_s:.1f} tokens/s.")
