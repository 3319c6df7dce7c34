"""The charts' specifications: the data they show, their words, and colours for light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from webllm_app.catalog import load_catalog
from webllm_app.charts import (
    INK,
    PALETTE,
    MeasuredLoad,
    Picture,
    SpeedPoint,
    decode_speed,
    load_time_against_quality,
    memory_by_context,
    size_against_quality,
)

CATALOG = load_catalog(
    Path(__file__).resolve().parents[2] / "components" / "webllm_chat" / "catalog.json"
)
LLAMA_8B = "Llama-3.1-8B-Instruct-q4f16_1-MLC"
SMALL = CATALOG.by_id["SmolLM2-360M-Instruct-q4f16_1-MLC"]
LIGHT, DARK = "#ffffff", "#0e1117"


def spec(picture: Picture) -> dict[str, Any]:
    assert picture.chart is not None
    content: dict[str, Any] = picture.chart.to_dict()
    return content


def rows(picture: Picture, layer: int = 0) -> list[dict[str, Any]]:
    content = spec(picture)
    data = content.get("data") or content["layer"][layer]["data"]
    values: list[dict[str, Any]] = content["datasets"][data["name"]]
    return values


def test_size_and_quality_shows_each_scored_model_once_by_its_smallest_build() -> None:
    picture = size_against_quality(CATALOG.models)
    points = {row["model"]: row for row in rows(picture)}
    assert len(points) == len(rows(picture)) >= 7
    smallest = CATALOG.by_id[LLAMA_8B].download_bytes
    assert smallest is not None
    assert points["Llama 3.1 8B"]["size_mb"] == pytest.approx(smallest.value / 1e6)
    assert points["Llama 3.1 8B"]["score"] == 80.4
    assert "Llama 3.1 8B: 4,517 MB, IFEval 80.4 %" in picture.text


def test_every_score_leads_to_its_source() -> None:
    picture = size_against_quality(CATALOG.models)
    assert len(picture.sources) == len(rows(picture))
    llama = next(line for line in picture.sources if line.startswith("Llama 3.1 8B"))
    assert "IFEval 80.4 %" in llama
    assert "](https://" in llama


def test_a_named_model_without_a_score_is_named_and_not_placed() -> None:
    picture = size_against_quality(CATALOG.models, "IFEval")
    assert "TinyLlama 1.1B" not in {row["model"] for row in rows(picture)}
    assert "Without a published IFEval score that could be checked:" in picture.text
    assert "TinyLlama 1.1B" in picture.text


def test_another_benchmark_places_other_models() -> None:
    placed = {
        row["model"]: row["score"] for row in rows(size_against_quality(CATALOG.models, "MMLU"))
    }
    assert placed["Phi-3 mini"] == 69.0
    assert "SmolLM2 135M" not in placed


def test_what_was_measured_is_a_point_and_what_was_published_a_range() -> None:
    picture = load_time_against_quality(CATALOG.models, {LLAMA_8B: MeasuredLoad(first_s=77.5)})
    ranges = {row["visit"]: row for row in rows(picture, 0) if row["model"] == "Llama 3.1 8B"}
    first, cached = ranges["first visit"], ranges["from the cache"]
    assert (first["shortest"], first["longest"]) == (120, 300)
    assert (cached["shortest"], cached["longest"]) == (60, 120)
    assert [(row["model"], row["visit"], row["seconds"]) for row in rows(picture, 1)] == [
        ("Llama 3.1 8B", "first visit", 77.5)
    ]
    assert "Llama 3.1 8B, first visit: 77.5 s measured here" in picture.text
    assert "Llama 3.1 8B, from the cache: 60-120 s published, not measured here" in picture.text


def test_without_a_measurement_no_point_is_drawn() -> None:
    assert rows(load_time_against_quality(CATALOG.models, {}), 1) == []


def test_the_legend_names_both_visits_even_when_nothing_was_measured() -> None:
    layers = spec(load_time_against_quality(CATALOG.models, {}))["layer"]
    domains = [layer["encoding"]["color"]["scale"]["domain"] for layer in layers]
    assert domains == [["first visit", "from the cache"]] * 2


def test_a_measured_build_is_the_one_shown() -> None:
    other = "Llama-3.2-1B-Instruct-q4f32_1-MLC"
    picture = load_time_against_quality(CATALOG.models, {other: MeasuredLoad(cached_s=4.0)})
    assert [row["seconds"] for row in rows(picture, 1) if row["model"] == "Llama 3.2 1B"] == [4.0]


def test_memory_grows_by_the_cache_and_starts_from_webllms_figure() -> None:
    picture = memory_by_context([SMALL], limit_mb=1000)
    by_tokens = {row["tokens"]: row["memory_mb"] for row in rows(picture)}
    assert list(by_tokens) == [512, 1024, 2048, 4096, 8192]  # SmolLM2 was made for 8192 tokens
    assert by_tokens[4096] == SMALL.vram_mb == 376.06
    grown = by_tokens[8192] - by_tokens[4096]
    assert grown == pytest.approx(160)  # 4096 tokens x 40,960 bytes
    assert rows(picture, layer=2) == [{"limit_mb": 1000}]
    assert picture.text.startswith("This GPU is thought to hold 1,000 MB. SmolLM2 360M: 236 MB")


def test_two_builds_of_a_model_are_told_apart_by_quantization() -> None:
    f32 = CATALOG.by_id["SmolLM2-360M-Instruct-q4f32_1-MLC"]
    models = {row["model"] for row in rows(memory_by_context([SMALL, f32]))}
    assert models == {"SmolLM2 360M q4f16_1", "SmolLM2 360M q4f32_1"}


def test_decode_speed_follows_the_answers() -> None:
    picture = decode_speed([SpeedPoint(1, "Small", 12.345), SpeedPoint(2, "Large", 33.0)])
    assert [(row["turn"], row["speed"]) for row in rows(picture)] == [(1, 12.345), (2, 33.0)]
    assert picture.text == (
        "answer 1 by Small: 12.3 tokens per second; answer 2 by Large: 33.0 tokens per second."
    )


@pytest.mark.parametrize(
    "picture",
    [
        size_against_quality([]),
        load_time_against_quality([], {}),
        memory_by_context([CATALOG.by_id["Qwen3.5-0.8B-q4f16_1-MLC"]]),
        decode_speed([]),
    ],
    ids=lambda picture: picture.title,
)
def test_without_data_there_is_no_chart_but_a_reason(picture: Picture) -> None:
    assert picture.chart is None
    assert picture.text.endswith(".")


ALL = [
    size_against_quality(CATALOG.models),
    load_time_against_quality(CATALOG.models, {}),
    memory_by_context([SMALL, CATALOG.by_id[LLAMA_8B]], limit_mb=4000),
    decode_speed([SpeedPoint(1, "Small", 12.0)]),
]


@pytest.mark.parametrize("picture", ALL, ids=lambda picture: picture.title)
def test_every_chart_has_words_fills_its_place_and_leaves_the_theme_alone(picture: Picture) -> None:
    content = spec(picture)
    assert content["description"] == f"{picture.title}. {picture.text}"
    assert content["width"] == "container"
    assert "background" not in content
    assert "background" not in content.get("config", {})


@pytest.mark.parametrize("picture", ALL, ids=lambda picture: picture.title)
def test_no_series_is_told_apart_by_colour_alone(picture: Picture) -> None:
    encodings = [layer["encoding"] for layer in spec(picture)["layer"]]
    told_apart = {e["color"]["field"] for e in encodings if "field" in e.get("color", {})}
    assert told_apart
    assert told_apart == {e["shape"]["field"] for e in encodings if "shape" in e}


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("background", [LIGHT, DARK])
@pytest.mark.parametrize("colour", [*PALETTE, INK])
def test_colours_stand_out_in_light_and_dark(colour: str, background: str) -> None:
    wanted = 4.0 if colour == INK else 3.0
    assert contrast(colour, background) >= wanted
