"""The catalog: what is in it, what is said of a bad one, custom models and mirrors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.catalog.__main__ import WEB_LLM, read_prebuilt
from tools.catalog.build import EMBEDDING, build_entries
from webllm_app.catalog import (
    Catalog,
    CatalogError,
    ModelEntry,
    add_custom_models,
    apply_mirror,
    load_catalog,
    read_app_config,
)

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "components" / "webllm_chat" / "catalog.json"
CATALOG = load_catalog(FILE)
EMBEDDED = "SmolLM2-135M-Instruct-Q4_1-GGUF"
NAMED = [
    "SmolLM2-135M-Instruct-q0f16-MLC",
    "SmolLM2-135M-Instruct-q0f32-MLC",
    "SmolLM2-360M-Instruct-q4f16_1-MLC",
    "SmolLM2-360M-Instruct-q4f32_1-MLC",
    "Qwen2.5-0.5B-Instruct-q4f16_1-MLC",
    "Qwen2.5-0.5B-Instruct-q4f32_1-MLC",
    "TinyLlama-1.1B-Chat-v1.0-q4f16_1-MLC",
    "TinyLlama-1.1B-Chat-v1.0-q4f32_1-MLC-1k",
    "Phi-3-mini-4k-instruct-q4f16_1-MLC",
    "Phi-3-mini-4k-instruct-q4f32_1-MLC-1k",
    "Llama-3.1-8B-Instruct-q4f16_1-MLC",
    "Llama-3.1-8B-Instruct-q4f32_1-MLC-1k",
]


@pytest.fixture(scope="module")
def prebuilt() -> dict[str, Any]:
    """WebLLM's own list, out of its npm package."""
    return read_prebuilt(WEB_LLM)


def test_the_file_is_what_the_generator_writes_today(prebuilt: dict[str, Any]) -> None:
    assert CATALOG.web_llm == prebuilt["version"]
    assert tuple(build_entries(prebuilt["models"])) == CATALOG.models


@pytest.mark.parametrize(
    ("field", "key", "otherwise"),
    [
        ("model", "model", None),
        ("model_lib", "model_lib", None),
        ("vram_mb", "vram_required_MB", None),
        ("low_resource", "low_resource_required", False),
        ("overrides", "overrides", {}),
        ("model_manifest", "model_manifest", None),
        ("buffer_size_required_bytes", "buffer_size_required_bytes", None),
    ],
)
def test_it_says_of_each_model_what_webllms_list_says(
    prebuilt: dict[str, Any], field: str, key: str, otherwise: object
) -> None:
    said = {
        record["model_id"]: record.get(key, otherwise)
        for record in prebuilt["models"]
        if record.get("model_type") != EMBEDDING
    }
    assert len(said) > 100
    models = [entry for entry in CATALOG.models if entry.backend == "webllm"]
    assert {entry.model_id: getattr(entry, field) for entry in models} == said


def test_it_holds_every_chat_model_and_the_embedded_one() -> None:
    assert CATALOG.web_llm == "0.2.86"
    assert len(CATALOG.models) == 162
    assert CATALOG.models[0].model_id == EMBEDDED
    assert not any("embed" in entry.model_id for entry in CATALOG.models)


@pytest.mark.parametrize("model_id", NAMED)
def test_the_named_models_are_complete(model_id: str) -> None:
    entry = CATALOG.by_id[model_id]
    assert entry.named
    assert entry.architecture
    assert entry.download_bytes
    assert entry.download_bytes.estimate
    assert entry.licence
    assert entry.licence.name
    assert entry.published_load_time
    assert entry.context_window
    assert entry.f16_sibling or entry.f32_sibling


@pytest.mark.parametrize(
    ("name", "endings"),
    [
        ("SmolLM2-135M-Instruct", "q0f16-MLC q0f32-MLC"),
        ("SmolLM2-360M-Instruct", "q4f16_1-MLC q4f32_1-MLC q0f16-MLC q0f32-MLC"),
        ("Qwen2.5-0.5B-Instruct", "q4f16_1-MLC q4f32_1-MLC q0f16-MLC q0f32-MLC"),
        ("TinyLlama-1.1B-Chat-v1.0", "q4f16_1-MLC q4f32_1-MLC q4f16_1-MLC-1k q4f32_1-MLC-1k"),
        ("Phi-3-mini-4k-instruct", "q4f16_1-MLC q4f32_1-MLC q4f16_1-MLC-1k q4f32_1-MLC-1k"),
        ("Llama-3.1-8B-Instruct", "q4f16_1-MLC q4f32_1-MLC q4f16_1-MLC-1k q4f32_1-MLC-1k"),
    ],
)
def test_each_named_model_has_every_build_webllm_has(name: str, endings: str) -> None:
    builds = {e.model_id for e in CATALOG.models if e.model_id.startswith(f"{name}-q")}
    assert builds == {f"{name}-{ending}" for ending in endings.split()}
    assert all(CATALOG.by_id[model_id].named for model_id in builds)


