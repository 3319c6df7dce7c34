"""What a build needs at a context length, against what is known of a visitor's GPU.

The browser tells no free memory. `Limits.budget_mb` is the component's estimate, the one its own
choice of models goes by (docs/models.md); here it is only compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from webllm_app.catalog import Architecture, ModelEntry
from webllm_app.memory import (
    MIB,
    granted_buffer_bytes,
    kv_cache_bytes,
    largest_buffer_bytes,
    memory_bytes,
    vram_mb_at,
    weight_bytes,
)

CONTEXT_STEP = 512
"""Tokens; the least context, and the step between two."""


@dataclass(frozen=True)
class Need:
    """Memory of one build at one context length, in WebLLM's MB (2^20 bytes)."""

    total_mb: float
    weights_mb: float
    cache_mb: float
    largest_buffer_mb: float

    @property
    def working_mb(self) -> float:
        """Working buffers: what WebLLM's figure has beyond weights and KV cache."""
        return max(0.0, self.total_mb - self.weights_mb - self.cache_mb)


@dataclass(frozen=True)
class Limits:
    """What is known of a GPU, in WebLLM's MB; None where it is not."""

    budget_mb: float | None
    largest_buffer_mb: float
    shader_f16: bool

    @classmethod
    def of_adapter(
        cls, budget_mb: float | None, storage_buffer_bytes: int, shader_f16: bool
    ) -> Limits:
        """Args: storage_buffer_bytes: the adapter's `maxStorageBufferBindingSize`."""
        return cls(budget_mb, granted_buffer_bytes(storage_buffer_bytes) / MIB, shader_f16)

    def without_budget(self) -> Limits:
        """Only the limits that are certain."""
        return replace(self, budget_mb=None)


def memory_mb(entry: ModelEntry, tokens: int) -> float:
    """GPU memory of a model of known shape for a context of so many tokens, in WebLLM's MB.

    Raises:
        ValueError: the model's shape is not known.
    """
    shape = _shape(entry)
    if entry.vram_mb is not None:
        return vram_mb_at(entry.vram_mb, shape, entry.context_window, tokens, entry.kernels)
    if entry.download_bytes is not None and entry.backend == "wllama":
        return entry.download_bytes.value / MIB + vram_mb_at(0, shape, 0, tokens, "f16")
    return memory_bytes(shape, entry.quantization, tokens, entry.kernels) / MIB


def need_of(entry: ModelEntry, tokens: int) -> Need:
    """What a build of known shape needs.

    Raises:
        ValueError: the model's shape is not known.
    """
    shape = _shape(entry)
    return Need(
        total_mb=memory_mb(entry, tokens),
        weights_mb=weight_bytes(shape, entry.quantization) / MIB,
        cache_mb=kv_cache_bytes(shape, tokens, entry.kernels) / MIB,
        largest_buffer_mb=largest_buffer_bytes(shape, entry.quantization, tokens, entry.kernels)
        / MIB,
    )


def obstacle(entry: ModelEntry, tokens: int, limits: Limits) -> str | None:
    """What stands in the way of a build at a context length, for people; None when it fits.

    Raises:
        ValueError: the model's shape is not known.
    """
    need = need_of(entry, tokens)
    if entry.kernels == "f16" and not limits.shader_f16:
        return "needs 16-bit arithmetic (shader-f16), which this GPU does not offer"
    if need.largest_buffer_mb > limits.largest_buffer_mb:
        return (
            f"needs one buffer of {need.largest_buffer_mb:,.0f} MB; "
            f"WebLLM may use {limits.largest_buffer_mb:,.0f} MB on this GPU"
        )
    if limits.budget_mb is not None and need.total_mb > limits.budget_mb:
        return f"needs {need.total_mb:,.0f} MB; this GPU is thought to hold {limits.budget_mb:,.0f}"
    return None


def most_context(entry: ModelEntry) -> int:
    """The most tokens that may be asked of a build: what its model was made for."""
    return max(CONTEXT_STEP, entry.max_context or entry.context_window)


def longest_fitting_context(entry: ModelEntry, limits: Limits) -> int:
    """The most tokens that fit, in steps of `CONTEXT_STEP`; 0 when not even the least does.

    Raises:
        ValueError: the model's shape is not known.
    """
    lengths = range(CONTEXT_STEP, most_context(entry) + 1, CONTEXT_STEP)
    return max((t for t in lengths if obstacle(entry, t, limits) is None), default=0)


def builds_of(entries: Iterable[ModelEntry]) -> dict[str, list[ModelEntry]]:
    """The GPU builds of known shape by model name, one for each quantization.

    Of builds that differ in context alone the longest is taken: the shorter is the same weights.
    """
    chosen: dict[str, dict[str, ModelEntry]] = {}
    for entry in entries:
        if entry.backend != "webllm" or entry.architecture is None:
            continue
        builds = chosen.setdefault(entry.name, {})
        known = builds.get(entry.quantization)
        if known is None or known.context_window < entry.context_window:
            builds[entry.quantization] = entry
    return {name: list(builds.values()) for name, builds in chosen.items()}


def best_build(builds: Sequence[ModelEntry], shader_f16: bool) -> ModelEntry:
    """The build a device takes by itself: smallest weights, 16-bit arithmetic where it can."""
    return min(
        builds,
        key=lambda entry: (
            entry.kernels == "f16" and not shader_f16,
            not entry.quantization.startswith("q4"),
            entry.kernels != "f16",
        ),
    )


def _shape(entry: ModelEntry) -> Architecture:
    if entry.architecture is None:
        raise ValueError(f"{entry.model_id}: architecture is not known")
    return entry.architecture
