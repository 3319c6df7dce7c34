"""The attention kernels against numpy in float64, within 1e-4 relative and 1e-5 absolute."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from tools.model_kit.config import LlamaConfig
from tools.model_kit.library.attention import PAGE, attention_kernels

from .arrays import i32, zeros
from .on_cpu import on_cpu

CFG = LlamaConfig(64, 128, 2, 4, 2, 16, 1024)
SCALE = np.float32(0.25)


def attend(q: Any, k: Any, v: Any, visible: Any) -> Any:
    """q [n, heads, d] over the first visible[i] rows of k, v [m, kv_heads, d]; and log2 of sums."""
    k, v = (np.repeat(x, q.shape[1] // k.shape[1], axis=1).astype(np.float64) for x in (k, v))
    scores = np.einsum("nhd,mhd->nhm", q, k) * SCALE
    scores = np.where(np.arange(len(k)) < np.reshape(visible, (-1, 1, 1)), scores, -np.inf)
    total = np.exp(scores).sum(axis=2)
    return np.einsum("nhm,mhd->nhd", np.exp(scores), v) / total[..., None], np.log2(total)


def normal(*shape: Any, seed: Any = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


@cache
def attention(name: Any) -> Any:
    return on_cpu(attention_kernels(CFG)[name], name)


def paged(length: Any, seed: Any = 3) -> Any:
    """k and v [length, ...], and the same in pages that lie out of order in a bigger pool."""
    k, v = normal(length, 2, 16, seed=seed), normal(length, 2, 16, seed=seed + 1)
    used = (length + PAGE - 1) // PAGE
    where = np.random.default_rng(seed).permutation(used + 3)[:used].astype(np.int32)
    pages = normal(used + 3, 2, 2, PAGE, 16, seed=9)
    for j in range(length):
        pages[where[j // PAGE], :, :, j % PAGE] = k[j], v[j]
    return k, v, pages, i32(0, used), where, i32(length - (used - 1) * PAGE)


def check(got_out: Any, got_lse: Any, want: Any) -> None:
    np.testing.assert_allclose(got_out, want[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(got_lse, want[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (5, 5), (3, 40)])
@pytest.mark.parametrize("causal", [0, 1])
def test_attention_ragged(n: Any, m: Any, causal: Any) -> None:
    q, k, v = normal(n, 4, 16), normal(m, 2, 16, seed=1), normal(m, 2, 16, seed=2)
    empty = [np.zeros_like(q), np.zeros((n, 4), np.float32)]
    out, lse = attention("batch_prefill_ragged_kv")(
        q, i32(0, n), k, v, i32(0, m), zeros(n), zeros(1), *empty, causal, 0, 1.0, 1e4, float(SCALE)
    )[7:9]
    check(out, lse, attend(q, k, v, np.arange(m - n + 1, m + 1) if causal else np.full(n, m)))


@pytest.mark.parametrize(("n", "length"), [(1, 1), (5, 16), (3, 40)])
@pytest.mark.parametrize("causal", [0, 1])
def test_attention_paged(n: Any, length: Any, causal: Any) -> None:
    n = min(n, length)
    q = normal(n, 4, 16)
    k, v, pages, indptr, where, last = paged(length)
    empty = [np.zeros_like(q), np.zeros((n, 4), np.float32)]
    out, lse = attention("batch_prefill_paged_kv")(
        q,
        i32(0, n),
        pages,
        indptr,
        where,
        last,
        zeros(1),
        zeros(n),
        *empty,
        causal,
        0,
        1.0,
        1e4,
        float(SCALE),
    )[8:10]
    check(
        out,
        lse,
        attend(q, k, v, np.arange(length - n + 1, length + 1) if causal else np.full(n, length)),
    )


@pytest.mark.parametrize("length", [1, 16, 17, 40])
def test_attention_decode(length: Any) -> None:
    q = normal(1, 4, 16)
    k, v, pages, indptr, where, last = paged(length)
    empty = [np.zeros_like(q), np.zeros((1, 4), np.float32)]
    out, lse = attention("batch_decode_paged_kv")(
        q, pages, indptr, where, last, zeros(1), zeros(1), *empty, 0, 1.0, 1e4, float(SCALE)
    )[7:9]
    check(out, lse, attend(q, k, v, [length]))
