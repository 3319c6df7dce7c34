"""Every message that crosses between Python and the component in the browser, both ways.

The TypeScript types in `frontend/src/bridge/protocol.ts` are generated from this file
(`python -m tools.protocol_types`), and CI fails when the two differ. A conversation never
crosses: no field here can hold its text.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType  # in typing itself from Python 3.12

PROTOCOL_VERSION: Literal[1] = 1

# Below this height a chat is of no use.
MIN_HEIGHT_PX = 360

# Of the messages that an embedding app may be handed: how many, and the characters of each.
MAX_SHARED_MESSAGES = 200
MAX_SHARED_CHARACTERS = 100_000

# TypeAliasType keeps these names in the JSON schema, and so in TypeScript.
View = TypeAliasType("View", Literal["chat", "models", "diagnostics"])
BackendName = TypeAliasType("BackendName", Literal["webllm", "wllama"])
BackendChoice = TypeAliasType("BackendChoice", Literal["auto", "webgpu", "cpu"])
HostSetting = TypeAliasType(
    "HostSetting", Literal["auto", "dedicated", "parent", "shared-worker", "service-worker"]
)
UpgradePolicy = TypeAliasType("UpgradePolicy", Literal["automatic", "offered", "off"])
Phase = TypeAliasType(
    "Phase",
    Literal[
        "starting",
        "probing",
        "asking",
        "downloading",
        "loading",
        "ready",
        "generating",
        "recovering",
        "suspended",
        "failed",
        "rejected",
    ],
)
CacheBackend = TypeAliasType("CacheBackend", Literal["cache", "indexeddb", "opfs"])
WebGPU = TypeAliasType(
    "WebGPU",
    Literal["available", "software-only", "no-adapter", "missing", "insecure-context"],
)
RungStage = TypeAliasType(
    "RungStage",
    Literal[
        "waiting", "asking", "downloading", "downloaded", "loading", "ready", "active", "failed"
    ],
)
Choice = TypeAliasType(
    "Choice",
    Literal[
        "default",
        "f32-sibling",
        "cpu-forced",
        "no-gpu",
        "hub-unreachable",
        "cached",
        "after-crash",
        "failed-here",
        "upgrade",
        "visitor",
        "unknown-model",
    ],
)

ModelId = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\w.@:+-]+$")]
UserKey = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Label = Annotated[str, Field(max_length=200)]
# Above every real figure (some GPUs give 2^64 bytes as a limit), and below what a float can hold.
Count = Annotated[int, Field(ge=0, le=10**30)]


class Message(BaseModel):
    """Unknown fields are refused, so that nothing unexpected is ever kept."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_serialization_defaults_required=True
    )


# Python → component ---------------------------------------------------------------------------


class DownloadSize(Message):
    """Bytes to fetch on a first visit; `estimate` until a manifest has given the exact sum."""

    value: int = Field(ge=0)
    estimate: bool


class Licence(Message):
    """The licence of a model's weights; `name` is null where it could not be confirmed."""

    name: str | None
    url: str


class LoadTimeRanges(BaseModel):
    """Published ranges of seconds, shortest and longest; not measured here."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    first_s: tuple[float, float]
    cached_s: tuple[float, float]


class Sampling(BaseModel):
    """With what values a model family is sampled; null leaves one to the model's own
    configuration."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, json_schema_serialization_defaults_required=True
    )

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    repetition_penalty: float | None = Field(default=None, gt=0)
    system_prompt: Annotated[str, Field(max_length=32_768)] | None = Field(
        default=None, description="The one that its chat template puts in."
    )


