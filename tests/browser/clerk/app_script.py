"""A small app around the sign-in component: shows who Python thinks the visitor is, and streams."""

import json
import os
import time

import streamlit as st

from components.clerk_auth import clerk_auth
from webllm_app.auth import AuthConfig, AuthSession

config = AuthConfig.from_values(
    mode="optional",
    publishable_key=os.environ["CLERK_PUBLISHABLE_KEY"],
    jwt_key=os.environ.get("CLERK_JWT_KEY"),
    authorized_parties=[os.environ["CLERK_AUTHORIZED_PARTIES"]],
)
auth = AuthSession(config)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1


@st.fragment
def sign_in() -> None:
    clerk_auth(key="clerk_auth", on_report=auth.update, **auth.component_args())
    if auth.changed():
        st.rerun()
    with st.container(key="kept"):
        st.text(json.dumps({"state": repr(dict(st.session_state)), "refused": auth.refused}))


if st.query_params.get("place") == "main":
    sign_in()
else:
    with st.sidebar:
        sign_in()

user = auth.user()
with st.container(key="claims"):
    st.text(json.dumps({"sub": user.sub if user else None, "runs": st.session_state["runs"]}))
with st.container(key="belongings"):
    st.text(auth.user_state().get("note", "nothing"))
if st.button("Keep a note"):
    auth.user_state()["note"] = f"note of {user.sub if user else 'guest'}"
    st.rerun()
if st.button("Sign out in Python"):
    auth.sign_out()
    st.rerun()
seconds = st.query_params.get("stream")
if seconds and st.button("Stream"):
    with st.container(key="stream"):
        output = st.empty()
        for tick in range(int(seconds) * 5):
            output.text(f"tick {tick}")
            time.sleep(0.2)
        output.text("stream done")
