"""Compile TVM's web runtime, from its wheels' sources, and link model libraries with it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.model_kit.errors import ModelKitError

SHIM = Path(__file__).parent.parent / "shim"  # the headers that the wheels leave out
UNITS = ("wasm_runtime", "tvmjs_support", "webgpu_runtime")
# Messages hold the names of their source files: relative paths make the same objects everywhere.
COMPILE_FLAGS = (
    "-O2",
    "-std=c++17",
    "-Wno-ignored-attributes",
    "-I.",
    "-Iinclude",
    "-I3rdparty/tvm-ffi/include",
    "-I3rdparty/tvm-ffi/3rdparty/dlpack/include",
)
LINK_FLAGS = (
    "-O2",
    "--no-entry",
    *("-s", "STANDALONE_WASM=1"),
    *("-s", "WASM_BIGINT=1"),
    *("-s", "ALLOW_MEMORY_GROWTH=1"),
    *("-s", "TOTAL_MEMORY=64MB"),
    # WebLLM's JavaScript provides TVMFFIWasmSafeCall and TVMFFIWasmFunctionDeleter.
    *("-s", "ERROR_ON_UNDEFINED_SYMBOLS=0"),
)


def emscripten_version() -> str:
    """What `emcc` calls itself.

    Raises:
        ModelKitError: There is no `emcc` on the path.
    """
    if shutil.which("emcc") is None:
        raise ModelKitError(
            "emcc (emscripten), which compiles model libraries, was not found. Install it: "
            "apt-get install -y --no-install-recommends emscripten"
        )
    result = subprocess.run(["emcc", "--version"], capture_output=True, text=True, check=True)
    return result.stdout.splitlines()[0]


def build_runtime(out: Path) -> None:
    """Compile the runtime's objects into the folder `out`."""
    tree = out / "source"
    lay_out_sources(tree)
    jobs = [
        subprocess.Popen(
            ["emcc", *COMPILE_FLAGS, "-c", "-o", str(out.resolve() / f"{unit}.o"), source(unit)],
            cwd=tree,
            stderr=subprocess.PIPE,
            text=True,
        )
        for unit in UNITS
    ]
    complaints = [job.communicate()[1] for job in jobs]
    if any(job.returncode for job in jobs):
        raise ModelKitError("TVM's web runtime did not compile:\n" + "\n".join(complaints))
    shutil.rmtree(tree)


def source(unit: str) -> str:
    return f"web/emcc/{unit}.cc"


def lay_out_sources(tree: Path) -> None:
    """The wheels' sources, with the shim where they look for their missing headers."""
    import tvm
    import tvm_ffi

    tvm_dir, ffi_dir = Path(tvm.__file__).parent, Path(tvm_ffi.__file__).parent
    shutil.copytree(SHIM, tree)
    shutil.copytree(tvm_dir / "src/runtime", tree / "src/runtime")
    shutil.copytree(tvm_dir / "web/emcc", tree / "web/emcc")
    (tree / "include").symlink_to(tvm_dir / "include")
    (tree / "3rdparty/tvm-ffi").symlink_to(ffi_dir)
    drop_remote_calls(tree)


def drop_remote_calls(tree: Path) -> None:
    """Remote procedure calls are of no use in a model library and need more headers yet."""
    runtime = tree / source("wasm_runtime")
    lines = runtime.read_text().splitlines()
    kept = [line for line in lines if "src/runtime/rpc/" not in line]
    runtime.write_text("\n".join(kept) + "\n")
    support = tree / source("tvmjs_support")
    text = support.read_text().replace('#include "../../src/runtime/rpc/rpc_local_session.h"\n', "")
    support.write_text(text[: text.index("namespace tvm {")])


def link(executable: Any, runtime: Path, out: Path) -> None:
    """Write the model library `out` from TVM's executable and the objects in `runtime`."""
    objects = [str(runtime / f"{unit}.o") for unit in UNITS]

    def emcc(
        output: str, inputs: Sequence[str], options: Sequence[str] | None = None, **_: Any
    ) -> None:
        command = ["emcc", *LINK_FLAGS, "-o", output, *objects, *inputs, *(options or [])]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise ModelKitError(f"the library {out.name} did not link:\n{result.stderr}")

    emcc.object_format = "o"  # type: ignore[attr-defined]  # TVM asks its linkers for this
    executable.export_library(str(out), fcompile=emcc)
