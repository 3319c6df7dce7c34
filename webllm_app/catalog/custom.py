"""Models of the operator's own: WebLLM's app configuration, checked and added to the catalog."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    model_validator,
)

from webllm_app.addresses import refuse_credentials
from webllm_app.catalog.entries import CacheBackend, ModelEntry
from webllm_app.catalog.loading import Catalog, describe
from webllm_app.catalog.mirror import HUB

_log = logging.getLogger(__name__)

DEFAULT_CONTEXT_WINDOW = 4096
"""For a record that names none; WebLLM sets its own models to the same."""
APP_CONFIG_KEYS = ("model_list", "cacheBackend", "useIndexedDBCache")


@dataclass(frozen=True)
class CustomProblem:
    """A custom entry that cannot be used. `entry` is its model_id, or its place in the list."""

    entry: str
    message: str


@dataclass(frozen=True)
class CustomizedCatalog:
    """The catalog with the custom models, and what the operator should know."""

    catalog: Catalog
    cache_backend: CacheBackend
    notices: tuple[str, ...]
    problems: tuple[CustomProblem, ...]


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    own = value.startswith("app/static/") or re.match(r"/(?!/)", value)
    if not own and not (parts.scheme in ("http", "https") and parts.hostname):
        raise ValueError("must be an http(s) address or a path on this app's server")
    refuse_credentials(value)
    return value


def _weights_address(value: str) -> str:
    parts = urlsplit(_address(value))
    if parts.hostname == HUB and len(parts.path.strip("/").split("/")) < 2:
        raise ValueError(f"must name owner and repository, as https://{HUB}/owner/repository")
    return value


def _hash(value: str) -> str:
    if not re.fullmatch(r"sha(256|384|512)-[A-Za-z0-9+/]+={0,2}", value):
        raise ValueError("must be a hash such as sha256-… in base64")
    return value


Address = Annotated[str, AfterValidator(_address)]
WeightsAddress = Annotated[str, AfterValidator(_weights_address)]
Hash = Annotated[str, AfterValidator(_hash)]


class _Strict(BaseModel):
    # TOML and Python's JSON know infinity; the component's arguments travel in JSON that does not.
    model_config = ConfigDict(extra="forbid", protected_namespaces=(), allow_inf_nan=False)


class Overrides(_Strict):
    """What a custom model may change of its own configuration (WebLLM's ChatOptions)."""

    context_window_size: Annotated[int, Field(ge=-1)] | None = None
    sliding_window_size: int | None = None
    attention_sink_size: int | None = None
    max_history_size: PositiveInt | None = None
    repetition_penalty: Annotated[float, Field(gt=0)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _one_window(self) -> Overrides:
        context, sliding = self.context_window_size or 0, self.sliding_window_size or 0
        if context > 0 and sliding > 0:
            raise ValueError("only one of context_window_size and sliding_window_size may be set")
        if sliding > 0 and (self.attention_sink_size is None or self.attention_sink_size < 0):
            raise ValueError("sliding_window_size needs an attention_sink_size of 0 or more")
        return self


class Integrity(_Strict):
    """Hashes WebLLM checks; it has none for weights."""

    config: Hash | None = None
    model_lib: Hash | None = None
    tokenizer: dict[str, Hash] | None = None
    onFailure: Literal["error", "warn"] | None = None  # noqa: N815 - WebLLM's name


class CustomModel(_Strict):
    """A record of WebLLM's `model_list`."""

    model: WeightsAddress
    model_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.+-]{0,199}$")]
    model_lib: Address
    overrides: Overrides = Field(default_factory=Overrides)
    integrity: Integrity | None = None
    vram_required_MB: Annotated[float, Field(gt=0)] | None = None  # noqa: N815 - WebLLM's name
    low_resource_required: bool = False
    required_features: tuple[str, ...] = ()
    buffer_size_required_bytes: PositiveInt | None = None
    model_type: Literal[0, 2] = 0
    model_manifest: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _refuse_old_names(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "path_to_wasm_file" in data:
            raise ValueError(
                "path_to_wasm_file is not a field of WebLLM; give the library as model_lib"
            )
        return data


@cache
def _log_once(message: str, path: Path) -> None:
    """Each run of the script reads the settings; one line tells the operator enough."""
    _log.warning(message, path)


def read_app_config(path: Path) -> dict[str, Any]:
    """Reads a custom configuration file.

    Raises:
        ValueError: it is missing, or not a JSON object; the message names the file, and the log
            its folder, which is nothing for visitors.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        _log_once("%s could not be read", path)
        raise ValueError(f"{path.name} could not be read: {error.strerror}.") from error
    except ValueError as error:
        raise ValueError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} must hold a JSON object with a model_list.")  # noqa: TRY004
    return content


def add_custom_models(catalog: Catalog, app_config: Mapping[str, Any]) -> CustomizedCatalog:
    """Adds the models of a WebLLM app configuration; a bad one is reported, the rest are added.

    A custom model with the id of a catalog entry takes its place.
    """
    notices: list[str] = []
    problems: list[CustomProblem] = [
        CustomProblem(str(key), "is not a setting of WebLLM's app configuration.")
        for key in app_config
        if key not in APP_CONFIG_KEYS
    ]
    cache_backend = _cache_backend(app_config, notices, problems)
    records = app_config.get("model_list", [])
    if not isinstance(records, list):
        problems.append(CustomProblem("model_list", "must be a list of models."))
        records = []
    models = dict(catalog.by_id)
    for position, record in enumerate(records):
        try:
            entry = _entry(CustomModel.model_validate(record))
        except ValidationError as error:
            problems.append(CustomProblem(_label(record, position), describe(error)))
            continue
        if entry.model_id in models:
            whose = "the catalog" if entry.model_id in catalog.by_id else "the same id before it"
            notices.append(f"The custom model {entry.model_id} replaces the one of {whose}.")
        models[entry.model_id] = entry
    return CustomizedCatalog(
        replace(catalog, models=tuple(models.values())),
        cache_backend,
        tuple(notices),
        tuple(problems),
    )


def _cache_backend(
    config: Mapping[str, Any], notices: list[str], problems: list[CustomProblem]
) -> CacheBackend:
    chosen = config.get("cacheBackend")
    if chosen in ("cache", "indexeddb", "opfs"):
        return chosen  # type: ignore[no-any-return]
    if chosen is not None:
        message = "must be cache, indexeddb or opfs. cache is used."
        problems.append(CustomProblem("cacheBackend", message))
    elif config.get("useIndexedDBCache") is True:
        notices.append(
            "useIndexedDBCache was read as cacheBackend = indexeddb: "
            "WebLLM 0.2.86 ignores the old name."
        )
        return "indexeddb"
    return "cache"


def _label(record: object, position: int) -> str:
    model_id = record.get("model_id") if isinstance(record, Mapping) else None
    return model_id if isinstance(model_id, str) else f"model {position + 1}"


def _entry(record: CustomModel) -> ModelEntry:
    library = record.model_lib.rpartition("/")[2]
    quantization = re.search(r"q\d+f(?:16|32)(?:_\d)?", f"{library} {record.model_id}")
    name = quantization.group() if quantization else "unknown"
    kernels: Literal["f16", "f32"] = "f32" if "f32" in name else "f16"
    needs_f16 = {"shader-f16"} if kernels == "f16" else set()
    overrides = record.overrides.model_dump(exclude_none=True)
    window = max(overrides.get("context_window_size", 0), overrides.get("sliding_window_size", 0))
    if window <= 0:
        window = overrides["context_window_size"] = DEFAULT_CONTEXT_WINDOW
    return ModelEntry(
        model_id=record.model_id,
        backend="webllm",
        name=record.model_id,
        family="Custom",
        parameters=None,
        quantization=name,
        kernels=kernels,
        required_features=tuple(sorted(needs_f16.union(record.required_features))),
        vram_mb=record.vram_required_MB,
        context_window=window,
        overrides=overrides,
        low_resource=record.low_resource_required,
        model=record.model,
        model_lib=record.model_lib,
        model_type="vision" if record.model_type == 2 else "chat",
        model_manifest=record.model_manifest,
        buffer_size_required_bytes=record.buffer_size_required_bytes,
        integrity=record.integrity and record.integrity.model_dump(exclude_none=True),
        best_for="Added by the operator of this app.",
        custom=True,
    )
