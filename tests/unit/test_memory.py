"""The memory formula against WebLLM's own figures; run with -s to see every difference."""

from __future__ import annotations

from pathlib import Path

import pytest

from webllm_app.catalog import Architecture, Catalog, ModelEntry, load_catalog
from webllm_app.memory import (
    MIB,
    granted_buffer_bytes,
    kv_cache_bytes,
    largest_buffer_bytes,
    memory_bytes,
    parameter_count,
    vram_mb_at,
    weight_bytes,
)

CATALOG = load_catalog(
    Path(__file__).resolve().parents[2] / "components" / "webllm_chat" / "catalog.json"
)
LOGITS_FOR_WHOLE_CHUNK = ("Qwen2", "Qwen2.5", "Qwen3", "Phi-4", "OLMo 2", "StableLM 2", "DeepSeek")
"""Families whose libraries keep the logits of a whole prefill chunk, or more, in memory."""


def shape_of(model_id: str, catalog: Catalog = CATALOG) -> Architecture:
    shape = catalog.by_id[model_id].architecture
    assert shape is not None
    return shape


def estimate_mb(entry: ModelEntry) -> float:
    assert entry.architecture is not None
    return (
        memory_bytes(entry.architecture, entry.quantization, entry.context_window, entry.kernels)
        / MIB
    )


COMPARABLE = [entry for entry in CATALOG.models if entry.architecture and entry.vram_mb]


PUBLISHED_PARAMETERS = {
    # In millions, as their makers' model cards give them.
    "SmolLM2-135M-Instruct-q0f16-MLC": 135,
    "SmolLM2-360M-Instruct-q4f16_1-MLC": 362,
    "SmolLM2-1.7B-Instruct-q4f16_1-MLC": 1710,
    "Qwen2.5-0.5B-Instruct-q4f16_1-MLC": 494,
    "Qwen2.5-1.5B-Instruct-q4f16_1-MLC": 1540,
    "Qwen2.5-3B-Instruct-q4f16_1-MLC": 3090,
    "Qwen2.5-7B-Instruct-q4f16_1-MLC": 7610,
    "TinyLlama-1.1B-Chat-v1.0-q4f16_1-MLC": 1100,
    "Phi-3-mini-4k-instruct-q4f16_1-MLC": 3820,
    "Llama-3.2-1B-Instruct-q4f16_1-MLC": 1230,
    "Llama-3.2-3B-Instruct-q4f16_1-MLC": 3210,
    "Llama-3.1-8B-Instruct-q4f16_1-MLC": 8030,
    "gemma-2-2b-it-q4f16_1-MLC": 2610,
    "gemma-2-9b-it-q4f16_1-MLC": 9240,
}


@pytest.mark.parametrize(("model_id", "millions"), PUBLISHED_PARAMETERS.items())
def test_shapes_give_the_published_parameter_counts(model_id: str, millions: float) -> None:
    assert parameter_count(shape_of(model_id)) / 1e6 == pytest.approx(millions, rel=0.006)


def test_the_cache_of_one_token_by_hand() -> None:
    # SmolLM2-360M: keys and values, 32 layers, 5 KV heads of 64 numbers, 2 bytes each.
    shape = shape_of("SmolLM2-360M-Instruct-q4f16_1-MLC")
    assert kv_cache_bytes(shape, 1, "f16") == 2 * 32 * 5 * 64 * 2 == 40_960
    assert kv_cache_bytes(shape, 4096, "f32") == 4096 * 81_920


@pytest.mark.parametrize(
    ("model_id", "unit"),
    [
        ("TinyLlama-1.1B-Chat-v1.0-q4f16_1-MLC", MIB),
        ("TinyLlama-1.1B-Chat-v1.0-q4f32_1-MLC", MIB),
        ("Phi-3-mini-4k-instruct-q4f16_1-MLC", MIB),
        ("Phi-3-mini-4k-instruct-q4f32_1-MLC", MIB),
        ("gemma-2-2b-it-q4f16_1-MLC", MIB),
        ("gemma-2-2b-it-q4f32_1-MLC", MIB),
        ("Llama-3.1-8B-Instruct-q4f16_1-MLC", 1e6),
        ("Llama-3.1-8B-Instruct-q4f32_1-MLC", 1e6),
    ],
)
def test_the_cache_explains_what_a_shorter_context_saves(model_id: str, unit: float) -> None:
    """WebLLM lists these for a long context and for 1024 tokens; only the cache differs."""
    long, short = CATALOG.by_id[model_id], CATALOG.by_id[f"{model_id}-1k"]
    assert long.vram_mb is not None
    assert short.vram_mb is not None
    saved = kv_cache_bytes(shape_of(model_id), long.context_window - 1024, long.kernels) / unit
    lists = long.vram_mb - short.vram_mb

    assert lists == pytest.approx(saved, rel=0.002)


