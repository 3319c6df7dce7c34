"""The shape of a Llama-family model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

GROUP = 32  # weights that share one scale
PER_WORD = 8  # 4-bit weights in a uint32

Quantization = Literal["q0f32", "q4f32_1"]
Schedule = Literal["webgpu-software", "gpu"]  # what the kernels are written for
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)


@dataclass(frozen=True)
class LlamaConfig:
    """Sizes and constants of a model whose output matrix is its embedding table.

    Lengths are in elements, windows in tokens. `quantization` is one of WebLLM's names: `q0f32`
    keeps float32, `q4f32_1` packs weights in 4 bits and computes in float32.
    """

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    vocab_size: int
    rms_norm_eps: float = 1e-5
    rope_theta: float = 10000.0
    context_window_size: int = 2048
    prefill_chunk_size: int = 512
    quantization: Quantization = "q0f32"

    @property
    def quantized(self) -> bool:
        return self.quantization == "q4f32_1"

    def matrices(self) -> dict[str, tuple[int, int]]:
        """Every weight matrix, the embedding table first, as name -> (rows, columns)."""
        h, d = self.hidden_size, self.head_dim
        qkv = (self.num_attention_heads + 2 * self.num_key_value_heads) * d
        out = {"embed": (self.vocab_size, h)}
        for i in range(self.num_hidden_layers):
            out[f"layers.{i}.qkv"] = (qkv, h)
            out[f"layers.{i}.o"] = (h, self.num_attention_heads * d)
            out[f"layers.{i}.gate_up"] = (2 * self.intermediate_size, h)
            out[f"layers.{i}.down"] = (h, self.intermediate_size)
        return out

    def norms(self) -> list[str]:
        """The names of the normalisation vectors, each of `hidden_size` elements."""
        layers = range(self.num_hidden_layers)
        per_layer = [f"layers.{i}.{part}_norm" for i in layers for part in ("attn", "mlp")]
        return [*per_layer, "final_norm"]