class ModelEntry(BaseModel):
    """One build of a model as the engine needs it: a row of `catalog.json`, of which the
    fields that only Python reads are left out."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, json_schema_serialization_defaults_required=True
    )

    model_id: ModelId
    name: str
    family: str = ""
    named: bool = Field(default=False, description="One of the models the ladder climbs.")
    custom: bool = Field(default=False, description="Added by the operator.")
    best_for: str = ""
    backend: BackendName
    quantization: str
    parameters: int | None = None
    kernels: Literal["f16", "f32"] | None
    context_window: int = Field(ge=1, description="Tokens.")
    max_context: int | None = Field(default=None, description="Tokens the model was made for.")
    buffer_size_required_bytes: int | None = None
    low_resource: bool = False
    vram_mb: float | None = Field(
        description="GPU memory as WebLLM states it (vram_required_MB; mostly 2^20 bytes)."
    )
    download_bytes: DownloadSize | None
    model: str | None = Field(description="Address of the weights.")
    model_lib: str | None = Field(description="Address of the compiled library.")
    overrides: dict[str, Any] = Field(default_factory=dict)
    model_manifest: str | None = Field(
        default=None, description="WebLLM's package manifest, a file beside the weights."
    )
    integrity: dict[str, Any] | None = Field(
        default=None, description="Hashes of config, library and tokenizer, as WebLLM takes them."
    )
    required_features: list[str] = Field(default_factory=list)
    f32_sibling: ModelId | None = None
    licence: Licence | None = None
    published_load_time: LoadTimeRanges | None = None
    sampling: Sampling | None = None


class Offer(Message):
    """The models on offer: one of the three. The catalogue itself comes with the bundle."""

    catalog: Literal["ladder", "all"] | None = Field(
        default="ladder", description="Those of it that the ladder climbs, or all of it."
    )
    listed: str | None = Field(
        default=None,
        description="JSON: a list of ids of the catalogue and of whole entries, in their order.",
    )
    file: str | None = Field(
        default=None,
        description="Address of a file that holds the same, relative to the component's page. Its "
        "name is the hash of its content.",
    )


class EmbeddedModel(Message):
    """Where the app's own server hands out the model it brings along. Both addresses are
    relative to the app's own address."""

    model_id: ModelId
    directory: str
    status: str


class EngineSettings(Message):
    """What the operator decided for the engine."""

    default_model: ModelId
    backend: BackendChoice = "auto"
    allow_software_gpu: bool = False
    context_window: int | None = Field(
        default=None, ge=256, description="Tokens; None: the model's own."
    )
    max_tokens: int = Field(default=1024, ge=1, description="Most tokens in one answer.")
    hub_timeout_s: float = Field(
        default=3.0, gt=0, description="Seconds to wait for the model hub."
    )
    cache_backend: CacheBackend = "cache"
    system_prompt: Annotated[str, Field(max_length=32_768)] | None = Field(
        default=None, description="Read before a conversation that has none of its own."
    )
    upgrade: UpgradePolicy = "offered"
    ceiling: int | ModelId | None = Field(
        default=None, description="The largest model to climb to: its GPU memory in MB, or its id."
    )
    engine_host: HostSetting = Field(default="auto", description="What keeps a model loaded.")


class Command(Message):
    """Something the page asks of the component once. The component acknowledges its `id`, which
    grows with each command, so that a rerun never repeats it."""

    id: int = Field(ge=1)
    name: Literal["use-model"]
    model_id: ModelId
    context_window: int | None = Field(default=None, ge=256, description="Tokens.")


class ServerSetting(Message):
    """One of the server's settings as the report shows it; of a secret, only whether it is set."""

    name: str
    value: str
    origin: str


class ServerFacts(Message):
    """What the server knows and the diagnostics' report should say. Nothing secret."""

    versions: dict[str, str]
    settings: list[ServerSetting]
    sign_in: str
    problems: list[str]


class RenderArgs(Message):
    """The arguments of one render of the component. Streamlit hashes, sends and keeps them for each
    visitor and run, so nothing large is in them, and of the settings only what is no default."""

    view: View
    locked: bool
    user: UserKey | None = Field(
        description="Whose conversations are shown: a key that says nothing about the person. "
        "None: the guest's."
    )
    settings: EngineSettings
    offer: Offer
    embedded: EmbeddedModel | None
    command: Command | None = Field(default=None, description="The latest one.")
    server: ServerFacts | None = Field(default=None, description="For the diagnostics' report.")
    issue_url: AnyHttpUrl | None = Field(default=None, description="Where a report can be sent.")
    starters: list[Annotated[str, Field(min_length=1, max_length=300)]] | None = Field(
        default=None, max_length=12, description="Ways to begin; None: the component's own."
    )
    height: int | None = Field(
        default=None, ge=MIN_HEIGHT_PX, description="CSS pixels; None: the chat fills the page."
    )
    share_messages: bool = Field(
        default=False, description="Finished messages are sent to Python; the visitor is told."
    )


