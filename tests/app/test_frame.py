"""The frame and its pages, run by Streamlit's own testing module (no browser)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_md5

from components.webllm_chat import EngineState

APP = str(Path(__file__).parents[2] / "streamlit_app.py")
PAGES = ["model_status", "troubleshooting"]
READY: dict[str, Any] = EngineState(
    sequence=3, phase="ready", active_model="SmolLM2-135M-Instruct-Q4_1-GGUF", backend="wllama"
).model_dump(mode="json", exclude={"problem"})


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    for name in ("WEBLLM_DEFAULT_MODEL", "WEBLLM_MODEL_MIRROR", "CLERK_PUBLISHABLE_KEY"):
        monkeypatch.delenv(name, raising=False)
    return AppTest.from_file(APP, default_timeout=30)


def open_page(app: AppTest, url_path: str) -> None:
    """`AppTest.switch_page` runs a file of `pages/` without the frame; a visitor never does."""
    app._page_hash = calc_md5(url_path)
    app.run()


def components(app: AppTest) -> list[Any]:
    return [c for c in app.get("component_instance") if "webllm_chat" in c.proto.component_name]


def messages(app: AppTest) -> str:
    return " ".join(w.value for w in [*app.warning, *app.error])


def test_the_chat_page_mounts_the_component_once(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert len(components(app)) == 1
    assert messages(app) == ""


@pytest.mark.parametrize("page", PAGES)
def test_every_page_keeps_the_component_mounted(app: AppTest, page: str) -> None:
    app.run()
    first = components(app)[0].proto.id
    open_page(app, page)
    assert not app.exception
    assert [c.proto.id for c in components(app)] == [first]


def test_the_engine_state_reaches_session_state(app: AppTest) -> None:
    app.session_state["webllm_chat"] = READY
    app.run()
    state = app.session_state["engine"]
    assert isinstance(state, EngineState)
    assert state.active_model == "SmolLM2-135M-Instruct-Q4_1-GGUF"


def test_a_forged_value_is_refused_by_field_and_the_page_stays_up(app: AppTest) -> None:
    app.session_state["webllm_chat"] = READY | {"phase": "forged"}
    app.run()
    assert not app.exception
    assert "field phase" in messages(app)
    assert len(components(app)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("WEBLLM_DEFAULT_MODEL", "Nonesuch-7B"), ("WEBLLM_MODEL_MIRROR", "not an address")],
)
def test_a_bad_setting_is_named_and_the_page_stays_up(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    app.run()
    assert not app.exception
    assert name in messages(app)
    assert len(components(app)) == 1


def test_model_status_shows_the_active_model(app: AppTest) -> None:
    app.session_state["webllm_chat"] = READY
    app.run()
    open_page(app, "model_status")
    assert "SmolLM2-135M-Instruct-Q4_1-GGUF" in [m.value for m in app.metric]


def test_troubleshooting_shows_the_error_that_happened_first(app: AppTest) -> None:
    app.session_state["webllm_chat"] = READY | {"phase": "failed", "error_kind": "out-of-memory"}
    app.run()
    open_page(app, "troubleshooting")
    assert "more memory" in app.error[0].value
