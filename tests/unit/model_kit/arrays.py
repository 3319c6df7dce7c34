"""Arguments of kernels, as numpy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np


def row(vocab: Any, seed: Any = 0) -> Any:
    """Logits [1, vocab], seeded."""
    return np.random.default_rng(seed).normal(0, 5, (1, vocab)).astype(np.float32)


def i32(*values: Any) -> Any:
    return np.array(values, np.int32)


def f32(*values: Any) -> Any:
    return np.array(values, np.float32)


def zeros(n: Any) -> Any:
    return np.zeros(n, np.int32)