# Component → Python ---------------------------------------------------------------------------


class DeviceReport(Message):
    """What this browser and its GPU can do. Sizes in bytes."""

    webgpu: WebGPU
    secure_context: bool
    shader_f16: bool
    fallback_adapter: bool
    vendor: Label
    architecture: Label
    description: Label
    max_buffer_size: Count
    max_storage_buffer_binding_size: Count
    device_memory_gb: float | None = Field(default=None, ge=0)
    mobile: bool


class RungState(Message):
    """One model of the ladder and how far it is."""

    model_id: ModelId
    backend: BackendName
    state: RungStage
    progress: int = Field(ge=0, le=100, description="Percent of the way to being ready.")


class Speeds(Message):
    """Of the last answer. Seconds, and tokens per second."""

    time_to_first_token_s: float = Field(ge=0)
    decode_tokens_per_s: float = Field(ge=0)


class AnswerSpeed(Message):
    """How fast one answer came, and from which model."""

    model_id: ModelId
    decode_tokens_per_s: float = Field(ge=0)


class Counters(Message):
    """Since the component was mounted."""

    turns: Count
    tokens: Count
    recoveries: Count


class LoadMeasurement(Message):
    """How long a model took to load on this device. Seconds, from the start to ready."""

    model_id: ModelId
    first_s: float | None = Field(default=None, ge=0, description="Download included.")
    cached_s: float | None = Field(default=None, ge=0)


class EngineReport(Message):
    """What the component sends when a meaningful field changed.

    Never proof of anything: a visitor can forge every field. `sequence` grows with each value.
    """

    protocol: Literal[1] = PROTOCOL_VERSION
    sequence: Count = 0
    phase: Phase = "starting"
    active_model: ModelId | None = None
    backend: BackendName | None = None
    choice: Choice | None = Field(default=None, description="Why this model was chosen.")
    ladder: list[RungState] = Field(default_factory=list, max_length=64)
    context_window: Count | None = Field(default=None, ge=1, description="Tokens, as loaded.")
    cached: list[ModelId] = Field(default_factory=list, max_length=300)
    load_times: list[LoadMeasurement] = Field(default_factory=list, max_length=64)
    acknowledged: Count = Field(default=0, description="The last command carried out.")
    device: DeviceReport | None = None
    error_kind: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]+$")] | None = None
    memory_budget_mb: Count | None = Field(
        default=None,
        description="GPU memory that models may take together here, as the component estimates "
        "it (MB of 2^20 bytes).",
    )
    speeds: Speeds | None = None
    recent_speeds: list[AnswerSpeed] = Field(
        default_factory=list, max_length=50, description="Of the last answers, the newest last."
    )
    counters: Counters = Counters(turns=0, tokens=0, recoveries=0)


class SharedMessage(Message):
    """A finished message of the open conversation. Sent only where the embedding app asked for
    it with `share_messages=True`, which the visitor is shown for as long as it is so."""

    role: Literal["user", "assistant"]
    text: str = Field(max_length=MAX_SHARED_CHARACTERS)
    model_id: ModelId | None = Field(default=None, description="Of an answer.")


class SharingReport(EngineReport):
    """The report of a component that shares messages."""

    messages: list[SharedMessage] = Field(
        default_factory=list, max_length=MAX_SHARED_MESSAGES, description="Oldest first."
    )


class EngineState(SharingReport):
    """What Python knows of the engine in the browser: the last report, or why it was refused.
    Without `share_messages=True` it has no messages."""

    problem: str | None = Field(default=None, description="Set by Python alone.")
