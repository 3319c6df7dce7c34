"""The models this kit builds."""

from __future__ import annotations

from dataclasses import dataclass

from tools.model_kit.config import LlamaConfig, Quantization

CONTEXT = 2048  # tokens
PREFILL_CHUNK = 512  # tokens


@dataclass(frozen=True)
class RealModel:
    """SmolLM2-135M-Instruct, converted from the embedded model's GGUF."""

    quantization: Quantization


@dataclass(frozen=True)
class TinyModel:
    """Seeded random numbers behind the first tokens of SmolLM2's vocabulary.

    It loads and answers fast; its text means nothing and is the same every time.
    """

    config: LlamaConfig
    seed: int


def tiny(layers: int, hidden: int, heads: int, seed: int) -> TinyModel:
    config = LlamaConfig(
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads // 2,
        head_dim=hidden // heads,
        vocab_size=1024,
        context_window_size=CONTEXT,
        prefill_chunk_size=PREFILL_CHUNK,
    )
    return TinyModel(config, seed)


MODELS: dict[str, RealModel | TinyModel] = {
    "SmolLM2-135M-Instruct-q4f32_1": RealModel("q4f32_1"),
    "SmolLM2-135M-Instruct-q0f32": RealModel("q0f32"),
    "tiny-S-q0f32": tiny(layers=2, hidden=64, heads=4, seed=0),
    "tiny-M-q0f32": tiny(layers=3, hidden=128, heads=4, seed=1),
    "tiny-L-q0f32": tiny(layers=4, hidden=256, heads=8, seed=2),
}