def test_the_shorter_builds_are_set_to_a_context_of_1024() -> None:
    short = [entry for entry in CATALOG.models if entry.model_id.endswith("-1k")]
    assert {entry.context_window for entry in short} == {1024}
    brief = CATALOG.by_id["Llama-3.1-8B-Instruct-q4f32_1-MLC-1k"]
    assert brief.vram_mb == 5295.70  # The 5.3 GB of the project's brief.


def test_every_model_says_what_it_is_best_for_and_whose_licence_it_has() -> None:
    for entry in CATALOG.models:
        assert entry.best_for, entry.model_id
        assert entry.licence, entry.model_id
        assert entry.licence.url.startswith("https://huggingface.co/"), entry.model_id


def test_the_named_models_come_first() -> None:
    flags = [entry.named for entry in CATALOG.models]
    assert flags == sorted(flags, reverse=True)


def test_every_f16_build_needs_shader_f16_whatever_webllms_list_says() -> None:
    for entry in CATALOG.models:
        needs = "shader-f16" in entry.required_features
        assert needs == (entry.kernels == "f16"), entry.model_id
    assert CATALOG.by_id["Qwen2.5-0.5B-Instruct-q4f16_1-MLC"].kernels == "f16"
    assert sum(entry.kernels == "f16" for entry in CATALOG.models) == 86


def test_siblings_point_at_each_other() -> None:
    for entry in CATALOG.models:
        if entry.f32_sibling:
            assert CATALOG.by_id[entry.f32_sibling].f16_sibling == entry.model_id
            assert CATALOG.by_id[entry.f32_sibling].kernels == "f32"
    default = CATALOG.by_id["SmolLM2-360M-Instruct-q4f16_1-MLC"]
    assert default.f32_sibling == "SmolLM2-360M-Instruct-q4f32_1-MLC"


def test_the_embedded_models_size_is_exact() -> None:
    entry = CATALOG.by_id[EMBEDDED]
    assert (entry.backend, entry.vram_mb, entry.model_lib) == ("wllama", None, None)
    assert entry.download_bytes
    assert (entry.download_bytes.value, entry.download_bytes.estimate) == (98_362_432, False)


def test_every_score_names_its_source() -> None:
    scores = [score for entry in CATALOG.models for score in entry.quality]
    assert scores
    assert all(score.source for score in scores)


def write(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "catalog.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def row(**changes: object) -> dict[str, object]:
    return CATALOG.rows()[1] | changes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"catalog\.json is not JSON"),
        ([], r"must be a JSON object"),
        ({"version": 2, "models": []}, r"version is 2, this app reads 1"),
        ({"version": 1, "models": []}, r"models must be a list with at least one"),
        ({"version": 1, "models": ["x"]}, r"model 1 \(without model_id\)"),
        (
            {"version": 1, "models": [row(), row(model_id="Second", vram_mb="much")]},
            r"model 2 \(Second\): vram_mb: ",
        ),
        (
            {"version": 1, "models": [row(architecture=None, kernels="f64")]},
            r"model 1 \(SmolLM2-135M-Instruct-q0f16-MLC\): kernels: ",
        ),
        ({"version": 1, "models": [row(colour="red")]}, r"colour: Extra inputs"),
        ({"version": 1, "models": [row(), row()]}, r"model_id occurs twice: SmolLM2-135M"),
    ],
)
def test_a_bad_catalog_is_explained(content: object, message: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=message):
        load_catalog(write(tmp_path, content))


def test_a_missing_catalog_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"nowhere\.json could not be read"):
        load_catalog(tmp_path / "nowhere.json")


def custom(**changes: object) -> dict[str, object]:
    return {
        "model": "https://huggingface.co/mlc-ai/Llama-3.2-1B-Instruct-q4f16_1-MLC",
        "model_id": "My-Llama",
        "model_lib": "https://models.example.org/libs/Llama-3.2-1B-q4f16_1-webgpu.wasm",
        "overrides": {"context_window_size": 1024, "repetition_penalty": 1.1},
    } | changes


def test_a_custom_model_joins_the_catalog() -> None:
    result = add_custom_models(CATALOG, {"model_list": [custom()]})
    entry = result.catalog.by_id["My-Llama"]
    assert len(result.catalog.models) == len(CATALOG.models) + 1
    assert result.problems == ()
    assert entry.custom
    assert (entry.quantization, entry.kernels) == ("q4f16_1", "f16")
    assert entry.required_features == ("shader-f16",)
    assert entry.context_window == 1024
    assert entry.overrides == {"context_window_size": 1024, "repetition_penalty": 1.1}


def test_a_custom_model_without_a_window_gets_one_and_a_sliding_one_is_kept() -> None:
    sliding = {"sliding_window_size": 2048, "context_window_size": -1, "attention_sink_size": 4}
    records = [custom(overrides={}), custom(model_id="Sliding", overrides=sliding)]
    models = add_custom_models(CATALOG, {"model_list": records}).catalog.by_id
    assert models["My-Llama"].overrides == {"context_window_size": 4096}
    assert models["My-Llama"].context_window == 4096
    assert models["Sliding"].overrides == sliding
    assert models["Sliding"].context_window == 2048


