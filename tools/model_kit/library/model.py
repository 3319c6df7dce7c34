"""A Llama-family model as TVM sees it, with its weights in float32 or in 4-bit groups."""

# TVM carries no types, so its base classes are Any to mypy.
# mypy: disable-error-code="misc"

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tvm import te, tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn.llm.kv_cache import PagedKVCache

from tools.model_kit.config import GROUP, PER_WORD, LlamaConfig

# How x multiplies with a weight matrix, both as TVM's tensor expressions.
Projection = Callable[..., Any]


class Matrix(nn.Module):
    """A weight matrix that is only ever read inside a kernel."""

    def __init__(self, rows: int, cols: int, quantized: bool, projection: Projection):
        self.rows, self.cols, self.projection = rows, cols, projection
        if quantized:
            self.q = nn.Parameter((rows, cols // PER_WORD), "uint32")
            self.scale = nn.Parameter((rows, cols // GROUP), "float32")
        else:
            self.weight = nn.Parameter((rows, cols), "float32")
        self.quantized = quantized

    @property
    def tensors(self) -> list[Any]:
        return [self.q, self.scale] if self.quantized else [self.weight]

    @staticmethod
    def element(tensors: Any, row: Any, col: Any) -> Any:
        """The float32 value at (row, col), as an expression over the stored tensors."""
        if len(tensors) == 1:
            return tensors[0][row, col]
        q, scale = tensors
        shift = (col % PER_WORD * 4).astype("uint32")
        nibble = (q[row, col // PER_WORD] >> shift) & tirx.const(15, "uint32")
        return (nibble.astype("float32") - tirx.const(7, "float32")) * scale[row, col // GROUP]

    def project(self, x: Any) -> Any:
        """x [1, n, cols] times this matrix transposed: [1, n, rows]."""
        return nn.op.tensor_expr_op(self.product, "project", [x, *self.tensors])

    def product(self, x: Any, *tensors: Any) -> Any:
        """`project` over TVM's tensor expressions."""
        weight = tensors[0]
        if self.quantized:
            weight = te.compute(
                (self.rows, self.cols), lambda r, k: self.element(tensors, r, k), name="dequantize"
            )
        return self.projection(x, weight)

    def lookup(self, ids: Any) -> Any:
        """The rows at ids [n]: [n, cols]."""

        def take(ids: Any, *tensors: Any) -> Any:
            shape = (ids.shape[0], self.cols)
            return te.compute(shape, lambda i, c: self.element(tensors, ids[i], c), name="take")

        return nn.op.tensor_expr_op(take, "lookup", [ids, *self.tensors])


def swiglu(x: Any, width: int) -> Any:
    """The gate's half of x, through SiLU, times its other half."""

    def compute(x: Any) -> Any:
        return te.compute(
            (x.shape[0], x.shape[1], width),
            lambda b, i, c: x[b, i, c] * te.sigmoid(x[b, i, c]) * x[b, i, width + c],
            name="swiglu",
        )

    return nn.op.tensor_expr_op(compute, "swiglu", [x])


def last_position(x: Any) -> Any:
    def compute(x: Any) -> Any:
        shape = (1, 1, x.shape[2])
        return te.compute(shape, lambda b, _, c: x[b, x.shape[1] - 1, c], name="last")

    return nn.op.tensor_expr_op(compute, "last_position", [x])


class Layer(nn.Module):
    """One transformer block: attention and a gated feed-forward net, each behind a norm."""

    def __init__(self, cfg: LlamaConfig, projection: Projection):
        h, d = cfg.hidden_size, cfg.head_dim

        def matrix(rows: int, cols: int) -> Matrix:
            return Matrix(rows, cols, cfg.quantized, projection)

        self.cfg = cfg
        self.qkv = matrix((cfg.num_attention_heads + 2 * cfg.num_key_value_heads) * d, h)
        self.o = matrix(h, cfg.num_attention_heads * d)
        self.gate_up = matrix(2 * cfg.intermediate_size, h)
        self.down = matrix(h, cfg.intermediate_size)
        self.attn_norm = nn.Parameter((h,), "float32")
        self.mlp_norm = nn.Parameter((h,), "float32")

    def forward(self, x: Any, cache: Any, index: int) -> Any:
        cfg = self.cfg
        n, heads, d = x.shape[1], cfg.num_attention_heads, cfg.head_dim
        qkv = self.qkv.project(self.normed(x, self.attn_norm))
        qkv = nn.op.reshape(qkv, (1, n, heads + 2 * cfg.num_key_value_heads, d))
        attended = cache.attention_with_fused_qkv(index, qkv, heads, sm_scale=1 / math.sqrt(d))
        x = x + self.o.project(nn.op.reshape(attended, (1, n, heads * d)))
        hidden = self.gate_up.project(self.normed(x, self.mlp_norm))
        return x + self.down.project(swiglu(hidden, cfg.intermediate_size))

    def normed(self, x: Any, weight: Any) -> Any:
        return nn.op.rms_norm(x, weight, axes=-1, epsilon=self.cfg.rms_norm_eps)


class Llama(nn.Module):
    """The functions of a model library that run the model, by the names WebLLM calls."""

    def __init__(self, cfg: LlamaConfig, projection: Projection):
        self.cfg = cfg
        self.embed_table = Matrix(cfg.vocab_size, cfg.hidden_size, cfg.quantized, projection)
        self.layers = nn.ModuleList([Layer(cfg, projection) for _ in range(cfg.num_hidden_layers)])
        self.final_norm = nn.Parameter((cfg.hidden_size,), "float32")

    def embed(self, ids: Any) -> Any:
        return self.embed_table.lookup(ids)

    def run(self, x: Any, cache: Any) -> tuple[Any, Any]:
        for i, layer in enumerate(self.layers):
            x = layer.forward(x, cache, i)
        x = nn.op.rms_norm(
            last_position(x), self.final_norm, axes=-1, epsilon=self.cfg.rms_norm_eps
        )
        return self.embed_table.project(x), cache

    def prefill(self, x: Any, cache: Any) -> tuple[Any, Any]:
        return self.run(x, cache)

    def decode(self, x: Any, cache: Any) -> tuple[Any, Any]:
        return self.run(x, cache)

    def softmax_with_temperature(self, logits: Any, temperature: Any) -> Any:
        return nn.op.softmax(logits / nn.op.reshape(temperature, (1, 1, 1)), axis=-1)

    def spec(self) -> Any:
        h, vocab = self.cfg.hidden_size, self.cfg.vocab_size
        model = {"param_mode": "packed", "effect_mode": "none"}
        pure = {"param_mode": "none", "effect_mode": "none"}
        cache = nn.spec.Object(object_type=PagedKVCache)

        def floats(*shape: int | str) -> Any:
            return nn.spec.Tensor(list(shape), "float32")

        return nn.spec.ModuleSpec.from_raw(
            {
                "embed": {"ids": nn.spec.Tensor(["seq_len"], "int32"), "$": model},
                "prefill": {"x": floats(1, "seq_len", h), "cache": cache, "$": model},
                "decode": {"x": floats(1, 1, h), "cache": cache, "$": model},
                "softmax_with_temperature": {
                    "logits": floats(1, 1, vocab),
                    "temperature": floats(1),
                    "$": pure,
                },
            },
            self,
        )
