"""Build models: weights, runtime and library from the cache or anew, then into the mirror."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tools.embedded_model import ensure_embedded_model
from tools.model_kit.cache import BuildCache, sha256_of, sha256_of_files
from tools.model_kit.catalog import load_catalog
from tools.model_kit.chat_config import write_chat_config
from tools.model_kit.config import LlamaConfig, Schedule
from tools.model_kit.errors import ModelKitError
from tools.model_kit.gguf_source import GGUFSource
from tools.model_kit.library.compile import compile_model
from tools.model_kit.library.runtime import (
    COMPILE_FLAGS,
    LINK_FLAGS,
    SHIM,
    build_runtime,
    emscripten_version,
    link,
)
from tools.model_kit.manifest import Manifest
from tools.model_kit.mirror import Mirror
from tools.model_kit.models import CONTEXT, MODELS, PREFILL_CHUNK, RealModel, TinyModel
from tools.model_kit.tokenizer import write_tokenizer
from tools.model_kit.weights import as_parameters, random_weights, write_shards

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
WEIGHT_SOURCES = ("gguf_source.py", "weights.py", "tokenizer.py", "chat_config.py", "config.py")


@dataclass(frozen=True)
class Builder:
    """Builds the models of the table from one GGUF, keeping every step in one cache."""

    cache: BuildCache
    gguf: Path

    @cached_property
    def gguf_sha256(self) -> str:
        return sha256_of(self.gguf)

    def model(
        self,
        name: str,
        mirror: Mirror,
        *,
        schedule: Schedule = "webgpu-software",
        publish_as: str | None = None,
    ) -> Manifest:
        """Build the model `name` and put it into the mirror, under the id `publish_as` if given.

        Raises:
            ModelKitError: No such model, no emscripten, an unusable GGUF, or a name that is taken.
        """
        source = known_model(name)
        cfg = self.config(source)
        weights, library = self.weights(name, source, cfg), self.library(name, cfg, schedule)
        model_id = publish_as or name
        return mirror.publish(model_id, weights, library, library_name(model_id, schedule))

    def config(self, source: RealModel | TinyModel) -> LlamaConfig:
        if isinstance(source, TinyModel):
            return source.config
        return GGUFSource(self.gguf).config(
            quantization=source.quantization, context=CONTEXT, prefill_chunk=PREFILL_CHUNK
        )

    def weights(self, name: str, source: RealModel | TinyModel, cfg: LlamaConfig) -> Path:
        """The folder with the model's weights, tokenizer and configuration."""
        inputs = {
            "gguf": self.gguf_sha256,
            "seed": source.seed if isinstance(source, TinyModel) else None,
            "config": asdict(cfg),
            "sources": sha256_of_files(HERE, (HERE / s for s in WEIGHT_SOURCES)),
            "versions": versions("numpy", "gguf"),
        }

        def make(out: Path) -> None:
            log.info("%s: writing weights", name)
            gguf = GGUFSource(self.gguf)
            tensors = (
                random_weights(cfg, source.seed)
                if isinstance(source, TinyModel)
                else gguf.weights(cfg)
            )
            write_chat_config(out, cfg)
            write_tokenizer(out, gguf.vocabulary().first(cfg.vocab_size))
            write_shards(out, as_parameters(cfg, tensors))

        return self.cache.entry("weights", inputs, make)

    def runtime(self) -> Path:
        """The folder with the objects of TVM's web runtime."""

        def make(out: Path) -> None:
            log.info("compiling TVM's web runtime (a minute or two, once)")
            build_runtime(out)

        return self.cache.entry("runtime", runtime_inputs(), make)

    def library(self, name: str, cfg: LlamaConfig, schedule: Schedule) -> Path:
        """The model library; models of one shape share one."""

        def make(out: Path) -> None:
            runtime = self.runtime()
            log.info("%s: compiling the model library (%s)", name, schedule)
            link(compile_model(cfg, schedule), runtime, out / "library.wasm")

        return self.cache.entry("library", library_inputs(cfg, schedule), make) / "library.wasm"


def runtime_inputs() -> dict[str, Any]:
    """Everything the runtime's objects depend on."""
    shim = (p for p in SHIM.rglob("*") if p.is_file())
    return {
        "versions": versions("apache-tvm", "apache-tvm-ffi"),
        "emscripten": emscripten_version(),
        "flags": COMPILE_FLAGS,
        "shim": sha256_of_files(SHIM, shim),
        "sources": sha256_of_files(HERE, [HERE / "library" / "runtime.py"]),
    }


def library_inputs(cfg: LlamaConfig, schedule: Schedule) -> dict[str, Any]:
    """Everything a model library depends on."""
    sources = [*(HERE / "library").glob("*.py"), HERE / "config.py"]
    return {
        "runtime": runtime_inputs(),
        "config": asdict(cfg),
        "schedule": schedule,
        "flags": LINK_FLAGS,
        "sources": sha256_of_files(HERE, sources),
    }


def versions(*packages: str) -> dict[str, str]:
    return {package: version(package) for package in packages}


def known_model(name: str) -> RealModel | TinyModel:
    source = MODELS.get(name)
    if source is None:
        raise ModelKitError(f"no model is called {name!r}. There are: {', '.join(MODELS)}, or all.")
    return source


def library_name(model_id: str, schedule: Schedule) -> str:
    """The library's file name: the one the app's catalog has for this id, else the id itself."""
    listed = {model.model_id: Path(model.library_name).stem for model in load_catalog()}
    stem = listed.get(model_id, model_id)
    return f"{stem}-gpu.wasm" if schedule == "gpu" else f"{stem}.wasm"


def build(
    names: Iterable[str],
    cache: BuildCache,
    mirror: Mirror,
    *,
    schedule: Schedule = "webgpu-software",
    publish_as: str | None = None,
) -> list[Manifest]:
    """Build the named models, from the embedded model's GGUF, into the mirror."""
    wanted = list(names)
    for name in wanted:
        known_model(name)
    builder = Builder(cache, ensure_embedded_model())
    return [
        builder.model(name, mirror, schedule=schedule, publish_as=publish_as) for name in wanted
    ]
