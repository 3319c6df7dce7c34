"""What can go wrong and what to do, below the component's look at this browser."""

import streamlit as st

from components.webllm_chat import EngineState
from webllm_app.errors import ERROR_KINDS, error_kind
from webllm_app.frame import require_frame

require_frame()
state: EngineState = st.session_state["engine"]

if state.error_kind is not None:
    happened = error_kind(state.error_kind)
    st.error(f"{happened.cause} {happened.app} {happened.person}")

st.subheader("What can go wrong, and what to do")
for row in ERROR_KINDS:
    with st.expander(row.cause):
        st.markdown(f"**What this app does.** {row.app}\n\n**What you can do.** {row.person}")
