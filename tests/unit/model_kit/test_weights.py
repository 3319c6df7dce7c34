from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from tools.model_kit.config import LlamaConfig
from tools.model_kit.weights import (
    as_parameters,
    quantize_q4,
    random_weights,
    to_bf16,
    write_shards,
)

CFG = LlamaConfig(64, 128, 2, 4, 2, 16, 1024)


def test_quantization_errs_by_half_a_step_at_most() -> None:
    w = np.random.default_rng(0).standard_normal((48, 96), dtype=np.float32)
    w[3, 32:64] = 0
    words, scale = quantize_q4(w)
    nibbles = (words[:, :, None] >> (np.arange(8, dtype=np.uint32) * 4)) & 15
    steps = np.repeat(scale, 32, axis=1)
    back = (nibbles.reshape(w.shape).astype(np.float32) - 7) * steps
    assert np.all(np.abs(back - w) <= steps * 0.5001)


def test_quantization_wants_whole_groups() -> None:
    with pytest.raises(ValueError, match="48 columns"):
        quantize_q4(np.zeros((2, 48), np.float32))


def test_bf16_rounds_to_nearest_with_ties_to_even() -> None:
    bits = np.array([0x3F800000, 0x3F808000, 0x3F818000, 0x3F808001, 0xBF807FFF], np.uint32)
    got = to_bf16(bits.view(np.float32))
    assert got.tolist() == [0x3F80, 0x3F80, 0x3F82, 0x3F81, 0xBF80]


@pytest.mark.parametrize("shard_bytes", [1, 40_000, 1 << 30])
def test_shards_hold_every_parameter_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shard_bytes: int
) -> None:
    monkeypatch.setattr("tools.model_kit.weights.SHARD_BYTES", shard_bytes)
    parameters = dict(as_parameters(CFG, random_weights(CFG, seed=0)))
    write_shards(tmp_path, parameters.items())
    cache = json.loads((tmp_path / "tensor-cache.json").read_text())
    seen = {}
    for shard in cache["records"]:
        data = (tmp_path / shard["dataPath"]).read_bytes()
        assert len(data) == shard["nbytes"]
        assert hashlib.md5(data, usedforsecurity=False).hexdigest() == shard["md5sum"]
        end = 0
        for record in shard["records"]:
            assert record["byteOffset"] == end
            end += record["nbytes"]
            seen[record["name"]] = (record, data[record["byteOffset"] : end])
        assert end == len(data)
    assert list(seen) == list(parameters)
    assert cache["metadata"]["ParamSize"] == len(parameters)
    record, data = seen["layers.1.down.weight"]
    assert record["format"] == "f32-to-bf16"
    assert data == to_bf16(parameters["layers.1.down.weight"]).tobytes()
    record, data = seen["final_norm"]
    assert record["format"] == "raw"
    assert data == parameters["final_norm"].tobytes()


def test_random_weights_follow_their_seed() -> None:
    one, same, other = (dict(random_weights(CFG, seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["embed"], other["embed"])
