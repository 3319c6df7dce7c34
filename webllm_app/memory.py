"""How much memory a model takes: its weights, and the KV cache that grows with the context.

Weights: number of parameters times the bits each takes in MLC's group quantization. `q4f16_1`
stores 4 bits each and one 16-bit scale per 32 weights (4.5 bits), `q4f32_1` the same with a
32-bit scale (5 bits), `q3f16_1` packs ten 3-bit weights into 32 bits and adds a 16-bit scale per
40 (3.6 bits), `q0f16` and `q0f32` store the numbers themselves. Source: MLC LLM,
`python/mlc_llm/quantization/quantization.py` and `group_quantization.py`.

KV cache: `2 (keys, values) x layers x KV heads x head size x tokens x bytes per number`. Source:
Pope et al., Efficiently Scaling Transformer Inference, arXiv 2211.05102, section 3.3; the number
of KV heads replaces that of heads with grouped queries. Numbers take 2 bytes with f16 kernels, 4
with f32.

Not counted: working buffers (activations, logits), which WebLLM's own `vram_required_MB` includes.
docs/models.md states how far the two are apart.
"""

from __future__ import annotations

from typing import Literal, Protocol

Kernels = Literal["f16", "f32"]

BITS_PER_WEIGHT = {"q0f16": 16.0, "q0f32": 32.0, "q3f16_1": 3.6, "q4f16_1": 4.5, "q4f32_1": 5.0}
MIB = 2**20
"""WebLLM's "MB" are 1,048,576 bytes for most models (and 1,000,000 for Llama 3.1 8B's cache)."""
BYTES_PER_KV_NUMBER: dict[Kernels, int] = {"f16": 2, "f32": 4}


class Shape(Protocol):
    """The numbers of a decoder-only transformer that decide its size; `catalog.Architecture`."""

    @property
    def layers(self) -> int: ...
    @property
    def hidden(self) -> int: ...
    @property
    def heads(self) -> int: ...
    @property
    def kv_heads(self) -> int: ...
    @property
    def head_dim(self) -> int: ...
    @property
    def intermediate(self) -> int: ...
    @property
    def mlp_matrices(self) -> int: ...
    @property
    def vocab(self) -> int: ...
    @property
    def tied_embeddings(self) -> bool: ...


def parameter_count(shape: Shape) -> int:
    """The number of weights in all matrices; norms and biases (below 0.1 %) are left out."""
    embeddings = shape.vocab * shape.hidden * (1 if shape.tied_embeddings else 2)
    attention = 2 * shape.hidden * shape.head_dim * (shape.heads + shape.kv_heads)
    mlp = shape.mlp_matrices * shape.hidden * shape.intermediate
    return embeddings + shape.layers * (attention + mlp)


def weight_bytes(shape: Shape, quantization: str) -> int:
    """The weights' size in bytes, on the GPU and nearly so as a download.

    Raises:
        KeyError: a quantization that is not in `BITS_PER_WEIGHT`.
    """
    return round(parameter_count(shape) * BITS_PER_WEIGHT[quantization] / 8)


def kv_cache_bytes(shape: Shape, context_tokens: int, kernels: Kernels) -> int:
    """The KV cache's size in bytes for a context of so many tokens."""
    numbers_per_token = 2 * shape.layers * shape.kv_heads * shape.head_dim
    return numbers_per_token * context_tokens * BYTES_PER_KV_NUMBER[kernels]


def memory_bytes(shape: Shape, quantization: str, context_tokens: int, kernels: Kernels) -> int:
    """Weights and KV cache together, in bytes; working buffers come on top."""
    return weight_bytes(shape, quantization) + kv_cache_bytes(shape, context_tokens, kernels)


def vram_mb_at(
    vram_mb: float, shape: Shape, built_for: int, context_tokens: int, kernels: Kernels
) -> float:
    """WebLLM's own figure for `built_for` tokens, moved to another context length, in its MB.

    It keeps the working buffers that only WebLLM's figure knows, and changes the KV cache alone.
    """
    change = kv_cache_bytes(shape, context_tokens - built_for, kernels)
    return vram_mb + change / MIB


def largest_buffer_bytes(
    shape: Shape, quantization: str, context_tokens: int, kernels: Kernels
) -> int:
    """The largest single buffer on the GPU, in bytes: the embedding matrix or a layer's KV cache.

    WebLLM keeps each matrix in a buffer of its own (quantized ones apart from their scales, which
    are counted in here) and each layer's keys and values in another. Source: Apache TVM 0.27,
    `src/runtime/vm/paged_kv_cache.cc`, one `Tensor::Empty` per layer.
    """
    embeddings = shape.vocab * shape.hidden * BITS_PER_WEIGHT[quantization] / 8
    cache_of_a_layer = kv_cache_bytes(shape, context_tokens, kernels) // shape.layers
    return max(round(embeddings), cache_of_a_layer)


def granted_buffer_bytes(adapter_limit: int) -> int:
    """The largest buffer that WebLLM can bind on a GPU, in bytes; 0 where it cannot run at all.

    It asks for 1 GiB, and for 128 MiB where the adapter's `maxStorageBufferBindingSize` is below
    that; nothing in between. Source: `detectGPUDevice` in @mlc-ai/web-llm 0.2.86.
    """
    return next((size for size in (2**30, 2**27) if size <= adapter_limit), 0)
