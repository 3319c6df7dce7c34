"""Messages in Python, which the visitor is told: `streamlit run docs/examples/shared.py`."""

import streamlit as st

from components.webllm_chat import webllm_chat

st.title("Count my words")
chat, figures = st.columns([3, 1])
with chat:
    engine = webllm_chat(share_messages=True, height=560)
with figures:
    mine = [message for message in engine.messages if message.role == "user"]
    st.metric("Messages of yours", len(mine))
    st.metric("Words of yours", sum(len(message.text.split()) for message in mine))
