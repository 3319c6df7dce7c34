"""Kernels that edit a row of logits in place before a token is drawn: bias, penalties, bit mask."""

# TVMScript is parsed by TVM, not run by Python: its decorators and annotations mean something else.
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

from __future__ import annotations

from tvm import tirx
from tvm.script import tirx as T  # noqa: N812

THREADS = 256  # WebGPU's guaranteed maxComputeInvocationsPerWorkgroup
# The bits of the lowest float32: TVM writes numbers into WGSL with seven digits, too few for it.
LOWEST = 0xFF7FFFFF


def logit_kernels(vocab: int) -> dict[str, tirx.PrimFunc]:
    """The three kernels, for logits [1, vocab], by the names WebLLM calls."""
    words = (vocab + 31) // 32

    @T.prim_func(s_tir=True)
    def apply_logit_bias_inplace(
        logits_h: T.handle, rows_h: T.handle, ids_h: T.handle, bias_h: T.handle
    ):
        """Add each bias to the logit of its token."""
        T.func_attr(
            {
                "global_symbol": "apply_logit_bias_inplace",
                "tirx.noalias": True,
                "tirx.is_scheduled": True,
            }
        )
        n = T.int32()
        logits = T.match_buffer(logits_h, (1, vocab), "float32")
        rows = T.match_buffer(rows_h, (n,), "int32")
        ids = T.match_buffer(ids_h, (n,), "int32")
        bias = T.match_buffer(bias_h, (n,), "float32")
        with T.sblock("edit"):
            T.reads()
            T.writes()
            thread = T.launch_thread("threadIdx.x", THREADS)
            block = T.launch_thread("blockIdx.x", (n + THREADS - 1) // THREADS)
            if block * THREADS + thread < n:
                i: T.int32 = block * THREADS + thread
                logits[rows[i], ids[i]] = logits[rows[i], ids[i]] + bias[i]

    @T.prim_func(s_tir=True)
    def apply_penalty_inplace(
        logits_h: T.handle,
        seqs_h: T.handle,
        rows_h: T.handle,
        ids_h: T.handle,
        counts_h: T.handle,
        penalties_h: T.handle,
    ):
        """Make tokens that have appeared less likely.

        The presence, frequency and repetition penalties, in this order: the first two as OpenAI's
        API defines them, the last dividing a positive logit and multiplying a negative one so that
        it lowers both. A token with count 0 has not appeared and keeps its logit.
        """
        T.func_attr(
            {
                "global_symbol": "apply_penalty_inplace",
                "tirx.noalias": True,
                "tirx.is_scheduled": True,
            }
        )
        n = T.int32()
        logits = T.match_buffer(logits_h, (1, vocab), "float32")
        seqs = T.match_buffer(seqs_h, (1,), "int32")
        rows = T.match_buffer(rows_h, (n,), "int32")
        ids = T.match_buffer(ids_h, (n,), "int32")
        counts = T.match_buffer(counts_h, (n,), "int32")
        penalties = T.match_buffer(penalties_h, (1, 3), "float32")
        with T.sblock("edit"):
            T.reads()
            T.writes()
            thread = T.launch_thread("threadIdx.x", THREADS)
            block = T.launch_thread("blockIdx.x", (n + THREADS - 1) // THREADS)
            if block * THREADS + thread < n:
                i: T.int32 = block * THREADS + thread
                if counts[i] > 0:
                    row: T.int32 = rows[i]
                    logit: T.float32 = logits[seqs[row], ids[i]]
                    count: T.float32 = T.Cast("float32", counts[i])
                    logit = logit - penalties[row, 0] - count * penalties[row, 1]
                    if logit > T.float32(0):
                        logit = logit / penalties[row, 2]
                    else:
                        logit = logit * penalties[row, 2]
                    logits[seqs[row], ids[i]] = logit

    @T.prim_func(s_tir=True)
    def apply_bitmask_inplace(logits_h: T.handle, seqs_h: T.handle, mask_h: T.handle):
        """Rule out the tokens whose bit is 0."""
        T.func_attr(
            {
                "global_symbol": "apply_bitmask_inplace",
                "tirx.noalias": True,
                "tirx.is_scheduled": True,
            }
        )
        logits = T.match_buffer(logits_h, (1, vocab), "float32")
        seqs = T.match_buffer(seqs_h, (1,), "int32")
        mask = T.match_buffer(mask_h, (1, words), "int32")
        with T.sblock("edit"):
            T.reads()
            T.writes()
            thread = T.launch_thread("threadIdx.x", THREADS)
            block = T.launch_thread("blockIdx.x", (vocab + THREADS - 1) // THREADS)
            if block * THREADS + thread < vocab:
                i: T.int32 = block * THREADS + thread
                if T.bitwise_and(T.shift_right(mask[seqs[0], i // 32], i % 32), 1) == 0:
                    logits[seqs[0], i] = T.reinterpret("float32", T.uint32(LOWEST))

    return {
        "apply_logit_bias_inplace": apply_logit_bias_inplace,
        "apply_penalty_inplace": apply_penalty_inplace,
        "apply_bitmask_inplace": apply_bitmask_inplace,
    }
