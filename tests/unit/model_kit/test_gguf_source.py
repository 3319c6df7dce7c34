from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tools.model_kit.gguf_source import GGUFError, GGUFSource, unpermute

from .tiny_gguf import HIDDEN, shapes, write_gguf


def convert(path: Path) -> None:
    """Read everything a build reads."""
    source = GGUFSource(path)
    cfg = source.config(quantization="q0f32", context=64, prefill_chunk=32)
    source.vocabulary()
    for _ in source.weights(cfg):
        pass


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    source = GGUFSource(write_gguf(tmp_path / "good.gguf"))
    cfg = source.config(quantization="q0f32", context=64, prefill_chunk=32)
    weights = dict(source.weights(cfg))
    assert cfg.head_dim == 8
    assert cfg.rms_norm_eps == 1e-5
    assert {name: w.shape for name, w in weights.items() if w.ndim == 2} == cfg.matrices()
    assert {name for name, w in weights.items() if w.ndim == 1} == set(cfg.norms())


def test_the_rotary_halves_come_back() -> None:
    """llama.cpp's converter permutes so; undoing it gives back the original."""
    w = np.arange(16 * 3, dtype=np.float32).reshape(16, 3)
    heads = 2
    permuted = w.reshape(heads, 2, 16 // heads // 2, 3).swapaxes(1, 2).reshape(16, 3)
    np.testing.assert_array_equal(unpermute(permuted, heads), w)


@pytest.mark.parametrize("content", [b"", b"GG", b"PK\x03\x04" + b"\0" * 500, b"<!doctype html>"])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(content)
    with pytest.raises(GGUFError, match=r"other\.gguf cannot be used: it is not a GGUF file"):
        convert(path)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.2, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    whole = write_gguf(tmp_path / "good.gguf").read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(whole[: max(4, int(len(whole) * share))])
    with pytest.raises(GGUFError, match=r"cut\.gguf cannot be used: it is truncated or damaged"):
        convert(path)


def test_the_real_file_cut_short_is_refused(gguf: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    with gguf.open("rb") as file:
        path.write_bytes(file.read(30_000_000))
    with pytest.raises(GGUFError, match=r"cut\.gguf cannot be used: it is truncated or damaged"):
        convert(path)


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "qwen.gguf", architecture="qwen2")
    with pytest.raises(GGUFError, match=r"general\.architecture is 'qwen2'"):
        convert(path)


def test_another_tokenizer_is_refused(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "other.gguf", tokenizer="qwen2")
    with pytest.raises(GGUFError, match=r"tokenizer\.ggml\.pre is 'qwen2'"):
        convert(path)


@pytest.mark.parametrize("name", shapes())
def test_a_missing_tensor_is_named(tmp_path: Path, name: str) -> None:
    tensors = {n: s for n, s in shapes().items() if n != name}
    path = write_gguf(tmp_path / "gap.gguf", tensors=tensors)
    with pytest.raises(GGUFError, match=f"the tensor {name} is missing"):
        convert(path)


def test_a_tensor_of_another_shape_is_named(tmp_path: Path) -> None:
    tensors = {**shapes(), "blk.0.ffn_up.weight": (HIDDEN, HIDDEN)}
    path = write_gguf(tmp_path / "odd.gguf", tensors=tensors)
    with pytest.raises(GGUFError, match=r"the tensor blk\.0\.ffn_up\.weight is \(32, 32\)"):
        convert(path)


def test_missing_metadata_is_named(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "gap.gguf", without=["block_count"])
    with pytest.raises(GGUFError, match=r"lacks llama\.block_count"):
        convert(path)


def test_an_untied_output_matrix_is_refused(tmp_path: Path) -> None:
    tensors = {**shapes(), "output.weight": (8, HIDDEN)}
    path = write_gguf(tmp_path / "untied.gguf", tensors=tensors)
    with pytest.raises(GGUFError, match=r"output\.weight"):
        convert(path)
