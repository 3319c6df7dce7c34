"""Attention over the paged key-value cache without workgroup barriers.

TVM's own attention kernels keep tiles in workgroup memory behind barriers, which a software WebGPU
compiles and runs slowly (measured: 5.9 s a token). Here every thread owns one position of one head
and shares nothing. All three kernels are the same walk over keys and values; they differ in where a
key lies and in how many of them a position may see.

Batches are of one sequence, as WebLLM's are, and the rotary embedding is already in q and k.
"""

# TVMScript is parsed by TVM, not run by Python: its decorators and annotations mean something else.
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tvm import tirx
from tvm.script import tirx as T  # noqa: N812

from tools.model_kit.config import LlamaConfig

PAGE = 16  # positions in a page of the cache, fixed in WebLLM
LANES = 16  # threads in a workgroup; few, so that short prompts still use several workgroups
LOG2_E = math.log2(math.e)
NOTHING = -50000.0  # the running maximum before the first key, as in TVM's kernels
SMALLEST_SUM = 1e-30  # keeps an empty sum from dividing by zero


@dataclass(frozen=True)
class Rows:
    """Keys or values as rows of one tensor: [position, head, dimension]."""

    tensor: Any

    def at(self, position: Any, head: Any, d: Any) -> Any:
        return self.tensor[position, head, d]


