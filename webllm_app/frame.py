"""What the frame leaves for the pages, in the session's state."""

from __future__ import annotations

import streamlit as st

FRAME = "streamlit_app.py"


def require_frame() -> None:
    """Goes through the frame when a page was run without it.

    Streamlit runs a file of `pages/` by itself when its address is the first thing a fresh server
    is asked for; from the frame's first run on, `st.navigation` decides.
    """
    if "offer" not in st.session_state:
        st.switch_page(FRAME)
