"""Run a GPU kernel on the CPU, its threads as loops.

None of the kit's kernels has a barrier, and no thread reads what another of the same launch writes,
so the order of the threads is free.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tvm
from tvm import s_tir, tirx


def on_cpu(kernel: Any, name: str) -> Callable[..., list[Any]]:
    """The kernel as a function that returns copies of its arguments as the kernel left them."""
    body = kernel.with_body(serial(kernel.body)).with_attr("global_symbol", name)
    run = tvm.compile(tvm.IRModule({name: body}), target="llvm")[name]

    def call(*args: Any) -> list[Any]:
        tensors = [tvm.runtime.tensor(a) if isinstance(a, np.ndarray) else a for a in args]
        run(*tensors)
        return [
            t.numpy() if isinstance(a, np.ndarray) else a
            for t, a in zip(tensors, args, strict=True)
        ]

    return call


def serial(stmt: Any) -> Any:
    """The statement with every thread index as an ordinary loop."""
    if isinstance(stmt, s_tir.SBlockRealize):
        return s_tir.SBlockRealize(stmt.iter_values, stmt.predicate, serial(stmt.block))
    if isinstance(stmt, s_tir.SBlock):
        return s_tir.SBlock(
            stmt.iter_vars,
            stmt.reads,
            stmt.writes,
            stmt.name_hint,
            serial(stmt.body),
            stmt.init,
            stmt.alloc_buffers,
        )
    if isinstance(stmt, tirx.AttrStmt) and stmt.attr_key == "thread_extent":
        kind = tirx.ForKind.SERIAL
        return tirx.For(stmt.node.var, 0, stmt.value, kind, serial(stmt.body))
    if isinstance(stmt, tirx.AttrStmt):
        return serial(stmt.body)
    if isinstance(stmt, tirx.For):
        kind = tirx.ForKind.SERIAL
        return tirx.For(stmt.loop_var, stmt.min, stmt.extent, kind, serial(stmt.body))
    if isinstance(stmt, tirx.SeqStmt):
        return tirx.SeqStmt([serial(s) for s in stmt.seq])
    return stmt
