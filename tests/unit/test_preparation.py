"""Bad input from the operator is named; the app stays up with what can be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from webllm_app.preparation import APP_DIRECTORY, CATALOG_PATH, prepare_offer
from webllm_app.settings import load_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEBLLM_DEFAULT_MODEL", "WEBLLM_MODEL_MIRROR", "WEBLLM_APP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)


def offer_with(tmp_path: Path, catalog: Path = CATALOG_PATH, **secrets: object):  # type: ignore[no-untyped-def]
    return prepare_offer(load_settings(env_file=tmp_path / ".env", secrets=secrets), catalog)


def test_the_default_offer_has_the_default_model_and_no_problems(tmp_path: Path) -> None:
    offer = offer_with(tmp_path)
    assert offer.problems == ()
    assert "SmolLM2-360M-Instruct-q4f16_1-MLC" in {m.model_id for m in offer.models}


def test_an_unknown_model_id_is_named(tmp_path: Path) -> None:
    offer = offer_with(tmp_path, WEBLLM_DEFAULT_MODEL="Nonesuch-7B")
    assert any("WEBLLM_DEFAULT_MODEL" in p and "Nonesuch-7B" in p for p in offer.problems)
    assert offer.models


def test_a_ceiling_that_is_no_model_is_named(tmp_path: Path) -> None:
    offer = offer_with(tmp_path, WEBLLM_CEILING="4GB")
    assert any("WEBLLM_CEILING" in p and "4GB" in p for p in offer.problems)
    assert offer_with(tmp_path, WEBLLM_CEILING="4000").problems == ()


def test_a_custom_model_without_a_repository_is_named_with_a_mirror_too(tmp_path: Path) -> None:
    record = {
        "model": "https://huggingface.co/nobody",
        "model_id": "Mine",
        "model_lib": "https://models.example.org/mine.wasm",
    }
    offer = offer_with(
        tmp_path,
        WEBLLM_MODEL_MIRROR="https://models.example.org",
        WEBLLM_APP_CONFIG={"model_list": [record]},
    )
    assert any("Mine" in p and "owner and repository" in p for p in offer.problems)
    assert offer.models


def test_a_malformed_mirror_is_named(tmp_path: Path) -> None:
    offer = offer_with(tmp_path, WEBLLM_MODEL_MIRROR="ftp:/nowhere")
    assert any("WEBLLM_MODEL_MIRROR" in p for p in offer.problems)
    assert offer.models


@pytest.mark.parametrize("content", ["", "not json", "[]", json.dumps({"models": [{"name": "x"}]})])
def test_an_unreadable_catalog_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "catalog.json"
    path.write_text(content)
    offer = offer_with(tmp_path, path)
    assert any("catalog.json" in p for p in offer.problems)
    assert offer.models == ()


def test_a_mirror_serves_every_gpu_model(tmp_path: Path) -> None:
    offer = offer_with(tmp_path, WEBLLM_MODEL_MIRROR="https://models.example.org")
    gpu = [m for m in offer.models if m.backend == "webllm"]
    assert gpu
    assert all((m.model or "").startswith("https://models.example.org/") for m in gpu)
    assert all((m.model_lib or "").startswith("https://models.example.org/") for m in gpu)


def test_the_chosen_storage_reaches_the_engine(tmp_path: Path) -> None:
    assert offer_with(tmp_path).cache_backend == "cache"
    offer = offer_with(tmp_path, WEBLLM_APP_CONFIG={"cacheBackend": "opfs"})
    assert offer.cache_backend == "opfs"


def test_a_missing_model_list_is_named_without_the_servers_folders(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WEBLLM_APP_CONFIG_FILE", "nowhere/list.json")
    (problem,) = prepare_offer(load_settings()).problems
    assert "list.json" in problem
    assert str(APP_DIRECTORY) not in problem
    assert str(APP_DIRECTORY) in caplog.text
