"""How matrix products are written and scheduled, for software WebGPU and for real GPUs."""

# TVM carries no types, so its base classes are Any to mypy.
# mypy: disable-error-code="misc"

from __future__ import annotations

from typing import Any

import tvm
from tvm import relax, s_tir, te, tirx
from tvm.s_tir import dlight as dl

from tools.model_kit.config import PER_WORD, Schedule
from tools.model_kit.library.model import Projection

# Rows and columns a thread computes and threads in a workgroup, by whether x is a single row
TILES = {True: (1, 8, 8), False: (8, 8, 8)}


def tiled_projection(x: Any, weight: Any) -> Any:
    """x [b, n, k] times weight [rows, k] transposed, as `FlatMatmul` expects it: in whole tiles."""
    b, n, cols = x.shape
    rows = weight.shape[0]
    one_row = is_one(n)
    tile = TILES[one_row][0]
    padded = (n + tile - 1) // tile * tile  # spare rows repeat the last one; nothing reads them
    a = x
    if not one_row:
        a = te.compute((b, padded, cols), lambda b, i, k: x[b, te.min(i, n - 1), k], name="rows")
    k = te.reduce_axis((0, cols), name="k")
    product = te.compute(
        (b, padded, rows), lambda b, i, r: te.sum(a[b, i, k] * weight[r, k], axis=k), name="product"
    )
    return te.compute((b, n, rows), lambda b, i, r: product[b, i, r], name="project")


def plain_projection(x: Any, weight: Any) -> Any:
    """x [b, n, k] times weight [rows, k] transposed, in the form TVM's own rules recognise."""
    b, n, cols = x.shape
    k = te.reduce_axis((0, cols), name="k")
    return te.compute(
        (b, n, weight.shape[0]),
        lambda b, i, r: te.sum(x[b, i, k] * weight[r, k], axis=k),
        name="project",
    )


def is_one(extent: Any) -> bool:
    return isinstance(extent, tirx.IntImm) and int(extent) == 1


PROJECTIONS: dict[Schedule, Projection] = {
    "webgpu-software": tiled_projection,
    "gpu": plain_projection,
}


class FlatMatmul(dl.base.ScheduleRule):
    """Matrix products without workgroup memory or barriers: each thread keeps a tile of the result.

    A software WebGPU (SwiftShader) runs a barrier many times slower than arithmetic.
    """

    def apply(self, func: Any, target: Any, _tunable: bool) -> Any:
        sch = s_tir.Schedule(func)
        try:
            product, out = sch.get_sblock("product"), sch.get_sblock("project")
        except s_tir.schedule.ScheduleError:  # no such blocks: not one of ours
            return None
        producers = {sch.get(block).name_hint: block for block in sch.get_producers(product)}
        rows, dequantize = producers.get("rows"), producers.get("dequantize")
        for after in sch.get_consumers(out):  # a fused addition takes the copy's place
            sch.compute_inline(out)
            out = after
        tile_i, tile_r, threads = TILES[rows is None]
        b, i, r = sch.get_loops(out)
        i0, i1 = sch.split(i, [None, tile_i])
        r0, rt, r1 = sch.split(r, [None, threads, tile_r])
        sch.reorder(b, i0, r0, rt, i1, r1)
        sch.bind(sch.fuse(b, i0), "blockIdx.y")
        sch.bind(r0, "blockIdx.x")
        sch.bind(rt, "threadIdx.x")
        sch.compute_at(product, rt, preserve_unit_loops=True)
        sch.set_scope(product, 0, "local")
        bb, ii, rr, k = sch.get_loops(product)[-4:]
        k0, k1 = sch.split(k, [None, PER_WORD])
        sch.reorder(k0, k1, bb, ii, rr)
        unroll = [k1, ii, rr, i1, r1]

        def load_at(block: Any, loop: Any) -> None:  # operands into registers, each value once
            sch.compute_at(block, loop, preserve_unit_loops=True)
            sch.set_scope(block, 0, "local")
            unroll.extend(sch.get_loops(block)[-len(sch.get(block).iter_vars) :])

        load_at(rows or sch.cache_read(product, 0, "local"), k1)
        if dequantize:
            load_at(dequantize, k1)
            for index in range(2):  # a packed word serves eight steps, a scale thirty-two
                load_at(sch.cache_read(dequantize, index, "local"), k0)
        else:
            load_at(sch.cache_read(product, 1, "local"), k1)
        for loop in unroll:
            sch.unroll(loop)
        sch.decompose_reduction(product, k0)
        return sch


def pipeline(schedule: Schedule, target: Any) -> Any:
    """TVM's default passes for GPUs, with indices narrowed and, where asked for, flat matmuls."""
    r = relax.transform
    own_rules = [FlatMatmul()] if schedule == "webgpu-software" else []
    return tvm.transform.Sequential(
        [
            tirx.transform.BindTarget(target),
            r.LegalizeOps(),
            r.AnnotateTIROpPattern(),
            r.FoldConstant(),
            r.FuseOps(),
            r.FuseTIR(),
            r.DeadCodeElimination(),
            dl.ApplyDefaultSchedule(
                *own_rules,
                dl.gpu.Matmul(),
                dl.gpu.GEMV(),
                dl.gpu.Reduction(),
                dl.gpu.GeneralReduction(),
                dl.gpu.Fallback(),
            ),
            tirx.transform.ForceNarrowIndexToInt32(),  # WGSL has no 64-bit integers
            r.RewriteDataflowReshape(),
            r.ToNonDataflow(),
            r.RemovePurityChecking(),
            r.CallTIRRewrite(),
            r.StaticPlanBlockMemory(),
            r.LowerAllocTensor(),
            r.KillAfterLastUse(),
            r.LowerRuntimeBuiltin(),
            r.ComputePrimValue(),
            r.VMShapeLower(),
            r.AttachGlobalSymbol(),
        ]
    )
