"""What a build needs, and what of a GPU stands in its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from webllm_app.catalog import load_catalog
from webllm_app.fit import (
    Limits,
    longest_fitting_context,
    memory_mb,
    most_context,
    need_of,
    obstacle,
)

CATALOG = load_catalog(
    Path(__file__).resolve().parents[2] / "components" / "webllm_chat" / "catalog.json"
)
SMALL = CATALOG.by_id["SmolLM2-360M-Instruct-q4f16_1-MLC"]
LLAMA_8B = CATALOG.by_id["Llama-3.1-8B-Instruct-q4f16_1-MLC"]
SHAPELESS = CATALOG.by_id["Qwen3.5-0.8B-q4f16_1-MLC"]
AMPLE = Limits(budget_mb=100_000, largest_buffer_mb=1024, shader_f16=True)


def test_memory_of_a_model_without_webllms_figure() -> None:
    embedded = CATALOG.models[0]
    # 98,362,432 bytes of weights and 512 tokens x 23,040 bytes of cache.
    assert memory_mb(embedded, 512) == pytest.approx((98_362_432 + 512 * 23_040) / 2**20)
    with pytest.raises(ValueError, match=r"Qwen3\.5-0\.8B.*architecture"):
        memory_mb(SHAPELESS, 512)


def test_the_parts_make_the_whole() -> None:
    need = need_of(SMALL, 4096)
    assert need.total_mb == SMALL.vram_mb == 376.06
    assert need.cache_mb == pytest.approx(160)  # 4096 tokens x 40,960 bytes
    assert need.weights_mb + need.cache_mb + need.working_mb == pytest.approx(need.total_mb)
    assert need.working_mb > 0


def test_quantization_and_context_change_what_is_needed() -> None:
    f32 = CATALOG.by_id["SmolLM2-360M-Instruct-q4f32_1-MLC"]
    assert need_of(f32, 2048).total_mb > need_of(SMALL, 2048).total_mb
    assert need_of(SMALL, 2048).total_mb == pytest.approx(need_of(SMALL, 4096).total_mb - 80)


def test_nothing_stands_in_the_way_of_what_fits() -> None:
    assert obstacle(SMALL, 4096, AMPLE) is None
    assert obstacle(SMALL, 4096, Limits(None, 1024, shader_f16=True)) is None


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(100_000, 1024, shader_f16=False), "needs 16-bit arithmetic (shader-f16)"),
        (Limits(100_000, 128, shader_f16=True), "needs one buffer of 282 MB"),
        (Limits(4000, 1024, shader_f16=True), "needs 5,001 MB; this GPU is thought to hold 4,000"),
    ],
)
def test_what_stands_in_the_way_is_said_with_figures(limits: Limits, reason: str) -> None:
    assert (obstacle(LLAMA_8B, 4096, limits) or "").startswith(reason)


def test_the_longest_context_that_fits_is_found_to_the_step() -> None:
    room = Limits(need_of(SMALL, 3072).total_mb, 1024, shader_f16=True)
    assert longest_fitting_context(SMALL, room) == 3072
    assert obstacle(SMALL, 3072 + 512, room)
    assert longest_fitting_context(SMALL, AMPLE) == most_context(SMALL) == 8192
    assert longest_fitting_context(SMALL, Limits(10, 1024, shader_f16=True)) == 0


def test_an_adapters_limit_becomes_what_webllm_may_use_of_it() -> None:
    assert Limits.of_adapter(None, 2**31 - 4, shader_f16=False) == Limits(None, 1024, False)
    assert Limits.of_adapter(900, 2**29, shader_f16=True) == Limits(900, 128, True)
