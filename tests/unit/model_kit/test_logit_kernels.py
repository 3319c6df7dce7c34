"""The logit kernels against numpy.

Bias and mask must agree exactly; penalties within 1e-6, since numpy may round a product once more.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import tvm
from tvm import tirx

from tools.model_kit.library.compile import TARGET
from tools.model_kit.library.logits import logit_kernels

from .arrays import f32, i32, row, zeros
from .on_cpu import on_cpu

LOWEST = np.finfo(np.float32).min
VOCABS = [33, 1000, 1024]
COUNTS = [0, 1, 300]


@cache
def logit_kernel(name: Any, vocab: Any) -> Any:
    return on_cpu(logit_kernels(vocab)[name], name)


def some_ids(vocab: Any, n: Any, seed: Any = 1) -> Any:
    """Up to n different tokens, the first and the last among them."""
    rest = np.random.default_rng(seed).permutation(np.arange(1, vocab - 1))
    return np.concatenate([[vocab - 1, 0], rest])[:n].astype(np.int32)


# --- logit bias --------------------------------------------------------------------------------


@pytest.mark.parametrize("vocab", VOCABS)
@pytest.mark.parametrize("n", COUNTS)
def test_logit_bias(vocab: Any, n: Any) -> None:
    logits, ids = row(vocab), some_ids(vocab, n)
    bias = np.linspace(-100, 100, len(ids)).astype(np.float32)
    want = logits.copy()
    want[0, ids] += bias
    got = logit_kernel("apply_logit_bias_inplace", vocab)(logits, zeros(len(ids)), ids, bias)[0]
    np.testing.assert_array_equal(got, want)


# --- penalties ---------------------------------------------------------------------------------


def penalize(
    logits: Any, ids: Any, counts: Any, presence: Any, frequency: Any, repetition: Any
) -> Any:
    out = logits.copy()
    for i, count in zip(ids, counts, strict=True):
        if count > 0:
            x = out[0, i] - np.float32(presence) - np.float32(count) * np.float32(frequency)
            out[0, i] = x / np.float32(repetition) if x > 0 else x * np.float32(repetition)
    return out


@pytest.mark.parametrize("vocab", VOCABS)
@pytest.mark.parametrize("n", COUNTS)
@pytest.mark.parametrize(
    "penalties", [(0, 0, 1), (0.5, 0, 1), (0, 0.25, 1), (0, 0, 1.3), (0.7, -0.4, 1.2), (-2, 2, 0.5)]
)
def test_penalty(vocab: Any, n: Any, penalties: Any) -> None:
    logits, ids = row(vocab), some_ids(vocab, n)
    counts = (np.arange(len(ids)) % 7).astype(np.int32)  # a token that has not appeared too
    got = logit_kernel("apply_penalty_inplace", vocab)(
        logits, i32(0), zeros(len(ids)), ids, counts, f32(penalties)
    )[0]
    np.testing.assert_allclose(got, penalize(logits, ids, counts, *penalties), rtol=1e-6, atol=1e-6)


def test_repetition_penalty_lowers_both_signs() -> None:
    logits = np.zeros((1, 33), np.float32)
    logits[0, :4] = 4, -4, 0, 7
    call = logit_kernel("apply_penalty_inplace", 33)
    got = call(logits, i32(0), zeros(3), i32(0, 1, 2), i32(1, 1, 1), f32((0, 0, 2)))[0]
    np.testing.assert_array_equal(got[0, :4], [2, -8, 0, 7])


def test_repetition_penalty_sees_the_logit_after_the_other_two() -> None:
    logits = np.zeros((1, 33), np.float32)
    logits[0, :2] = 1, 5
    call = logit_kernel("apply_penalty_inplace", 33)
    got = call(logits, i32(0), zeros(2), i32(0, 1), i32(2, 2), f32((1, 1, 2)))[0]
    np.testing.assert_array_equal(got[0, :2], [-4, 1])  # (1 - 1 - 2) * 2, (5 - 1 - 2) / 2


# --- bit mask ----------------------------------------------------------------------------------


def pack(allowed: Any) -> Any:
    bits = np.zeros((len(allowed) + 31) // 32 * 32, bool)
    bits[: len(allowed)] = allowed
    return np.packbits(bits, bitorder="little").view(np.int32)[None]


@pytest.mark.parametrize("vocab", [1, 31, 32, *VOCABS])
@pytest.mark.parametrize("kind", ["none", "all", "random", "edges", "not edges"])
def test_bitmask(vocab: Any, kind: Any) -> None:
    logits = row(vocab)
    edge = np.isin(np.arange(vocab) % 32, [0, 31])
    random = np.random.default_rng(2).random(vocab) < 0.5
    allowed = {
        "none": edge & False,
        "all": edge | True,
        "random": random,
        "edges": edge,
        "not edges": ~edge,
    }[kind]
    got = logit_kernel("apply_bitmask_inplace", vocab)(logits, i32(0), pack(allowed))[0]
    np.testing.assert_array_equal(got, np.where(allowed, logits, LOWEST))


def test_logit_kernels_in_wgsl() -> None:
    target = tvm.target.Target(TARGET)
    mod = tirx.transform.BindTarget(target)(tvm.IRModule(logit_kernels(1000)))
    mod = tirx.transform.ForceNarrowIndexToInt32()(mod)
    source = tvm.compile(mod, target=target).mod.imports[0].inspect_source()
    for name in ("apply_logit_bias_inplace", "apply_penalty_inplace", "apply_bitmask_inplace"):
        assert f"fn {name}_kernel(" in source
    assert f"bitcast<f32>({np.float32(LOWEST).view(np.uint32)}u)" in source
    assert "workgroupBarrier" not in source
