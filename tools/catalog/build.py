"""Turns WebLLM's prebuilt records and the family table into catalog entries."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any, Literal

from tools.catalog.families import FAMILIES, MAX_CONTEXT, Family
from tools.catalog.sampling import sampling_of
from webllm_app.catalog import (
    Architecture,
    DownloadSize,
    Licence,
    LoadTime,
    ModelEntry,
    Sampling,
    Score,
)
from webllm_app.embedded_model import SMOLLM2
from webllm_app.memory import parameter_count, weight_bytes

EMBEDDING, VISION = 1, 2
NAMED_FIRST = [name for name, family in FAMILIES.items() if family.named]
BRIEF = "Range given by the project's brief; not measured here"


def build_entries(records: list[dict[str, Any]]) -> list[ModelEntry]:
    """One entry for each chat model, the named ones first, and the embedded model before all.

    Raises:
        KeyError: a model that the family table lacks.
    """
    chat = [record for record in records if record.get("model_type") != EMBEDDING]
    ids = {record["model_id"] for record in chat}
    entries = [_entry(record, ids) for record in chat]
    entries.sort(key=_named_first)
    return [embedded_entry(), *entries]


def base_name(model_id: str) -> str:
    """The model's name in the family table: its id without quantization and endings."""
    return re.sub(r"-q\d+f\d+(_\d)?-MLC(-1k)?$", "", model_id)


def embedded_entry() -> ModelEntry:
    """The model the app brings along, for the CPU."""
    family = FAMILIES["SmolLM2-135M-Instruct"]
    return ModelEntry(
        model_id="SmolLM2-135M-Instruct-Q4_1-GGUF",
        backend="wllama",
        name=family.name,
        quantization="Q4_1",
        kernels="f32",
        vram_mb=None,
        context_window=4096,
        max_context=MAX_CONTEXT["SmolLM2-135M-Instruct"],
        model=f"app/static/models/{SMOLLM2.gguf.name}",
        model_lib=None,
        download_bytes=DownloadSize(value=SMOLLM2.gguf.size, estimate=False),
        **_of_family("SmolLM2-135M-Instruct")
        | {"best_for": "Answers on the CPU, where there is no GPU to use"},
    )


def _entry(record: dict[str, Any], ids: set[str]) -> ModelEntry:
    model_id = record["model_id"]
    family = FAMILIES[base_name(model_id)]
    quantization = re.search(r"q\d+f\d+(_\d)?", model_id)
    if quantization is None:
        raise KeyError(f"{model_id}: its id names no quantization")
    kernels = _kernels(record["model_lib"])
    f16_only = ["shader-f16"] if kernels == "f16" else []
    overrides = record.get("overrides", {})
    return ModelEntry(
        model_id=model_id,
        backend="webllm",
        name=family.name,
        quantization=quantization.group(),
        kernels=kernels,
        required_features=tuple(sorted({*f16_only, *record.get("required_features", [])})),
        vram_mb=record["vram_required_MB"],
        context_window=overrides["context_window_size"],
        max_context=MAX_CONTEXT.get(base_name(model_id)),
        overrides=overrides,
        low_resource=record.get("low_resource_required", False),
        model=record["model"],
        model_lib=record["model_lib"],
        model_type="vision" if record.get("model_type") == VISION else "chat",
        model_manifest=record.get("model_manifest"),
        buffer_size_required_bytes=record.get("buffer_size_required_bytes"),
        download_bytes=_download_size(family, quantization.group()),
        f16_sibling=_sibling(model_id, "f32", "f16", ids),
        f32_sibling=_sibling(model_id, "f16", "f32", ids),
        **_of_family(base_name(model_id)),
    )


def _of_family(name: str) -> dict[str, Any]:
    family = FAMILIES[name]
    sampling = sampling_of(name, family.origin)
    repository = f"https://huggingface.co/{family.origin}"
    return {
        "family": family.family,
        "parameters": family.shape and parameter_count(family.shape),
        "architecture": family.shape
        and Architecture(**asdict(family.shape), source=f"{repository}/blob/main/config.json"),
        "licence": Licence(name=family.licence, url=repository),
        "best_for": family.best_for,
        "named": family.named,
        "quality": tuple(
            Score(benchmark=benchmark, score=score, source=source.title, url=source.url)
            for benchmark, score, source in family.scores
        ),
        "sampling": sampling and Sampling(**asdict(sampling)),
        "published_load_time": family.load_first_s
        and family.load_cached_s
        and LoadTime(first_s=family.load_first_s, cached_s=family.load_cached_s, source=BRIEF),
    }


def _kernels(library: str) -> Literal["f16", "f32"]:
    """What numbers the compiled library computes with: its own name says so."""
    return "f16" if "f16" in library.rpartition("/")[2] else "f32"


def _download_size(family: Family, quantization: str) -> DownloadSize | None:
    if family.shape is None:
        return None
    return DownloadSize(value=weight_bytes(family.shape, quantization), estimate=True)


def _sibling(model_id: str, this: str, other: str, ids: set[str]) -> str | None:
    candidate = re.sub(rf"(-q\d+){this}", rf"\g<1>{other}", model_id)
    return candidate if candidate != model_id and candidate in ids else None


def _named_first(entry: ModelEntry) -> int:
    name = base_name(entry.model_id)
    return NAMED_FIRST.index(name) if entry.named else len(NAMED_FIRST)
