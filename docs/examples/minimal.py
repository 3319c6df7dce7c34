"""A chat in any Streamlit script: `streamlit run docs/examples/minimal.py`."""

from components.webllm_chat import webllm_chat

webllm_chat()