def test_estimates_against_webllms_figures() -> None:
    """Without working buffers the estimate stays below WebLLM's figure, and near it."""
    ratios = {entry.model_id: estimate_mb(entry) / (entry.vram_mb or 1) for entry in COMPARABLE}
    for entry in COMPARABLE:
        difference = (entry.vram_mb or 0) - estimate_mb(entry)
        print(f"{entry.model_id:52} {difference:+7.0f} MB {ratios[entry.model_id]:7.1%}")
    assert len(ratios) >= 130
    assert max(ratios.values()) < 1.10
    ordinary = [
        ratios[entry.model_id]
        for entry in COMPARABLE
        if not entry.family.startswith(LOGITS_FOR_WHOLE_CHUNK)
    ]
    assert min(ordinary) > 0.69
    within_a_tenth = sum(ratio > 0.90 for ratio in ordinary) / len(ordinary)
    assert within_a_tenth > 0.68


@pytest.mark.parametrize("quantization", ["q4f16_1", "q4f32_1"])
@pytest.mark.parametrize("size", ["0.5B", "1.5B", "3B"])
def test_the_logits_of_a_prefill_chunk_explain_qwens_surplus(size: str, quantization: str) -> None:
    entry = CATALOG.by_id[f"Qwen2.5-{size}-Instruct-{quantization}-MLC"]
    assert entry.vram_mb is not None
    assert entry.architecture is not None
    logits_mb = 1024 * entry.architecture.vocab * 4 / MIB
    rest = entry.vram_mb - estimate_mb(entry) - logits_mb
    assert 0 < rest < 180


def test_half_precision_halves_the_cache_and_q4_beats_q0() -> None:
    shape = shape_of("SmolLM2-360M-Instruct-q4f16_1-MLC")
    assert kv_cache_bytes(shape, 512, "f32") == 2 * kv_cache_bytes(shape, 512, "f16")
    sizes = [weight_bytes(shape, name) for name in ("q4f16_1", "q4f32_1", "q0f16", "q0f32")]
    assert sizes == sorted(sizes)


def test_moving_webllms_figure_to_another_context() -> None:
    entry = CATALOG.by_id["Phi-3-mini-4k-instruct-q4f16_1-MLC"]
    short = CATALOG.by_id["Phi-3-mini-4k-instruct-q4f16_1-MLC-1k"]
    assert entry.vram_mb is not None
    moved = vram_mb_at(entry.vram_mb, shape_of(entry.model_id), 4096, 1024, entry.kernels)
    assert moved == pytest.approx(short.vram_mb, rel=0.001)


def test_the_largest_buffer_is_the_embedding_until_the_cache_of_a_layer_outgrows_it() -> None:
    shape = shape_of("Llama-3.1-8B-Instruct-q4f16_1-MLC")
    embedding = 128_256 * 4096 * 4.5 / 8
    assert largest_buffer_bytes(shape, "q4f16_1", 4096, "f16") == round(embedding)
    # Keys and values of a layer: 8 KV heads of 128 numbers of 2 bytes.
    assert largest_buffer_bytes(shape, "q4f16_1", 131_072, "f16") == 131_072 * 2 * 8 * 128 * 2


@pytest.mark.parametrize(
    ("adapter", "granted"),
    [(2**31 - 4, 2**30), (2**30, 2**30), (2**30 - 1, 2**27), (2**27, 2**27), (2**27 - 1, 0)],
)
def test_webllm_asks_for_one_of_two_buffer_sizes(adapter: int, granted: int) -> None:
    assert granted_buffer_bytes(adapter) == granted
