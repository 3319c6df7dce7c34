"""Matrix products against numpy in float64, within 1e-4: scheduled without barriers, and plain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tvm
from tvm import te

from tools.model_kit.config import Schedule
from tools.model_kit.library.model import Matrix
from tools.model_kit.library.schedule import PROJECTIONS, FlatMatmul
from tools.model_kit.weights import quantize_q4

from .on_cpu import on_cpu

ROWS, COLS = 192, 64


def compiled(n: int, quantized: bool, schedule: Schedule) -> Any:
    matrix = Matrix(ROWS, COLS, quantized, PROJECTIONS[schedule])
    tensors = [te.placeholder([int(s) for s in t.shape], str(t.dtype)) for t in matrix.tensors]
    x = te.placeholder((1, n, COLS), "float32")
    function = te.create_prim_func([x, *tensors, matrix.product(x, *tensors)])
    if schedule == "webgpu-software":
        scheduled = FlatMatmul().apply(function, tvm.target.Target("webgpu"), False)
        function = scheduled.mod["main"]
        assert "threadIdx.x" in function.script()
        assert "shared" not in function.script()
    return on_cpu(function, "project")


@pytest.mark.parametrize("schedule", PROJECTIONS)
@pytest.mark.parametrize("quantized", [False, True])
@pytest.mark.parametrize("n", [1, 8, 13])
def test_projection(n: int, quantized: bool, schedule: Schedule) -> None:
    rng = np.random.default_rng(n)
    x = rng.standard_normal((1, n, COLS), dtype=np.float32)
    w = rng.standard_normal((ROWS, COLS), dtype=np.float32)
    stored: list[Any] = [w]
    if quantized:
        words, scale = quantize_q4(w)
        stored = [words, scale]
        nibbles = (words[:, :, None] >> (np.arange(8, dtype=np.uint32) * 4)) & 15
        w = (nibbles.reshape(w.shape).astype(np.float32) - 7) * np.repeat(scale, 32, axis=1)
    out = np.full((1, n, ROWS), np.nan, np.float32)
    got = compiled(n, quantized, schedule)(x, *stored, out)[-1]
    want = x.astype(np.float64) @ w.astype(np.float64).T
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)
