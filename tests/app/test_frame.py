"""The frame and its pages, run by Streamlit's own testing module (no browser)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.webllm_chat import EngineState
from tests.app.conftest import components, shown
from webllm_app import preparation
from webllm_app.embedded_model import embedded_model_server

PAGES = ["pages/model_status.py", "pages/troubleshooting.py"]
READY: dict[str, Any] = EngineState(
    sequence=3, phase="ready", active_model="SmolLM2-135M-Instruct-Q4_1-GGUF", backend="wllama"
).model_dump(mode="json", exclude={"problem", "messages"})


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
    app.switch_page(page).run()
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


def test_the_server_reads_its_own_file_again_when_a_browser_found_one_broken(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[None] = []
    monkeypatch.setattr(embedded_model_server, "check_again", lambda: checks.append(None))
    app.session_state["webllm_chat"] = READY | {"phase": "failed", "error_kind": "network"}
    app.run()
    assert not checks
    app.session_state["webllm_chat"] = READY | {"phase": "failed", "error_kind": "corrupt-file"}
    app.run()
    assert checks


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


def test_an_unreadable_catalog_is_named_and_the_page_stays_up(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "catalog.json"
    broken.write_text('{"version": 1, "models": [{"model_id": 7}]}')
    real = preparation.prepare_offer
    monkeypatch.setattr(preparation, "prepare_offer", lambda loaded: real(loaded, broken))
    app.run()
    assert not app.exception
    assert "catalog.json" in messages(app)
    assert len(components(app)) == 1


def test_model_status_shows_the_active_model(app: AppTest) -> None:
    app.session_state["webllm_chat"] = READY
    app.run()
    app.switch_page("pages/model_status.py").run()
    assert "SmolLM2 135M" in [m.value for m in app.metric]


def test_troubleshooting_shows_the_error_that_happened_first(app: AppTest) -> None:
    app.session_state["webllm_chat"] = READY | {"phase": "failed", "error_kind": "out-of-memory"}
    app.run()
    app.switch_page("pages/troubleshooting.py").run()
    errors = [e for e in app.expander if any("What you can do" in m.value for m in e.markdown)]
    assert "more memory" in errors[0].label
    assert [e.proto.expanded for e in errors[:2]] == [True, False]


def test_troubleshooting_shows_what_the_server_knows_without_secrets(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLERK_SECRET_KEY", "sk_test_abcdefghijklmnop")
    app.run()
    app.switch_page("pages/troubleshooting.py").run()
    assert not app.exception
    settings = app.dataframe[0].value
    assert (
        dict(zip(settings["setting"], settings["value"], strict=True))["CLERK_SECRET_KEY"] == "set"
    )
    assert "CLERK_SECRET_KEY" in shown(app)
    assert "mnop" not in shown(app)
