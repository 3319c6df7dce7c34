"""From a model's shape to TVM's executable: the model, the sampler, the cache and the metadata."""

from __future__ import annotations

import json
from typing import Any

import tvm
from tvm import relax, tirx
from tvm.relax.frontend.nn.llm.kv_cache import RopeMode, TIRPagedKVCache

from tools.model_kit.config import LlamaConfig, Schedule
from tools.model_kit.library.attention import attention_kernels
from tools.model_kit.library.logits import logit_kernels
from tools.model_kit.library.model import Llama
from tools.model_kit.library.sampling import draw_kernel, sort_kernel
from tools.model_kit.library.schedule import PROJECTIONS, pipeline

TARGET = {
    "kind": "webgpu",
    # LLVM's newer wasm features are off: the linker of an older emscripten does not know them.
    "host": {"kind": "llvm", "mtriple": "wasm32-unknown-unknown-wasm", "mcpu": "mvp"},
}
UNREACHED = (  # the cache asks for these too; WebLLM needs them for sliding windows and token trees
    "batch_prefill_paged_kv_sliding_window",
    "batch_decode_paged_kv_sliding_window",
    "tree_attn_paged_kv",
    "batch_tree_attn",
)


def compile_model(cfg: LlamaConfig, schedule: Schedule) -> Any:
    """TVM's executable for `cfg`, ready to be linked into a model library."""
    target = tvm.target.Target(TARGET)
    model = Llama(cfg, PROJECTIONS[schedule])
    with target:
        mod, params = model.export_tvm(spec=model.spec())
        named = [(name.replace("embed_table.", "embed."), p) for name, p in params]
        bb = relax.BlockBuilder(mod)
        attach_sampler(bb, cfg.vocab_size)
        attach_kv_cache(bb, cfg, target)
        attach_metadata(bb, cfg, named)
        mod = bb.finalize()
        replace_kernels(mod, cfg, schedule)
        bound_sequence_length(mod, cfg.prefill_chunk_size)
        return relax.build(
            mod, target=target, relax_pipeline=pipeline(schedule, target), system_lib=True
        )


def attach_sampler(bb: Any, vocab: int) -> None:
    """`argsort_probs`, `sample_with_top_p` and the logit kernels."""
    row, ids_row = relax.TensorType((1, vocab), "float32"), relax.TensorType((1, vocab), "int32")
    size = 1 << (vocab - 1).bit_length()
    probs = relax.Var("probs", row)
    with bb.function("argsort_probs", [probs]):
        with bb.dataflow():
            kernel = bb.add_func(sort_kernel(vocab), "sort_descending")
            work = [relax.TensorType((size,), "float32"), relax.TensorType((size,), "int32")]
            result = bb.emit(relax.call_tir(kernel, [probs], out_ty=[row, ids_row, *work]))
            out = bb.emit_output((result[0], result[1]))
        bb.emit_func_output(out)

    f32, i32 = relax.TensorType((1,), "float32"), relax.TensorType((1,), "int32")
    args = [
        relax.Var("sorted_probs", row),
        relax.Var("sorted_ids", ids_row),
        relax.Var("uniform", f32),
        relax.Var("rows", i32),
        relax.Var("top_p", f32),
    ]
    with bb.function("sample_with_top_p", args):
        with bb.dataflow():
            kernel = bb.add_func(draw_kernel(vocab), "draw_top_p")
            out = bb.emit_output(relax.call_tir(kernel, args, out_ty=i32))
        bb.emit_func_output(out)
    for name, kernel in logit_kernels(vocab).items():
        bb.add_func(kernel, name)


def attach_kv_cache(bb: Any, cfg: LlamaConfig, target: Any) -> None:
    """`create_tir_paged_kv_cache`, with TVM's own attention kernels for now."""
    names = [
        "max_batch_size",
        "max_total_seq_len",
        "prefill_chunk_size",
        "page_size",
        "support_sliding_window",
    ]
    sizes = {name: tirx.Var(name, "int64") for name in names}
    params = [relax.Var(f"{name}_", relax.ShapeType([size])) for name, size in sizes.items()]
    with bb.function("create_tir_paged_kv_cache", params):
        cache = TIRPagedKVCache(
            attn_kind="mha",
            **sizes,
            layer_partition=relax.ShapeExpr([0, cfg.num_hidden_layers]),
            num_hidden_layers=cfg.num_hidden_layers,
            num_attention_heads=cfg.num_attention_heads,
            num_key_value_heads=cfg.num_key_value_heads,
            qk_head_dim=cfg.head_dim,
            v_head_dim=cfg.head_dim,
            mla_original_qk_head_dim=0,
            mla_original_v_head_dim=0,
            rope_mode=RopeMode.NORMAL,
            rope_scale=1,
            rope_theta=cfg.rope_theta,
            rope_scaling={},
            rope_ext_factors=relax.prim_value(0),  # how TVM spells 'none'
            rotary_dim=cfg.head_dim,
            enable_disaggregation=False,
            dtype="float32",
            target=target,
        )
        bb.emit_func_output(cache._expr)


def attach_metadata(bb: Any, cfg: LlamaConfig, params: list[tuple[str, Any]]) -> None:
    """`_metadata`, which tells WebLLM the parameters' order and the sizes of the cache."""
    metadata = {
        "model_type": "llama",
        "quantization": cfg.quantization,
        "context_window_size": cfg.context_window_size,
        "sliding_window_size": -1,
        "attention_sink_size": -1,
        "prefill_chunk_size": cfg.prefill_chunk_size,
        "max_batch_size": 1,
        "tensor_parallel_shards": 1,
        "pipeline_parallel_stages": 1,
        "kv_state_kind": "kv_cache",
        "model_task": "chat",
        "params": [
            {"name": name, "shape": [int(s) for s in p.shape], "dtype": str(p.dtype)}
            for name, p in params
        ],
        "kv_cache": {
            "num_hidden_layers": cfg.num_hidden_layers,
            "num_attention_heads": cfg.num_attention_heads,
            "num_key_value_heads": cfg.num_key_value_heads,
            "head_dim": cfg.head_dim,
        },
    }
    with bb.function("_metadata", []):
        bb.emit_func_output(tvm.ir.StringImm(json.dumps(metadata)))


def replace_kernels(mod: Any, cfg: LlamaConfig, schedule: Schedule) -> None:
    """Put our attention kernels in place of TVM's, where the schedule has them; drop the unreached.

    Raises:
        RuntimeError: TVM names its kernels otherwise than this kit knows.
    """
    kernels = attention_kernels(cfg) if schedule == "webgpu-software" else {}
    absent = {*kernels, *UNREACHED}
    for gv, func in mod.functions_items():
        name = gv.name_hint
        absent.discard(name)
        if name in kernels:
            mod[gv] = kernels[name].with_attr("global_symbol", name)
        elif name in UNREACHED:
            mod[gv] = func.with_body(refusal())
    if absent:
        raise RuntimeError(
            f"this TVM names its attention kernels otherwise: {sorted(absent)} not found"
        )


def refusal() -> Any:
    return tirx.AssertStmt(
        tirx.const(False, "bool"),
        tvm.ir.StringImm("RuntimeError"),
        [tvm.ir.StringImm("left out of this library")],
    )


def bound_sequence_length(mod: Any, prefill_chunk_size: int) -> None:
    """Say how long a prefill can be, so that TVM plans its memory once."""
    for gv, func in mod.functions_items():
        if isinstance(func, relax.Function):
            mod[gv] = func.with_attr("tir_var_upper_bound", {"seq_len": prefill_chunk_size})
