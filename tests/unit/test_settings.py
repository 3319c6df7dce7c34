"""Settings: where they come from, what happens to bad ones, and that the docs are current."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from pydantic import SecretStr

from tools.settings_table import PAGE, settings_page
from webllm_app.settings import LoadedSettings, Settings, load_settings, masked, names_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        for name in names_of(field):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def load(env_file: Path, secrets: dict[str, object] | None = None) -> LoadedSettings:
    return load_settings(env_file=env_file, secrets=secrets or {})


def test_without_any_source_the_defaults_hold(env_file: Path) -> None:
    loaded = load(env_file)
    assert loaded.settings == Settings()
    assert loaded.settings.default_model == "SmolLM2-360M-Instruct-q4f16_1-MLC"
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.problems == ()


def test_environment_beats_dotenv_beats_secrets(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBLLM_BACKEND", "cpu")
    env_file.write_text("WEBLLM_BACKEND=webgpu\nWEBLLM_UPGRADE=off\n")
    secrets: dict[str, object] = {
        "WEBLLM_BACKEND": "auto",
        "WEBLLM_UPGRADE": "automatic",
        "WEBLLM_MAX_TOKENS": 64,
    }
    loaded = load(env_file, secrets)
    assert (loaded.settings.backend, loaded.origins["backend"]) == ("cpu", "environment")
    assert (loaded.settings.upgrade, loaded.origins["upgrade"]) == ("off", ".env")
    assert (loaded.settings.max_tokens, loaded.origins["max_tokens"]) == (64, "secrets.toml")


def test_the_briefs_names_are_read(env_file: Path) -> None:
    env_file.write_text(
        "VITE_WEBLLM_DEFAULT_MODEL=Qwen2.5-0.5B-Instruct-q4f16_1-MLC\n"
        "VITE_CLERK_PUBLISHABLE_KEY=pk_test_abc\n"
        "VITE_CLERK_SECRET_KEY=sk_test_abc\n"
    )
    settings = load(env_file).settings
    assert settings.default_model == "Qwen2.5-0.5B-Instruct-q4f16_1-MLC"
    assert settings.clerk_publishable_key == SecretStr("pk_test_abc")
    assert settings.clerk_secret_key is not None
    assert settings.clerk_secret_key.get_secret_value() == "sk_test_abc"


def test_an_empty_value_counts_as_absent(env_file: Path) -> None:
    env_file.write_text("WEBLLM_BACKEND=\n")
    loaded = load(env_file)
    assert loaded.origins["backend"] == "default"
    assert loaded.problems == ()


BAD_VALUES = [
    ("WEBLLM_DEFAULT_MODEL", "no spaces allowed"),
    ("WEBLLM_MODEL_MIRROR", "models.example.org"),
    ("WEBLLM_MODEL_MIRROR", "https://"),
    ("WEBLLM_MODEL_MIRROR", "ftp://models.example.org"),
    ("WEBLLM_MODEL_MIRROR", "//models.example.org"),
    ("WEBLLM_BACKEND", "gpu"),
    ("WEBLLM_ALLOW_SOFTWARE_GPU", "perhaps"),
    ("WEBLLM_UPGRADE", "yes"),
    ("WEBLLM_CEILING", "0"),
    ("WEBLLM_CEILING", "a lot"),
    ("WEBLLM_CEILING", "4000.5"),
    ("WEBLLM_CEILING", "4 GB"),
    ("WEBLLM_CONTEXT_WINDOW", "100"),
    ("WEBLLM_MAX_TOKENS", "many"),
    ("WEBLLM_ENGINE_HOST", "shared"),
    ("WEBLLM_PROBE_TIMEOUT", "-1"),
    ("WEBLLM_APP_CONFIG", "{not json"),
    ("WEBLLM_APP_CONFIG", "[]"),
    ("WEBLLM_ISSUE_URL", "javascript:alert(1)"),
    ("WEBLLM_ISSUE_URL", "https://["),
]


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
def test_a_bad_value_is_named_and_the_default_used(name: str, value: str, env_file: Path) -> None:
    env_file.write_text(f"{name}='{value}'\nWEBLLM_MAX_TOKENS_UNKNOWN=1\n")
    loaded = load(env_file)
    assert loaded.settings == Settings()
    assert [problem.field for problem in loaded.problems] == [name]
    message = loaded.problems[0].message
    assert message.startswith("must be ")
    assert message.endswith("The value in .env was ignored and the default is used.")
    assert set(loaded.origins.values()) == {"default"}


def test_one_bad_value_leaves_the_others_in_effect(env_file: Path) -> None:
    env_file.write_text("WEBLLM_BACKEND=gpu\nWEBLLM_UPGRADE=maybe\nWEBLLM_MAX_TOKENS=99\n")
    loaded = load(env_file)
    assert loaded.settings.max_tokens == 99
    assert {problem.field for problem in loaded.problems} == {"WEBLLM_BACKEND", "WEBLLM_UPGRADE"}


BAD_SIGN_IN_VALUES = {
    "WEBLLM_AUTH": "requierd",
    "CLERK_PUBLISHABLE_KEY": "sk_test_hunter2hunter2",
    "CLERK_SECRET_KEY": "hunter2hunter2",
    "CLERK_JWT_KEY": "hunter2hunter2",
    "CLERK_AUTHORIZED_PARTIES": "nonsense",
}


def test_values_of_sign_in_reach_its_own_checks_unchanged(env_file: Path) -> None:
    """Were a malformed one replaced by its default, a door that should close would stay open."""
    env_file.write_text("".join(f"{name}={bad}\n" for name, bad in BAD_SIGN_IN_VALUES.items()))
    loaded = load(env_file)
    assert loaded.problems == ()
    settings = loaded.settings
    assert settings.auth == "requierd"
    assert settings.clerk_publishable_key == SecretStr("sk_test_hunter2hunter2")
    assert settings.clerk_secret_key == settings.clerk_jwt_key == SecretStr("hunter2hunter2")
    assert settings.clerk_authorized_parties == ("nonsense",)
    assert "hunter2hunter2" not in repr(loaded)


def test_values_of_sign_in_may_be_any_toml(env_file: Path) -> None:
    secrets: dict[str, object] = {
        "WEBLLM_AUTH": False,
        "CLERK_PUBLISHABLE_KEY": 5,
        "CLERK_AUTHORIZED_PARTIES": {"a": 1},
    }
    loaded = load(env_file, secrets)
    assert loaded.problems == ()
    assert loaded.settings.auth == "False"
    assert loaded.settings.clerk_publishable_key == SecretStr("5")
    assert loaded.settings.clerk_authorized_parties == ("{'a': 1}",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://models.example.org/", "https://models.example.org"),
        ("http://127.0.0.1:9000/m", "http://127.0.0.1:9000/m"),
        ("/models", "/models"),
        ("app/static/mirror", "app/static/mirror"),
    ],
)
def test_mirror_addresses(value: str, expected: str, env_file: Path) -> None:
    env_file.write_text(f"WEBLLM_MODEL_MIRROR={value}\n")
    assert load(env_file).settings.model_mirror == expected


def test_a_ceiling_is_megabytes_or_a_model(env_file: Path) -> None:
    env_file.write_text("WEBLLM_CEILING=4000\n")
    assert load(env_file).settings.ceiling == 4000
    env_file.write_text("WEBLLM_CEILING=Phi-3-mini-4k-instruct-q4f16_1-MLC\n")
    assert load(env_file).settings.ceiling == "Phi-3-mini-4k-instruct-q4f16_1-MLC"


def test_lists_come_as_text_or_as_toml(env_file: Path) -> None:
    expected = ("https://a.example", "http://localhost:8501")
    env_file.write_text("CLERK_AUTHORIZED_PARTIES=https://a.example, http://localhost:8501\n")
    assert load(env_file).settings.clerk_authorized_parties == expected
    env_file.unlink()
    secrets: dict[str, object] = {"CLERK_AUTHORIZED_PARTIES": list(expected)}
    assert load(env_file, secrets).settings.clerk_authorized_parties == expected


def test_custom_models_come_as_json_or_as_toml(env_file: Path) -> None:
    env_file.write_text("WEBLLM_APP_CONFIG='{\"model_list\": []}'\n")
    assert load(env_file).settings.app_config == {"model_list": []}
    env_file.unlink()
    secrets: dict[str, object] = {"WEBLLM_APP_CONFIG": {"model_list": []}}
    assert load(env_file, secrets).settings.app_config == {"model_list": []}


def test_an_unreadable_dotenv_is_reported(env_file: Path) -> None:
    env_file.write_bytes(b"\xff\xfe\x00WEBLLM_BACKEND=cpu")
    loaded = load(env_file)
    assert loaded.settings == Settings()
    assert [problem.field for problem in loaded.problems] == [".env"]


@pytest.fixture
def secrets_toml(tmp_path: Path) -> Path:
    return tmp_path / "secrets.toml"


@pytest.fixture
def streamlit_reads(secrets_toml: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from streamlit.runtime.secrets import Secrets

    before = st.config.get_option("secrets.files")
    st.config.set_option("secrets.files", [str(secrets_toml)])
    monkeypatch.setattr(st, "secrets", Secrets())
    yield
    st.config.set_option("secrets.files", before)


@pytest.mark.usefixtures("streamlit_reads")
def test_secrets_are_read_through_streamlit(env_file: Path, secrets_toml: Path) -> None:
    secrets_toml.write_text('WEBLLM_BACKEND = "cpu"\n')
    for _ in range(2):  # the first reading copies the value into the environment
        loaded = load_settings(env_file=env_file)
        assert (loaded.settings.backend, loaded.origins["backend"]) == ("cpu", "secrets.toml")
    del os.environ["WEBLLM_BACKEND"]


@pytest.mark.usefixtures("streamlit_reads")
def test_no_secrets_file_is_no_problem(env_file: Path) -> None:
    assert load_settings(env_file=env_file).problems == ()


@pytest.mark.usefixtures("streamlit_reads")
def test_a_broken_secrets_file_is_reported(env_file: Path, secrets_toml: Path) -> None:
    secrets_toml.write_text('CLERK_SECRET_KEY = "sk_live_abcdef"\nWEBLLM_BACKEND = \n')
    (problem,) = load_settings(env_file=env_file).problems
    assert problem.field == "secrets.toml"
    assert "line 2" in problem.message
    assert str(secrets_toml.parent) not in problem.message
    assert "sk_live" not in problem.message


@pytest.mark.parametrize(
    ("secret", "expected"),
    [("sk_test_abcdefghijkl1234", "sk_test_••••"), ("my_word", "••••"), ("x" * 20, "••••")],
)
def test_masking_leaves_a_secret_its_kind_only(secret: str, expected: str) -> None:
    assert masked(secret) == expected


def test_no_row_shows_a_secret(env_file: Path) -> None:
    env_file.write_text("CLERK_SECRET_KEY=sk_live_abcdefghijklmnop\n")
    rows = {row.name: row for row in load(env_file).rows()}
    assert rows["CLERK_SECRET_KEY"].value == "sk_live_••••"
    assert rows["CLERK_SECRET_KEY"].origin == ".env"
    assert all(row.description for row in rows.values())


def test_the_documented_table_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page()


def test_the_examples_name_only_settings_that_exist() -> None:
    known = {name for field in Settings.model_fields for name in names_of(field)}
    for file in (".env.example", ".streamlit/secrets.toml.example"):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        settings = re.findall(r"^(?:# ?)?([A-Z_]+) ?=", "\n".join(lines), re.MULTILINE)
        assert len(settings) >= 5, file
        assert set(settings) <= known, file
