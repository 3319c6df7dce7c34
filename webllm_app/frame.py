"""What the frame leaves for the pages, in the session's state, and the way back to a page."""

from __future__ import annotations

import streamlit as st

FRAME = "streamlit_app.py"
ASKED_FOR = "page_asked_for"


def require_frame(page: str) -> None:
    """Goes through the frame when a page was run without it.

    Streamlit runs a file of `pages/` by itself when its address is the first thing a fresh server
    is asked for; from the frame's first run on, `st.navigation` decides.

    Args:
        page: the page's own file, to which the frame leads back.
    """
    if "offer" not in st.session_state:
        st.session_state[ASKED_FOR] = page
        st.switch_page(FRAME)


def lead_back() -> None:
    """Goes on to the page that was asked for. Call after `st.navigation`."""
    page = st.session_state.pop(ASKED_FOR, None)
    if page is not None:
        st.switch_page(page)
