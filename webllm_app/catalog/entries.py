"""The types of `catalog.json`: one row per model, and what is known of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from webllm_app.memory import Kernels

Backend = Literal["webllm", "wllama"]
CacheBackend = Literal["cache", "indexeddb", "opfs"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class DownloadSize(_Row):
    """Bytes to fetch. An estimate comes from architecture and quantization."""

    value: PositiveInt
    estimate: bool


class Architecture(_Row):
    """The shape of a decoder-only transformer. `mlp_matrices` is 3 with a gated MLP, else 2."""

    layers: PositiveInt
    hidden: PositiveInt
    heads: PositiveInt
    kv_heads: PositiveInt
    head_dim: PositiveInt
    intermediate: PositiveInt
    mlp_matrices: Literal[2, 3]
    vocab: PositiveInt
    tied_embeddings: bool
    source: str


class Licence(_Row):
    """The licence of the weights, which is not that of this app. `name` is null where unsure."""

    name: str | None
    url: str


class Score(_Row):
    """A published benchmark score, in percent, of the unquantized model."""

    benchmark: str
    score: Annotated[float, Field(ge=0, le=100)]
    source: str
    url: str


class LoadTime(_Row):
    """A published range of seconds, shortest and longest; not measured here."""

    first_s: tuple[float, float]
    cached_s: tuple[float, float]
    source: str


class Sampling(_Row):
    """The values a model family was published with, corrected where measured; null leaves one to
    the model's own configuration. `system_prompt` is the one its chat template puts in."""

    source: str
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    repetition_penalty: Annotated[float, Field(gt=0)] | None = None
    system_prompt: str | None = None


class ModelEntry(_Row):
    """A model as the app offers it.

    `kernels` is decided by the compiled library, and `required_features` follows from it: WebLLM's
    own list omits `shader-f16` for 56 of its 86 f16 builds. `vram_mb` is WebLLM's figure, null
    where it has none. `context_window` is what the build is set to, `max_context` the most tokens
    the model was made for, null where that is not known. `model` and `model_lib` are addresses.
    """

    model_id: Annotated[str, Field(min_length=1, max_length=200)]
    backend: Backend
    name: str
    family: str
    parameters: PositiveInt | None
    quantization: str
    kernels: Kernels
    required_features: tuple[str, ...] = ()
    vram_mb: Annotated[float, Field(gt=0)] | None
    context_window: PositiveInt
    max_context: PositiveInt | None = None
    overrides: dict[str, Any] = Field(default_factory=dict)
    low_resource: bool = False
    model: Annotated[str, Field(min_length=1)]
    model_lib: str | None
    model_type: Literal["chat", "vision"] = "chat"
    model_manifest: str | None = None
    buffer_size_required_bytes: PositiveInt | None = None
    integrity: dict[str, Any] | None = None
    download_bytes: DownloadSize | None = None
    architecture: Architecture | None = None
    licence: Licence | None = None
    best_for: str = ""
    quality: tuple[Score, ...] = ()
    named: bool = False
    custom: bool = False
    f16_sibling: str | None = None
    f32_sibling: str | None = None
    published_load_time: LoadTime | None = None
    sampling: Sampling | None = None