def test_a_custom_model_may_take_a_catalog_models_place() -> None:
    model_id = "SmolLM2-360M-Instruct-q4f16_1-MLC"
    result = add_custom_models(CATALOG, {"model_list": [custom(model_id=model_id)]})
    assert len(result.catalog.models) == len(CATALOG.models)
    assert result.catalog.by_id[model_id].custom
    assert model_id in result.notices[0]


BAD_CUSTOM = [
    (custom(model="ftp://x"), "My-Llama", "model: must be an http(s) address"),
    (custom(model="https://["), "My-Llama", "model: must be an http(s) address"),
    (custom(model="https://huggingface.co/x"), "My-Llama", "model: must name owner"),
    (custom(model_id="no spaces"), "no spaces", "model_id: "),
    ({"model": "https://x.example/m"}, "model 2", "model_id: Field required"),
    (custom(vram_required_MB=-1), "My-Llama", "vram_required_MB: "),
    (custom(vram_required_MB=float("inf")), "My-Llama", "vram_required_MB: "),
    (custom(colour="red"), "My-Llama", "colour: Extra inputs are not permitted"),
    (custom(overrides={"temprature": 1}), "My-Llama", "overrides.temprature: "),
    (custom(overrides={"context_window_size": -2}), "My-Llama", "context_window_size: "),
    (custom(overrides={"top_p": 2}), "My-Llama", "overrides.top_p: "),
    (
        custom(overrides={"context_window_size": 1024, "sliding_window_size": 512}),
        "My-Llama",
        "overrides: only one of context_window_size and sliding_window_size",
    ),
    (custom(overrides={"sliding_window_size": 512}), "My-Llama", "attention_sink_size"),
    (custom(integrity={"model_lib": "md5-abc"}), "My-Llama", "integrity.model_lib: must be a hash"),
    (custom(path_to_wasm_file="x.wasm"), "My-Llama", "path_to_wasm_file is not a field of WebLLM"),
    ("a model", "model 2", ""),
]


@pytest.mark.parametrize(("record", "entry", "message"), BAD_CUSTOM)
def test_a_bad_custom_model_is_named_and_the_rest_work(
    record: object, entry: str, message: str
) -> None:
    result = add_custom_models(CATALOG, {"model_list": [custom(model_id="Good"), record]})
    assert "Good" in result.catalog.by_id
    assert len(result.catalog.models) == len(CATALOG.models) + 1
    assert [problem.entry for problem in result.problems] == [entry]
    assert message in result.problems[0].message


def test_the_old_indexeddb_switch_is_understood() -> None:
    result = add_custom_models(CATALOG, {"useIndexedDBCache": True, "model_list": []})
    assert result.cache_backend == "indexeddb"
    assert "useIndexedDBCache" in result.notices[0]


@pytest.mark.parametrize("backend", ["cache", "indexeddb", "opfs"])
def test_cache_backends(backend: str) -> None:
    assert add_custom_models(CATALOG, {"cacheBackend": backend}).cache_backend == backend


def test_unknown_settings_and_backends_are_named() -> None:
    result = add_custom_models(CATALOG, {"cacheBackend": "floppy", "modelList": []})
    assert result.cache_backend == "cache"
    assert {problem.entry for problem in result.problems} == {"cacheBackend", "modelList"}


def test_the_documented_example_works() -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    result = add_custom_models(CATALOG, json.loads(example))
    assert result.problems == ()
    assert result.cache_backend == "indexeddb"
    assert any(entry.custom for entry in result.catalog.models)


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_bad_configuration_file_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"models\.json"):
        read_app_config(path)
    with pytest.raises(ValueError, match="could not be read"):
        read_app_config(tmp_path / "none.json")


def mirrored(mirror: str, catalog: Catalog = CATALOG) -> ModelEntry:
    return apply_mirror(catalog, mirror).by_id["Llama-3.1-8B-Instruct-q4f16_1-MLC-1k"]


@pytest.mark.parametrize("mirror", ["https://m.example.org/x", "/mirror/", "app/static/mirror"])
def test_a_mirror_replaces_the_hub(mirror: str) -> None:
    entry, base = mirrored(mirror), mirror.rstrip("/")
    assert entry.model == f"{base}/mlc-ai/Llama-3.1-8B-Instruct-q4f16_1-MLC/resolve/main/"
    library = "Llama-3_1-8B-Instruct-q4f16_1_cs1k-webgpu.wasm"
    assert entry.model_lib == f"{base}/libs/{library}"


def test_a_mirror_leaves_no_hub_address_and_other_hosts_alone() -> None:
    own = custom(model="https://models.example.org/my-model/")
    catalog = add_custom_models(CATALOG, {"model_list": [own]}).catalog
    result = apply_mirror(catalog, "https://m.example.org")
    addresses = [text for entry in result.models for text in (entry.model, entry.model_lib or "")]
    assert not any("huggingface" in text or "githubusercontent" in text for text in addresses)
    assert result.by_id["My-Llama"].model == "https://models.example.org/my-model/"
    assert result.by_id[EMBEDDED].model == CATALOG.by_id[EMBEDDED].model
