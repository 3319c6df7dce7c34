"""The pictures of the model status page, each with a text that says the same in words."""

from webllm_app.charts.memory import memory_by_context
from webllm_app.charts.picture import INK, PALETTE, Picture
from webllm_app.charts.quality import (
    BENCHMARKS,
    MeasuredLoad,
    load_time_against_quality,
    size_against_quality,
)
from webllm_app.charts.speed import SpeedPoint, decode_speed

__all__ = [
    "BENCHMARKS",
    "INK",
    "PALETTE",
    "MeasuredLoad",
    "Picture",
    "SpeedPoint",
    "decode_speed",
    "load_time_against_quality",
    "memory_by_context",
    "size_against_quality",
]
