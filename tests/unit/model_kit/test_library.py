"""What the compiler makes of a model under both schedules; browsers run it elsewhere."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tools.model_kit.config import SCHEDULES, LlamaConfig, Schedule
from tools.model_kit.library import compile as compile_module
from tools.model_kit.library.compile import compile_model

CFG = LlamaConfig(64, 128, 2, 4, 2, 16, 1024, quantization="q4f32_1")
ATTENTION = ("batch_prefill_ragged_kv", "batch_prefill_paged_kv", "batch_decode_paged_kv")


@cache
def shaders(schedule: Schedule) -> dict[str, str]:
    """The library's WGSL by the name of its kernel."""
    (module,) = compile_model(CFG, schedule).mod.imports
    sources = module.imports if module.kind != "webgpu" else [module]
    text = "\n".join(m.inspect_source() for m in sources if m.kind == "webgpu")
    parts = re.split(r"(?=//-+\n// Function: )", text)
    return {m[1]: part for part in parts if (m := re.match(r"//-+\n// Function: (\w+)", part))}


def barriers(schedule: Schedule) -> set[str]:
    return {name for name, source in shaders(schedule).items() if "workgroupBarrier" in source}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_no_shader_has_the_integers_wgsl_lacks(schedule: Schedule) -> None:
    assert len(shaders(schedule)) > 20
    for source in shaders(schedule).values():
        assert not re.search(r"\b[iu]64\b", source)


@pytest.mark.parametrize("name", ATTENTION)
def test_attention_has_barriers_on_gpus_only(name: str) -> None:
    def with_barriers(schedule: Schedule) -> bool:
        return any(kernel.startswith(name) for kernel in barriers(schedule))

    assert not with_barriers("webgpu-software")
    assert with_barriers("gpu")


def test_projections_have_barriers_on_gpus_only() -> None:
    assert not {n for n in barriers("webgpu-software") if "project" in n}
    assert {n for n in barriers("gpu") if "project" in n}


def test_a_tvm_with_other_names_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_module, "UNREACHED", ("renamed_kernel",))
    with pytest.raises(RuntimeError, match=r"\['renamed_kernel'\] not found"):
        compile_model(CFG, "webgpu-software")
