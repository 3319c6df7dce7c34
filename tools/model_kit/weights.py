"""A model's parameters as WebLLM reads them: quantised, in shards, with tensor-cache.json."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.model_kit.config import GROUP, PER_WORD, LlamaConfig

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]
Words = npt.NDArray[np.uint32]

SHARD_BYTES = 32 << 20


def random_weights(cfg: LlamaConfig, seed: int) -> Iterator[tuple[str, Floats]]:
    """Normal numbers scaled to keep activations near 1; the norms are ones."""
    rng = np.random.default_rng(seed)
    for name, (rows, cols) in cfg.matrices().items():
        values = rng.standard_normal((rows, cols), dtype=np.float32)
        yield name, (values / np.sqrt(cols)).astype(np.float32)
    for name in cfg.norms():
        yield name, np.ones(cfg.hidden_size, dtype=np.float32)


def quantize_q4(w: Floats) -> tuple[Words, Floats]:
    """Symmetric 4-bit groups of 32 along the columns: w ~ (nibble - 7) * scale.

    Returns the nibbles, eight to a word with the lowest bits first, and a scale for each group.

    Raises:
        ValueError: The columns do not divide into groups.
    """
    rows, cols = w.shape
    if cols % GROUP:
        raise ValueError(f"{cols} columns do not divide into groups of {GROUP}")
    groups = w.reshape(rows, cols // GROUP, GROUP)
    scale = np.maximum(np.abs(groups).max(axis=2), 1e-8) / 7
    nibble = np.clip(np.rint(groups / scale[:, :, None]) + 7, 0, 14).astype(np.uint32)
    shifts = np.arange(PER_WORD, dtype=np.uint32) * 4
    words = nibble.reshape(rows, cols // PER_WORD, PER_WORD) << shifts
    return words.sum(axis=2, dtype=np.uint32), scale.astype(np.float32)


def as_parameters(
    cfg: LlamaConfig, weights: Iterable[tuple[str, Floats]]
) -> Iterator[tuple[str, Array]]:
    """The weights under the names, and in the form, the model library declares."""
    for name, w in weights:
        if w.ndim == 2 and cfg.quantized:
            words, scale = quantize_q4(w)
            yield f"{name}.q", words
            yield f"{name}.scale", scale
        else:
            yield f"{name}.weight" if w.ndim == 2 else name, w


def to_bf16(w: Floats) -> npt.NDArray[np.uint16]:
    """The upper half of each float32, rounded to the nearest, ties to even."""
    bits = w.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def write_shards(out: Path, parameters: Iterable[tuple[str, Array]]) -> None:
    """Write params_shard_N.bin and tensor-cache.json; float32 matrices travel as bfloat16."""
    shards: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    blobs: list[bytes] = []

    def flush() -> None:
        data = b"".join(blobs)
        name = f"params_shard_{len(shards)}.bin"
        (out / name).write_bytes(data)
        shards.append(
            {
                "dataPath": name,
                "format": "raw-shard",
                "nbytes": len(data),
                "records": list(records),
                # WebLLM's format has MD5 here; it guards against accidents only.
                "md5sum": hashlib.md5(data, usedforsecurity=False).hexdigest(),
            }
        )
        records.clear()
        blobs.clear()

    for name, w in parameters:
        as_bf16 = w.ndim == 2 and w.dtype == np.float32 and name.endswith(".weight")
        blob = (to_bf16(w) if as_bf16 else w).tobytes()
        filled = sum(map(len, blobs))
        if blobs and filled + len(blob) > SHARD_BYTES:
            flush()
            filled = 0
        records.append(
            {
                "name": name,
                "shape": list(w.shape),
                "dtype": str(w.dtype),
                "format": "f32-to-bf16" if as_bf16 else "raw",
                "nbytes": len(blob),
                "byteOffset": filled,
            }
        )
        blobs.append(blob)
    flush()
    metadata = {
        "ParamSize": sum(len(shard["records"]) for shard in shards),
        "ParamBytes": float(sum(shard["nbytes"] for shard in shards)),
    }
    (out / "tensor-cache.json").write_text(json.dumps({"metadata": metadata, "records": shards}))
