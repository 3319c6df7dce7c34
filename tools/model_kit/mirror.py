"""The mirror: a folder of models that any web server can hand to WebLLM.

    mlc-ai/<model_id>/resolve/main/   weights, configuration, tokenizer, manifest.json
    libs/<name>.wasm                  model libraries
    index.json                        what is there

The first is Hugging Face's layout, so that a model's address needs only its origin swapped.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.model_kit.cache import sha256_of
from tools.model_kit.errors import ModelKitError
from tools.model_kit.manifest import FileEntry, Index, IndexEntry, Manifest

MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
ELEMENT_BYTES = {"float32": 4, "uint32": 4, "int32": 4, "float16": 2, "bfloat16": 2, "int8": 1}


@dataclass(frozen=True)
class Mirror:
    """A mirror at `root`. A model whose manifest is there is whole."""

    root: Path

    def folder(self, model_id: str) -> Path:
        """Where the model's weights lie.

        Raises:
            ModelKitError: The id could not be a folder's name.
        """
        if not MODEL_ID.fullmatch(model_id):
            raise ModelKitError(
                f"the model id {model_id!r} cannot be published: use letters, digits, '.', '_', '-'"
            )
        return self.root / "mlc-ai" / model_id / "resolve" / "main"

    def library(self, name: str) -> Path:
        return self.root / "libs" / name

    def publish(self, model_id: str, weights: Path, library: Path, library_name: str) -> Manifest:
        """Copy a model into the mirror, in place of what was there under this id.

        Raises:
            ModelKitError: The id cannot be used, or another model has another library by this name.
        """
        self._refuse_to_replace(library_name, library, for_model=model_id)
        parent = self.folder(model_id).parent
        parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=".staged-", dir=parent))
        try:
            for path in weights.iterdir():
                if path.name != "inputs.json":  # the cache's own
                    shutil.copyfile(path, staged / path.name)
            place(self.library(library_name), lambda part: shutil.copyfile(library, part))
            return self.install(model_id, staged, library_name)
        finally:
            shutil.rmtree(staged, ignore_errors=True)

    def install(self, model_id: str, staged: Path, library_name: str) -> Manifest:
        """Move the folder `staged` to the model's place and describe it; its library is there."""
        manifest = self.describe(model_id, staged, library_name)
        (staged / "manifest.json").write_text(manifest.model_dump_json(indent=1) + "\n")
        staged.chmod(0o755)
        folder = self.folder(model_id)
        shutil.rmtree(folder, ignore_errors=True)
        staged.rename(folder)
        self.write_index()
        return manifest

    def describe(self, model_id: str, folder: Path, library_name: str) -> Manifest:
        """The manifest of the files in `folder` and the library."""
        files = sorted(p for p in folder.iterdir() if p.name != "manifest.json")
        return Manifest(
            model_id=model_id,
            files=[describe_file(path, path.name) for path in files],
            model_lib=describe_file(self.library(library_name), f"libs/{library_name}"),
        )

    def manifests(self) -> list[Manifest]:
        """Those of every model that is whole, by id."""
        paths = sorted(self.root.glob("mlc-ai/*/resolve/main/manifest.json"))
        return [Manifest.model_validate_json(path.read_bytes()) for path in paths]

    def write_index(self) -> None:
        """Write index.json anew from the manifests."""
        index = Index(models=[self.index_entry(manifest) for manifest in self.manifests()])
        text = index.model_dump_json(indent=1) + "\n"
        place(self.root / "index.json", lambda part: part.write_text(text))

    def index_entry(self, manifest: Manifest) -> IndexEntry:
        folder = self.folder(manifest.model_id)
        chat = json.loads((folder / "mlc-chat-config.json").read_text())
        tensors = json.loads((folder / "tensor-cache.json").read_text())
        address = folder.relative_to(self.root).as_posix()
        return IndexEntry(
            model_id=manifest.model_id,
            model=address,
            model_lib=manifest.model_lib.path,
            manifest=f"{address}/manifest.json",
            total_bytes=sum(f.size for f in [*manifest.files, manifest.model_lib]),
            context_window_size=chat["context_window_size"],
            vram_required_MB=gpu_megabytes(chat, tensors),
            required_features=["shader-f16"] if "f16" in chat.get("quantization", "") else [],
        )

    def _refuse_to_replace(self, library_name: str, library: Path, *, for_model: str) -> None:
        """Two models may share a library, but not under one name with two contents."""
        users = [
            m.model_id
            for m in self.manifests()
            if m.model_lib.path == f"libs/{library_name}" and m.model_id != for_model
        ]
        if users and sha256_of(library) != sha256_of(self.library(library_name)):
            raise ModelKitError(
                f"{for_model} needs another library under the name {library_name}, which "
                f"{', '.join(users)} in this mirror uses. Publish it elsewhere (--mirror)."
            )


def describe_file(path: Path, name: str) -> FileEntry:
    return FileEntry(path=name, size=path.stat().st_size, sha256=sha256_of(path))


def place(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def gpu_megabytes(chat: dict[str, Any], tensors: dict[str, Any]) -> float | None:
    """An estimate of the GPU memory a model takes, in 10^6 bytes; None where the sizes are unknown.

    The parameters as they lie in memory (a tensor that travels as bfloat16 lies there as float32),
    keys and values of a full context window, and the logits of one position. It leaves out the
    prefill's activations, which for models of this kit are a few megabytes.
    """
    config: dict[str, int] = chat.get("model_config", {})
    records = [record for shard in tensors["records"] for record in shard["records"]]
    heads, layers = config.get("num_key_value_heads"), config.get("num_hidden_layers")
    dim = config.get("head_dim")
    if not (heads and layers and dim) or any(r["dtype"] not in ELEMENT_BYTES for r in records):
        return None
    activation = 2 if "f16" in chat.get("quantization", "") else 4
    parameters: int = sum(math.prod(r["shape"]) * ELEMENT_BYTES[r["dtype"]] for r in records)
    cache: int = 2 * layers * heads * dim * chat["context_window_size"] * activation
    logits: int = chat.get("vocab_size", 0) * 4
    return round((parameters + cache + logits) / 1e6, 2)
