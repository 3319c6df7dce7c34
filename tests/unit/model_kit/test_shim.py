"""The headers in shim/, compiled natively: number formats, base64, and TVM's own serialisation."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tvm
import tvm_ffi

from tools.model_kit.config import LlamaConfig
from tools.model_kit.library.compile import compile_model
from tools.model_kit.library.runtime import SHIM

CFG = LlamaConfig(64, 128, 2, 4, 2, 16, 1024)


@pytest.fixture(scope="session")
def native(tmp_path_factory: Any) -> Any:
    """test_shim.cc, a filter: its argument says what it does with standard input."""
    here, out = Path(__file__).parent, tmp_path_factory.mktemp("shim") / "filter"
    runtime, ffi = Path(tvm.__file__).parent, Path(tvm_ffi.__file__).parent
    include = [
        SHIM,
        runtime / "src",
        runtime / "include",
        ffi / "include",
        ffi / "3rdparty/dlpack/include",
    ]
    command = [
        "g++",
        "-O1",
        "-std=c++17",
        "-Wall",
        *(f"-I{d}" for d in include),
        here / "test_shim.cc",
        "-o",
        out,
    ]
    subprocess.run([*command, f"-L{ffi}/lib", "-ltvm_ffi", f"-Wl,-rpath,{ffi}/lib"], check=True)

    def run(what: Any, data: Any) -> Any:
        return subprocess.run([out, what], input=data, stdout=subprocess.PIPE, check=True).stdout

    return run


def test_half_to_float(native: Any) -> None:
    halves = np.arange(1 << 16, dtype=np.uint16)
    got = np.frombuffer(native("half_to_float", halves.tobytes()), np.uint32)
    want = halves.view(np.float16).astype(np.float32)
    number = ~np.isnan(want)
    np.testing.assert_array_equal(got[number], want.view(np.uint32)[number])
    assert np.isnan(got.view(np.float32)[~number]).all()


@pytest.mark.parametrize(
    ("what", "dtype"), [("float_to_half", np.float32), ("double_to_half", np.float64)]
)
def test_to_half(native: Any, what: Any, dtype: Any) -> None:
    halves = np.arange(0x7C01, dtype=np.uint16).view(np.float16).astype(dtype)
    halves[-1] = 65536  # what would come after the greatest half
    ties = (halves[1:] + halves[:-1]) / 2
    near = [np.nextafter(ties, dtype(toward)) for toward in (0, np.inf)]
    special = np.array(
        [1e30, np.inf, np.nan, 1e-40, np.finfo(dtype).tiny, np.finfo(dtype).max], dtype
    )
    random = np.frombuffer(np.random.default_rng(0).bytes(800_000), dtype)
    values = np.concatenate([halves, ties, *near, special, random])
    values = np.concatenate([values, -values])
    got = np.frombuffer(native(what, values.tobytes()), np.uint16)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        want = values.astype(np.float16)
    number = ~np.isnan(want)
    np.testing.assert_array_equal(got[number], want.view(np.uint16)[number])
    assert np.isnan(got.view(np.float16)[~number]).all()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 10_000])
def test_base64(native: Any, size: Any) -> None:
    data = np.random.default_rng(size).bytes(size)
    assert native("to_base64", data) == base64.b64encode(data)
    assert native("from_base64", base64.b64encode(data)) == data


def test_serializer_agrees_with_the_compiler(native: Any) -> None:
    """Reading what the compiler wrote for a model, and writing it again, gives the same bytes."""
    modules = tvm_ffi.get_global_func("runtime.ModulePackImportsToTensor")(
        compile_model(CFG, "webgpu-software").mod
    )
    data = modules.numpy().tobytes()
    assert len(data) > 50_000
    assert native("library", data) == data
