"""Sign-in as the frame wires it: what the component is told, without a browser."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import APP, components, shown
from tests.unit.auth.forge import ISSUER, ORIGIN, PEM, token

CLERK_KEY = "pk_test_Y2FsbS1vdHRlci00Mi5jbGVyay5hY2NvdW50cy5kZXYk"


def sign_in_by_cookie(monkeypatch: pytest.MonkeyPatch, user: str) -> str:
    now = int(time.time())
    times = {"iat": now, "nbf": now - 10, "exp": now + 60}
    signed = token(times | {"sub": user, "sid": f"sess_{time.time_ns()}"})
    monkeypatch.setattr("streamlit.context", SimpleNamespace(cookies={"__session": signed}))
    return signed


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLERK_PUBLISHABLE_KEY", CLERK_KEY)
    monkeypatch.setenv("CLERK_JWT_KEY", PEM)
    monkeypatch.setenv("CLERK_AUTHORIZED_PARTIES", ORIGIN)


def args(app: AppTest) -> dict[str, Any]:
    (component,) = components(app)
    read: dict[str, Any] = json.loads(component.proto.json_args)
    return read


def test_a_guest_has_no_user_key(app: AppTest, clerk: None) -> None:
    app.run()
    assert not app.exception
    assert args(app)["user"] is None


def test_the_component_gets_a_key_for_the_user_and_nothing_else(
    app: AppTest, clerk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = sign_in_by_cookie(monkeypatch, "user_ada")
    app.run()
    key = hashlib.sha256(f"{ISSUER} user_ada".encode()).hexdigest()[:32]
    assert args(app)["user"] == key
    sent = components(app)[0].proto.json_args
    for secret in ("user_ada", "sess_", ISSUER, *signed.split(".")):
        assert secret not in sent


MALFORMED = {
    "CLERK_PUBLISHABLE_KEY": "sk_test_hunter2hunter2",
    "CLERK_JWT_KEY": "hunter2hunter2",
    "CLERK_SECRET_KEY": "hunter2hunter2",
    "CLERK_AUTHORIZED_PARTIES": "chat.example.com",
}


@pytest.mark.parametrize("mode", ["required", "optional"])
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_value_means_guests_or_closed_doors_and_is_named(
    app: AppTest, clerk: None, monkeypatch: pytest.MonkeyPatch, name: str, mode: str
) -> None:
    monkeypatch.setenv("WEBLLM_AUTH", mode)
    monkeypatch.setenv(name, MALFORMED[name])
    sign_in_by_cookie(monkeypatch, "user_ada")
    app.run()
    assert not app.exception
    told = " ".join(warning.value for warning in app.warning)
    assert name in told
    assert "hunter2" not in told
    assert (args(app)["locked"], args(app)["user"]) == (mode == "required", None)


def test_a_misspelt_mode_closes(app: AppTest, clerk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBLLM_AUTH", "requierd")
    app.run()
    assert "WEBLLM_AUTH" in app.warning[0].value
    assert args(app)["locked"]


@pytest.mark.parametrize("name", ["CLERK_PUBLISHABLE_KEY", "VITE_CLERK_PUBLISHABLE_KEY"])
def test_both_names_of_the_publishable_key_turn_sign_in_on(
    app: AppTest, clerk: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("CLERK_PUBLISHABLE_KEY")
    monkeypatch.setenv(name, CLERK_KEY)
    monkeypatch.setenv("WEBLLM_AUTH", "required")
    app.run()
    assert not app.warning
    assert args(app)["locked"]
    sign_in_by_cookie(monkeypatch, "user_ada")
    assert not args(AppTest.from_file(APP, default_timeout=30).run())["locked"]


def test_neither_token_nor_secret_stays_in_the_session(
    app: AppTest, clerk: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "sk_test_abcdefghijklmnop"
    monkeypatch.setenv("CLERK_SECRET_KEY", secret)
    signed = sign_in_by_cookie(monkeypatch, "user_ada")
    app.run()
    kept = repr(app.session_state)
    assert "user_ada" in kept
    page = shown(app)
    assert args(app)["user"] in page
    everything = kept + caplog.text + page
    for private in (secret, *signed.split(".")):
        assert private not in everything
