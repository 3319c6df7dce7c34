"""A small GGUF file of the right kind, for tests that spoil it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from gguf import GGUFWriter

HIDDEN, WIDTH, HEADS, KV_HEADS, VOCAB = 32, 64, 4, 2, 8
KV_ROWS = HIDDEN // HEADS * KV_HEADS


def shapes() -> dict[str, tuple[int, ...]]:
    return {
        "token_embd.weight": (VOCAB, HIDDEN),
        "blk.0.attn_q.weight": (HIDDEN, HIDDEN),
        "blk.0.attn_k.weight": (KV_ROWS, HIDDEN),
        "blk.0.attn_v.weight": (KV_ROWS, HIDDEN),
        "blk.0.attn_output.weight": (HIDDEN, HIDDEN),
        "blk.0.ffn_gate.weight": (WIDTH, HIDDEN),
        "blk.0.ffn_up.weight": (WIDTH, HIDDEN),
        "blk.0.ffn_down.weight": (HIDDEN, WIDTH),
        "blk.0.attn_norm.weight": (HIDDEN,),
        "blk.0.ffn_norm.weight": (HIDDEN,),
        "output_norm.weight": (HIDDEN,),
    }


def write_gguf(
    path: Path,
    *,
    architecture: str = "llama",
    tokenizer: str = "smollm",
    tensors: dict[str, tuple[int, ...]] | None = None,
    without: Collection[str] = (),
) -> Path:
    """Write a one-layer model; `without` leaves out metadata by the end of its key."""
    writer = GGUFWriter(str(path), architecture)
    numbers = {
        "embedding_length": HIDDEN,
        "feed_forward_length": WIDTH,
        "block_count": 1,
        "attention.head_count": HEADS,
        "attention.head_count_kv": KV_HEADS,
        "vocab_size": VOCAB,
    }
    for key, number in numbers.items():
        if key not in without:
            writer.add_uint32(f"llama.{key}", number)
    writer.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
    writer.add_float32("llama.rope.freq_base", 10000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(tokenizer)
    writer.add_token_list(["<|end|>", "a", "b", "c", "ab", "abc", "d", "e"])
    writer.add_token_types([3, 1, 1, 1, 1, 1, 1, 1])
    writer.add_token_merges(["a b", "ab c"])
    rng = np.random.default_rng(0)
    for name, shape in (shapes() if tensors is None else tensors).items():
        writer.add_tensor(name, rng.standard_normal(shape, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
