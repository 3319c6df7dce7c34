"""A model of random bytes, to be downloaded while another answers."""

from __future__ import annotations

import json
import os
from typing import Any

from tools.model_kit.manifest import Manifest
from tools.model_kit.mirror import Mirror, describe_file

MODEL_ID, LIBRARY = "filler", "filler.wasm"
SHARD_BYTES = 30_000_000  # about as large as those of real models


def write_filler(mirror: Mirror, megabytes: int) -> None:
    """Write a model of about `megabytes` (10^6 bytes) into the mirror."""
    folder = mirror.folder(MODEL_ID)
    folder.mkdir(parents=True)
    shards = [f"params_shard_{i}.bin" for i in range(-(-megabytes * 1_000_000 // SHARD_BYTES))]
    for shard in shards:
        (folder / shard).write_bytes(os.urandom(SHARD_BYTES))
    records = [{"dataPath": shard, "nbytes": SHARD_BYTES} for shard in shards]
    for name, content in {
        "mlc-chat-config.json": {"tokenizer_files": ["tokenizer.json"]},
        "tokenizer.json": {},
        "tensor-cache.json": {"records": records},
    }.items():
        (folder / name).write_text(json.dumps(content))
    library = mirror.library(LIBRARY)
    library.write_bytes(b"\0asm")
    manifest = Manifest(
        model_id=MODEL_ID,
        files=[describe_file(path, path.name) for path in sorted(folder.iterdir())],
        model_lib=describe_file(library, f"libs/{LIBRARY}"),
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json())


def filler_source(origin: str) -> dict[str, Any]:
    """The filler as the app's downloader knows a model."""
    return {
        "kind": "webllm",
        "modelId": MODEL_ID,
        "folder": f"{origin}/mlc-ai/{MODEL_ID}/resolve/main/",
        "library": f"{origin}/libs/{LIBRARY}",
        "packageManifest": None,
        "cacheBackend": "cache",
        "integrity": None,
    }
