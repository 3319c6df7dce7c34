"""The guide below the component's checks: topics, browsers, errors, and what the server knows."""

import streamlit as st

from components.webllm_chat import EngineState
from webllm_app.advice import BROWSER_SUPPORT, FURTHER, REVIEWED, TOPICS
from webllm_app.errors import ERROR_KINDS, ErrorKind
from webllm_app.frame import require_frame
from webllm_app.markdown import literal
from webllm_app.server_facts import ServerFacts

require_frame("pages/troubleshooting.py")
state: EngineState = st.session_state["engine"]
facts: ServerFacts = st.session_state["server_facts"]


def bullets(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def show_guide() -> None:
    st.subheader("Guide", anchor="guide")
    for topic in TOPICS:
        with st.expander(topic.title):
            st.markdown(f"**How you notice**\n\n{bullets(topic.symptoms)}")
            st.markdown(f"**What helps**\n\n{bullets(topic.solutions)}")
    with st.expander("Which browsers have WebGPU"):
        for row in BROWSER_SUPPORT:
            since = f"from {row.since}" if row.since else "not yet"
            st.markdown(
                f"**{row.browser}** on {row.systems}: {since}. {row.note} [Source]({row.source})"
            )
        st.caption(f"Checked on {REVIEWED:%d %B %Y}.")
    with st.expander("How to look further"):
        for tool in FURTHER:
            st.markdown(f"**{tool.name}**: {tool.use} [More]({tool.source})")


def show_error(row: ErrorKind, *, happened: bool) -> None:
    with st.expander(row.cause, expanded=happened):
        if row.seen:
            st.markdown("**Messages.** " + ", ".join(f"`{message}`" for message in row.seen))
        st.markdown(f"**What this app does.** {row.app}")
        st.markdown(f"**What you can do.** {row.person}")


def show_errors() -> None:
    st.subheader("Errors, their causes and what to do", anchor="errors")
    for row in sorted(ERROR_KINDS, key=lambda row: row.kind != state.error_kind):
        show_error(row, happened=row.kind == state.error_kind)


def show_server() -> None:
    st.subheader("This server", anchor="server")
    with st.expander("Versions, settings in effect, sign-in"):
        st.markdown(", ".join(f"{name} {number}" for name, number in facts.versions.items()))
        st.markdown(facts.sign_in)
        for problem in facts.problems:
            st.warning(literal(problem))
        st.dataframe(
            {
                "setting": [setting.name for setting in facts.settings],
                "value": [setting.value for setting in facts.settings],
                "from": [setting.origin for setting in facts.settings],
            },
            hide_index=True,
        )


show_guide()
show_errors()
show_server()
