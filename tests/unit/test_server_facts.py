"""What every visitor may read about the server."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from components.webllm_chat import ServerFacts as ReportFacts
from webllm_app.auth import AuthConfig
from webllm_app.server_facts import ServerFacts, server_facts
from webllm_app.settings import load_settings

SECRET = "sk_test_abcdefghijklmnop"


def facts(tmp_path: Path, text: str = "", auth: AuthConfig | None = None) -> ServerFacts:
    env_file = tmp_path / ".env"
    env_file.write_text(text)
    loaded = load_settings(env_file=env_file, secrets={})
    return server_facts(loaded, auth or AuthConfig.from_values(), ("A problem.",))


def test_no_part_of_a_secret_is_told(tmp_path: Path) -> None:
    text = f"CLERK_SECRET_KEY={SECRET}\nWEBLLM_MAX_TOKENS=77\n"
    found = facts(tmp_path, text)
    values = {setting.name: (setting.value, setting.origin) for setting in found.settings}
    assert values["CLERK_SECRET_KEY"] == ("set", ".env")
    assert values["WEBLLM_MAX_TOKENS"] == ("77", ".env")
    assert values["WEBLLM_MODEL_MIRROR"] == ("not set", "default")
    assert SECRET[-4:] not in repr(found)


def test_versions_and_problems_are_told(tmp_path: Path) -> None:
    found = facts(tmp_path)
    assert set(found.versions) >= {"Python", "streamlit"}
    assert found.problems == ("A problem.",)


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        (AuthConfig.from_values(), "Sign-in is off"),
        (AuthConfig.from_values(publishable_key="nonsense"), "does not work"),
    ],
)
def test_the_state_of_sign_in_is_told(tmp_path: Path, auth: AuthConfig, said: str) -> None:
    assert said in facts(tmp_path, auth=auth).sign_in


def test_the_component_takes_them(tmp_path: Path) -> None:
    found = asdict(facts(tmp_path))
    taken = ReportFacts.model_validate(found).model_dump()
    assert taken == found | {"settings": list(found["settings"]), "problems": ["A problem."]}