@dataclass(frozen=True)
class Paged:
    """Keys (half 0) or values (half 1) in the cache: [page, half, head, slot, dimension]."""

    pages: Any
    half: int
    page_of: Any  # the pool's page numbers, in the sequence's order

    def at(self, position: Any, head: Any, d: Any) -> Any:
        page = self.page_of[position // PAGE]
        return self.pages[page, self.half, head, position % PAGE, d]


def cached_positions(page_indptr: Any, length: Any) -> Any:
    """How many positions the cache holds; only its last page is partly filled."""
    return (page_indptr[1] - page_indptr[0] - 1) * PAGE + length[0]


def visible(causal: Any, row: Any, rows: Any, keys: Any) -> Any:
    """How many keys the query `row` of `rows` sees: with a mask, none that comes after it."""
    return tirx.if_then_else(causal > 0, keys - rows + row + 1, keys)


def attention_kernels(cfg: LlamaConfig) -> dict[str, tirx.PrimFunc]:
    """The attention kernels WebLLM reaches, by the names TVM's own have.

    `lse` receives each position's log2 of the sum of its weights, the form in which TVM's merge
    kernel joins two partial results.
    """
    heads, kv_heads, dim = cfg.num_attention_heads, cfg.num_key_value_heads, cfg.head_dim
    group = heads // kv_heads

    @T.macro
    def attend(q, keys, values, row, head, count, out, lse, sm_scale):
        """One position of one head: softmax in base 2 with a running maximum (Milakov, 2018)."""
        query = T.alloc_local((dim,), "float32")
        acc = T.alloc_local((dim,), "float32")
        top: T.float32 = T.float32(NOTHING)
        total: T.float32 = T.float32(0)
        for d in T.unroll(dim):
            query[d] = q[row, head, d] * sm_scale * T.float32(LOG2_E)
            acc[d] = T.float32(0)
        for j in range(count):
            score: T.float32 = T.float32(0)
            for d in T.unroll(dim):
                score = score + query[d] * keys.at(j, head // group, d)
            peak: T.float32 = T.max(top, score)
            fade: T.float32 = T.exp2(top - peak)
            weight: T.float32 = T.exp2(score - peak)
            total = total * fade + weight
            top = peak
            for d in T.unroll(dim):
                acc[d] = acc[d] * fade + weight * values.at(j, head // group, d)
        for d in T.unroll(dim):
            out[row, head, d] = acc[d] / T.max(total, T.float32(SMALLEST_SUM))
        lse[row, head] = top + T.log2(T.max(total, T.float32(SMALLEST_SUM)))

    @T.prim_func(s_tir=True)
    def tir_attention_prefill_ragged(
        q_h: T.handle,
        _q_indptr: T.handle,
        k_h: T.handle,
        v_h: T.handle,
        _kv_indptr: T.handle,
        _q_position: T.handle,
        _k_offset: T.handle,
        out_h: T.handle,
        lse_h: T.handle,
        causal: T.int32,
        _rotary_mode: T.int32,
        _rope_scale: T.float32,
        _rope_theta: T.float32,
        sm_scale: T.float32,
    ):
        T.func_attr({"tirx.is_scheduled": True})
        n = T.int32()
        m = T.int32()
        q = T.match_buffer(q_h, (n, heads, dim), "float32")
        k = T.match_buffer(k_h, (m, kv_heads, dim), "float32")
        v = T.match_buffer(v_h, (m, kv_heads, dim), "float32")
        out = T.match_buffer(out_h, (n, heads, dim), "float32")
        lse = T.match_buffer(lse_h, (n, heads), "float32")
        with T.sblock("attend"):
            T.reads()
            T.writes()
            thread = T.launch_thread("threadIdx.x", LANES)
            block = T.launch_thread("blockIdx.x", (n * heads + LANES - 1) // LANES)
            if block * LANES + thread < n * heads:
                row: T.int32 = (block * LANES + thread) // heads
                head: T.int32 = (block * LANES + thread) % heads
                count: T.int32 = visible(causal, row, n, m)
                attend(q, Rows(k), Rows(v), row, head, count, out, lse, sm_scale)

    @T.prim_func(s_tir=True)
    def tir_attention_prefill(
        q_h: T.handle,
        _q_indptr: T.handle,
        pages_h: T.handle,
        page_indptr_h: T.handle,
        page_values_h: T.handle,
        length_h: T.handle,
        _k_offset: T.handle,
        _q_position: T.handle,
        out_h: T.handle,
        lse_h: T.handle,
        causal: T.int32,
        _rotary_mode: T.int32,
        _rope_scale: T.float32,
        _rope_theta: T.float32,
        sm_scale: T.float32,
    ):
        T.func_attr({"tirx.is_scheduled": True})
        n = T.int32()
        pool = T.int32()
        used = T.int32()
        q = T.match_buffer(q_h, (n, heads, dim), "float32")
        pages = T.match_buffer(pages_h, (pool, 2, kv_heads, PAGE, dim), "float32", offset_factor=1)
        page_indptr = T.match_buffer(page_indptr_h, (2,), "int32", offset_factor=1)
        page_values = T.match_buffer(page_values_h, (used,), "int32", offset_factor=1)
        length = T.match_buffer(length_h, (1,), "int32", offset_factor=1)
        out = T.match_buffer(out_h, (n, heads, dim), "float32")
        lse = T.match_buffer(lse_h, (n, heads), "float32")
        with T.sblock("attend"):
            T.reads()
            T.writes()
            thread = T.launch_thread("threadIdx.x", LANES)
            block = T.launch_thread("blockIdx.x", (n * heads + LANES - 1) // LANES)
            if block * LANES + thread < n * heads:
                row: T.int32 = (block * LANES + thread) // heads
                head: T.int32 = (block * LANES + thread) % heads
                count: T.int32 = visible(causal, row, n, cached_positions(page_indptr, length))
                attend(
                    q,
                    Paged(pages, 0, page_values),
                    Paged(pages, 1, page_values),
                    row,
                    head,
                    count,
                    out,
                    lse,
                    sm_scale,
                )

    @T.prim_func(s_tir=True)
    def tir_attention_decode(
        q_h: T.handle,
        pages_h: T.handle,
        page_indptr_h: T.handle,
        page_values_h: T.handle,
        length_h: T.handle,
        _k_offset: T.handle,
        _q_position: T.handle,
        out_h: T.handle,
        lse_h: T.handle,
        _rotary_mode: T.int32,
        _rope_scale: T.float32,
        _rope_theta: T.float32,
        sm_scale: T.float32,
    ):
        T.func_attr({"tirx.is_scheduled": True})
        pool = T.int32()
        used = T.int32()
        q = T.match_buffer(q_h, (1, heads, dim), "float32")
        pages = T.match_buffer(pages_h, (pool, 2, kv_heads, PAGE, dim), "float32", offset_factor=1)
        page_indptr = T.match_buffer(page_indptr_h, (2,), "int32", offset_factor=1)
        page_values = T.match_buffer(page_values_h, (used,), "int32", offset_factor=1)
        length = T.match_buffer(length_h, (1,), "int32", offset_factor=1)
        out = T.match_buffer(out_h, (1, heads, dim), "float32")
        lse = T.match_buffer(lse_h, (1, heads), "float32")
        with T.sblock("attend"):
            T.reads()
            T.writes()
            thread = T.launch_thread("threadIdx.x", LANES)
            block = T.launch_thread("blockIdx.x", (heads + LANES - 1) // LANES)
            if block * LANES + thread < heads:
                head: T.int32 = block * LANES + thread
                count: T.int32 = cached_positions(page_indptr, length)
                attend(
                    q,
                    Paged(pages, 0, page_values),
                    Paged(pages, 1, page_values),
                    0,
                    head,
                    count,
                    out,
                    lse,
                    sm_scale,
                )

    return {
        "batch_prefill_ragged_kv": tir_attention_prefill_ragged,
        "batch_prefill_paged_kv": tir_attention_prefill,
        "batch_decode_paged_kv": tir_attention_decode,
    }
