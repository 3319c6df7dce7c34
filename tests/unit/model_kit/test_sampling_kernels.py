"""The sort and the draw against numpy, exactly."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from tools.model_kit.library.sampling import draw_kernel, sort_kernel

from .arrays import f32, i32, row, zeros
from .on_cpu import on_cpu

VOCABS = [33, 1000, 1024]


@cache
def draw(vocab: Any) -> Any:
    return on_cpu(draw_kernel(vocab), "draw_top_p")


def draw_top_p(probs: Any, ids: Any, uniform: Any, top_p: Any) -> Any:
    """In float32 and in the kernel's order, so that no rounding can tell the two apart."""
    before, mass = [], np.float32(0)
    for p in probs[0]:
        if mass < top_p:
            before.append(mass)
            mass = np.float32(mass + p)
    return ids[0, max(k for k, b in enumerate(before) if k == 0 or b <= np.float32(uniform * mass))]


def sorted_row(vocab: Any, temperature: Any = 1.0) -> Any:
    x = np.exp(row(vocab).astype(np.float64) / temperature)
    p = (x / x.sum()).astype(np.float32)
    order = np.argsort(-p, axis=1, kind="stable").astype(np.int32)
    return np.take_along_axis(p, order, axis=1), order


@pytest.mark.parametrize("vocab", VOCABS)
@pytest.mark.parametrize("temperature", [0.05, 1, 50])
@pytest.mark.parametrize("top_p", [1e-5, 0.3, 0.9, 1])
def test_top_p(vocab: Any, temperature: Any, top_p: Any) -> None:
    probs, ids = sorted_row(vocab, temperature)
    call = draw(vocab)
    for uniform in [0, 0.1, 0.5, 0.77, 0.999, np.nextafter(np.float32(1), np.float32(0))]:
        got = call(probs, ids, f32(uniform), i32(0), f32(top_p), i32(-1))[-1]
        assert got[0] == draw_top_p(probs, ids, np.float32(uniform), np.float32(top_p))


def test_top_p_draws_in_proportion() -> None:
    probs = np.zeros((1, 33), np.float32)
    probs[0, :4] = 0.5, 0.25, 0.125, 0.125
    ids = np.arange(100, 133, dtype=np.int32)[None]
    call = draw(33)
    drawn = [
        call(probs, ids, f32((k + 0.5) / 600), i32(0), f32(0.75), i32(-1))[-1][0]
        for k in range(600)
    ]
    assert np.unique(drawn).tolist() == [100, 101]
    assert drawn.count(100) == 400


@pytest.mark.parametrize("vocab", VOCABS)
def test_sort(vocab: Any) -> None:
    probs = np.exp(row(vocab)) / np.exp(row(vocab)).sum()
    probs[0, : vocab // 2] = 0  # ties, as after a mask
    size = 1 << (vocab - 1).bit_length()
    call = on_cpu(sort_kernel(vocab), "sort")
    values, ids = call(
        probs, np.zeros_like(probs), zeros((1, vocab)), np.zeros(size, np.float32), zeros(size)
    )[1:3]
    np.testing.assert_array_equal(values[0], -np.sort(-probs[0]))
    np.testing.assert_array_equal(probs[0, ids[0]], values[0])
    assert sorted(ids[0]) == list(range(vocab))
