"""Sign-in as a Streamlit session sees it, without a browser."""

import time
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from tests.unit.auth.forge import ORIGIN, PEM, token
from webllm_app.auth.keys import PublishableKey

KEY = PublishableKey.parse("pk_test_Y2FsbS1vdHRlci00Mi5jbGVyay5hY2NvdW50cy5kZXYk")


def script(key: str, pem: str, party: str, mode: str) -> None:
    import streamlit as st

    from webllm_app.auth import AuthConfig, AuthSession, require_user

    auth = AuthSession(
        AuthConfig.from_values(
            mode=mode, publishable_key=key, jwt_key=pem, authorized_parties=[party]
        )
    )
    st.text(f"locked {auth.locked}")
    if st.button("Sign out"):
        auth.sign_out()
    st.text(f"signed in as {require_user().sub}")


def open_app(
    monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str], mode: str = "required"
) -> AppTest:
    monkeypatch.setattr("streamlit.context", SimpleNamespace(cookies=cookies))
    return AppTest.from_function(script, args=(KEY.text, PEM, ORIGIN, mode)).run()


def fresh_token() -> str:
    now = int(time.time())
    return token({"iat": now, "nbf": now - 10, "exp": now + 60, "sid": f"sess_{time.time_ns()}"})


def texts(app: AppTest) -> list[str]:
    assert not app.exception
    return [element.value for element in app.text]


def test_guest_is_asked_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(monkeypatch, {})
    assert texts(app) == ["locked True"]
    assert "sign in" in app.info[0].value


@pytest.mark.parametrize("name", ["__session", f"__session_{KEY.cookie_suffix}"])
def test_cookie_counts_on_the_first_run(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    signed = fresh_token()
    app = open_app(monkeypatch, {name: signed})
    assert texts(app) == ["locked False", "signed in as user_1"]
    assert signed not in repr(app.session_state["auth_identity"])


def test_frozen_cookie_does_not_sign_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(monkeypatch, {"__session": fresh_token()})
    app.button[0].click().run()
    app.run()
    assert texts(app) == ["locked True"]


def test_cookie_of_a_later_run_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(monkeypatch, {})
    monkeypatch.setattr("streamlit.context", SimpleNamespace(cookies={"__session": fresh_token()}))
    assert texts(app.run()) == ["locked True"]


def test_off_means_no_user(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(monkeypatch, {"__session": fresh_token()}, mode="off")
    assert texts(app) == ["locked False"]
