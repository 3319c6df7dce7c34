"""The sampler: sort a row of probabilities, then draw from the head of it that holds top_p."""

# TVMScript is parsed by TVM, not run by Python: its decorators and annotations mean something else.
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

from __future__ import annotations

from tvm import tirx
from tvm.script import tirx as T  # noqa: N812

from tools.model_kit.library.logits import THREADS


def sort_kernel(vocab: int) -> tirx.PrimFunc:
    """A bitonic sort of one row, descending; a launch per step, so no barriers.

    TVM's own sort for GPUs needs blockIdx.z, which its WebGPU code generator lacks.
    """
    log_n = (vocab - 1).bit_length()
    size = 1 << log_n

    @T.prim_func(s_tir=True)
    def sort_descending(
        probs_h: T.handle, values_h: T.handle, ids_h: T.handle, keys_h: T.handle, order_h: T.handle
    ):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        probs = T.match_buffer(probs_h, (1, vocab), "float32")
        values = T.match_buffer(values_h, (1, vocab), "float32")
        ids = T.match_buffer(ids_h, (1, vocab), "int32")
        keys = T.match_buffer(keys_h, (size,), "float32")  # the row padded to a power of two
        order = T.match_buffer(order_h, (size,), "int32")
        with T.sblock("sort"):
            T.reads()
            T.writes()
            with T.attr(0, "hand_threaded", 0):
                thread = T.launch_thread("threadIdx.x", THREADS)
                block = T.launch_thread("blockIdx.x", (size + THREADS - 1) // THREADS)
                if block * THREADS + thread < size:
                    order[block * THREADS + thread] = block * THREADS + thread
                    keys[block * THREADS + thread] = T.float32(-1)  # below any probability
                    if block * THREADS + thread < vocab:
                        keys[block * THREADS + thread] = probs[0, block * THREADS + thread]
            for stage in range(log_n):
                for step in range(stage + 1):
                    with T.attr(0, "hand_threaded", 0):
                        thread = T.launch_thread("threadIdx.x", THREADS)
                        block = T.launch_thread("blockIdx.x", (size // 2 + THREADS - 1) // THREADS)
                        if block * THREADS + thread < size // 2:
                            stride: T.int32 = T.shift_left(1, stage - step)
                            pair: T.int32 = block * THREADS + thread
                            low: T.int32 = pair // stride * (2 * stride) + pair % stride
                            rising: T.int32 = T.shift_right(low, stage + 1) % 2
                            a: T.float32 = keys[low]
                            b: T.float32 = keys[low + stride]
                            first: T.int32 = order[low]
                            if (rising == 0 and a < b) or (rising == 1 and a > b):
                                keys[low] = b
                                keys[low + stride] = a
                                order[low] = order[low + stride]
                                order[low + stride] = first
            with T.attr(0, "hand_threaded", 0):
                thread = T.launch_thread("threadIdx.x", THREADS)
                block = T.launch_thread("blockIdx.x", (vocab + THREADS - 1) // THREADS)
                if block * THREADS + thread < vocab:
                    values[0, block * THREADS + thread] = keys[block * THREADS + thread]
                    ids[0, block * THREADS + thread] = order[block * THREADS + thread]

    return sort_descending


def draw_kernel(vocab: int) -> tirx.PrimFunc:
    """Draw from the shortest prefix of the sorted probabilities that holds top_p of them.

    One thread walks the row and stops where the prefix ends, mostly after a few tokens.
    """

    @T.prim_func(s_tir=True)
    def draw_top_p(
        probs_h: T.handle,
        ids_h: T.handle,
        uniform_h: T.handle,
        rows_h: T.handle,
        top_p_h: T.handle,
        out_h: T.handle,
    ):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        probs = T.match_buffer(probs_h, (1, vocab), "float32")
        ids = T.match_buffer(ids_h, (1, vocab), "int32")
        uniform = T.match_buffer(uniform_h, (1,), "float32")
        rows = T.match_buffer(rows_h, (1,), "int32")
        top_p = T.match_buffer(top_p_h, (1,), "float32")
        out = T.match_buffer(out_h, (1,), "int32")
        mass = T.sblock_alloc_buffer((1,), "float32", scope="local")
        seen = T.sblock_alloc_buffer((1,), "float32", scope="local")
        at = T.sblock_alloc_buffer((1,), "int32", scope="local")
        for _block in T.thread_binding(0, 1, "blockIdx.x"):
            for _thread in T.thread_binding(0, 1, "threadIdx.x"):
                with T.sblock("draw"):
                    T.reads(probs[0, 0:vocab], ids[0, 0:vocab], uniform[0], rows[0], top_p[0])
                    T.writes(out[0])
                    mass[0] = T.float32(0)
                    at[0] = 0
                    while at[0] < vocab and mass[0] < top_p[rows[0]]:
                        mass[0] = mass[0] + probs[rows[0], at[0]]
                        at[0] = at[0] + 1
                    out[0] = ids[rows[0], 0]
                    seen[0] = T.float32(0)
                    at[0] = 0
                    while at[0] < vocab and seen[0] <= uniform[0] * mass[0] and seen[0] < mass[0]:
                        out[0] = ids[rows[0], at[0]]
                        seen[0] = seen[0] + probs[rows[0], at[0]]
                        at[0] = at[0] + 1

    return draw_top_p
