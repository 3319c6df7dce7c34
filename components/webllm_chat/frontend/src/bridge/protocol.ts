// Generated from components/webllm_chat/protocol.py by `python -m tools.protocol_types`.

export type View = "chat" | "models" | "diagnostics";
export type BackendName = "webllm" | "wllama";
export type Choice =
  | "default"
  | "f32-sibling"
  | "cpu-forced"
  | "no-gpu"
  | "hub-unreachable"
  | "cached"
  | "after-crash"
  | "failed-here"
  | "upgrade"
  | "visitor"
  | "unknown-model";
export type RungStage = "waiting" | "asking" | "downloading" | "downloaded" | "loading" | "ready" | "active" | "failed";
export type WebGPU = "available" | "software-only" | "no-adapter" | "missing" | "insecure-context";
export type Role = "user" | "assistant";

export interface Protocol {
  args: RenderArgs;
  entry: ModelEntry;
  report: EngineReport;
  sharing: SharingReport;
}
/**
 * The arguments of one render of the component. Streamlit hashes, sends and keeps them for each
 * visitor and run, so nothing large is in them, and of the settings only what is no default.
 */
export interface RenderArgs {
  view: View;
  locked: boolean;
  /**
   * Whose conversations are shown: a key that says nothing about the person. None: the guest's.
   */
  user: string | null;
  settings: EngineSettings;
  offer: Offer;
  embedded: EmbeddedModel | null;
  /**
   * The latest one.
   */
  command: Command | null;
  /**
   * For the diagnostics' report.
   */
  server: ServerFacts | null;
  /**
   * Where a report can be sent.
   */
  issue_url: string | null;
  /**
   * Ways to begin; None: the component's own.
   */
  starters: string[] | null;
  /**
   * CSS pixels; None: the chat fills the page.
   */
  height: number | null;
  /**
   * Finished messages are sent to Python; the visitor is told.
   */
  share_messages: boolean;
}
/**
 * What the operator decided for the engine.
 */
export interface EngineSettings {
  default_model: string;
  backend: "auto" | "webgpu" | "cpu";
  allow_software_gpu: boolean;
  /**
   * Tokens; None: the model's own.
   */
  context_window: number | null;
  /**
   * Most tokens in one answer.
   */
  max_tokens: number;
  /**
   * Seconds to wait for the model hub.
   */
  hub_timeout_s: number;
  cache_backend: "cache" | "indexeddb" | "opfs";
  /**
   * Read before a conversation that has none of its own.
   */
  system_prompt: string | null;
  upgrade: "automatic" | "offered" | "off";
  /**
   * The largest model to climb to: its GPU memory in MB, or its id.
   */
  ceiling: number | string | null;
  /**
   * What keeps a model loaded.
   */
  engine_host: "auto" | "dedicated" | "parent" | "shared-worker" | "service-worker";
}
/**
 * The models on offer: one of the three. The catalogue itself comes with the bundle.
 */
export interface Offer {
  /**
   * Those of it that the ladder climbs, or all of it.
   */
  catalog: ("ladder" | "all") | null;
  /**
   * JSON: a list of ids of the catalogue and of whole entries, in their order.
   */
  listed: string | null;
  /**
   * Address of a file that holds the same, relative to the component's page. Its name is the hash of its content.
   */
  file: string | null;
}
/**
 * Where the app's own server hands out the model it brings along. Both addresses are
 * relative to the app's own address.
 */
export interface EmbeddedModel {
  model_id: string;
  directory: string;
  status: string;
}
/**
 * Something the page asks of the component once. The component acknowledges its `id`, which
 * grows with each command, so that a rerun never repeats it.
 */
export interface Command {
  id: number;
  name: "use-model";
  model_id: string;
  /**
   * Tokens.
   */
  context_window: number | null;
}
/**
 * What the server knows and the diagnostics' report should say. Nothing secret.
 */
export interface ServerFacts {
  versions: {
    [k: string]: string;
  };
  settings: ServerSetting[];
  sign_in: string;
  problems: string[];
}
/**
 * One of the server's settings as the report shows it; of a secret, only whether it is set.
 */
export interface ServerSetting {
  name: string;
  value: string;
  origin: string;
}
/**
 * One build of a model as the engine needs it: a row of `catalog.json`, of which the
 * fields that only Python reads are left out.
 */
export interface ModelEntry {
  model_id: string;
  name: string;
  family: string;
  /**
   * One of the models the ladder climbs.
   */
  named: boolean;
  /**
   * Added by the operator.
   */
  custom: boolean;
  best_for: string;
  backend: BackendName;
  quantization: string;
  parameters: number | null;
  kernels: ("f16" | "f32") | null;
  /**
   * Tokens.
   */
  context_window: number;
  /**
   * Tokens the model was made for.
   */
  max_context: number | null;
  buffer_size_required_bytes: number | null;
  low_resource: boolean;
  /**
   * GPU memory as WebLLM states it (vram_required_MB; mostly 2^20 bytes).
   */
  vram_mb: number | null;
  download_bytes: DownloadSize | null;
  /**
   * Address of the weights.
   */
  model: string | null;
  /**
   * Address of the compiled library.
   */
  model_lib: string | null;
  overrides: {
    [k: string]: unknown;
  };
  /**
   * WebLLM's package manifest, a file beside the weights.
   */
  model_manifest: string | null;
  /**
   * Hashes of config, library and tokenizer, as WebLLM takes them.
   */
  integrity: {
    [k: string]: unknown;
  } | null;
  required_features: string[];
  f32_sibling: string | null;
  licence: Licence | null;
  published_load_time: LoadTimeRanges | null;
  sampling: Sampling | null;
}
/**
 * Bytes to fetch on a first visit; `estimate` until a manifest has given the exact sum.
 */
export interface DownloadSize {
  value: number;
  estimate: boolean;
}
/**
 * The licence of a model's weights; `name` is null where it could not be confirmed.
 */
export interface Licence {
  name: string | null;
  url: string;
}
/**
 * Published ranges of seconds, shortest and longest; not measured here.
 */
export interface LoadTimeRanges {
  /**
   * @minItems 2
   * @maxItems 2
   */
  first_s: [unknown, unknown, ...unknown[]];
  /**
   * @minItems 2
   * @maxItems 2
   */
  cached_s: [unknown, unknown, ...unknown[]];
}
/**
 * With what values a model family is sampled; null leaves one to the model's own
 * configuration.
 */
export interface Sampling {
  temperature: number | null;
  top_p: number | null;
  repetition_penalty: number | null;
  /**
   * The one that its chat template puts in.
   */
  system_prompt: string | null;
}
/**
 * What the component sends when a meaningful field changed.
 *
 * Never proof of anything: a visitor can forge every field. `sequence` grows with each value.
 */
export interface EngineReport {
  protocol: 1;
  sequence: number;
  phase:
    | "starting"
    | "probing"
    | "asking"
    | "downloading"
    | "loading"
    | "ready"
    | "generating"
    | "recovering"
    | "suspended"
    | "failed"
    | "rejected";
  active_model: string | null;
  backend: BackendName | null;
  /**
   * Why this model was chosen.
   */
  choice: Choice | null;
  /**
   * @maxItems 64
   */
  ladder: RungState[];
  /**
   * Tokens, as loaded.
   */
  context_window: number | null;
  /**
   * @maxItems 300
   */
  cached: string[];
  /**
   * @maxItems 64
   */
  load_times: LoadMeasurement[];
  /**
   * The last command carried out.
   */
  acknowledged: number;
  device: DeviceReport | null;
  error_kind: string | null;
  /**
   * GPU memory that models may take together here, as the component estimates it (MB of 2^20 bytes).
   */
  memory_budget_mb: number | null;
  speeds: Speeds | null;
  /**
   * Of the last answers, the newest last.
   *
   * @maxItems 50
   */
  recent_speeds: AnswerSpeed[];
  counters: Counters;
}
/**
 * One model of the ladder and how far it is.
 */
export interface RungState {
  model_id: string;
  backend: BackendName;
  state: RungStage;
  /**
   * Percent of the way to being ready.
   */
  progress: number;
}
/**
 * How long a model took to load on this device. Seconds, from the start to ready.
 */
export interface LoadMeasurement {
  model_id: string;
  /**
   * Download included.
   */
  first_s: number | null;
  cached_s: number | null;
}
/**
 * What this browser and its GPU can do. Sizes in bytes.
 */
export interface DeviceReport {
  webgpu: WebGPU;
  secure_context: boolean;
  shader_f16: boolean;
  fallback_adapter: boolean;
  vendor: string;
  architecture: string;
  description: string;
  max_buffer_size: number;
  max_storage_buffer_binding_size: number;
  device_memory_gb: number | null;
  mobile: boolean;
}
/**
 * Of the last answer. Seconds, and tokens per second.
 */
export interface Speeds {
  time_to_first_token_s: number;
  decode_tokens_per_s: number;
}
/**
 * How fast one answer came, and from which model.
 */
export interface AnswerSpeed {
  model_id: string;
  decode_tokens_per_s: number;
}
/**
 * Since the component was mounted.
 */
export interface Counters {
  turns: number;
  tokens: number;
  recoveries: number;
}
/**
 * The report of a component that shares messages.
 */
export interface SharingReport {
  protocol: 1;
  sequence: number;
  phase:
    | "starting"
    | "probing"
    | "asking"
    | "downloading"
    | "loading"
    | "ready"
    | "generating"
    | "recovering"
    | "suspended"
    | "failed"
    | "rejected";
  active_model: string | null;
  backend: BackendName | null;
  /**
   * Why this model was chosen.
   */
  choice: Choice | null;
  /**
   * @maxItems 64
   */
  ladder: RungState[];
  /**
   * Tokens, as loaded.
   */
  context_window: number | null;
  /**
   * @maxItems 300
   */
  cached: string[];
  /**
   * @maxItems 64
   */
  load_times: LoadMeasurement[];
  /**
   * The last command carried out.
   */
  acknowledged: number;
  device: DeviceReport | null;
  error_kind: string | null;
  /**
   * GPU memory that models may take together here, as the component estimates it (MB of 2^20 bytes).
   */
  memory_budget_mb: number | null;
  speeds: Speeds | null;
  /**
   * Of the last answers, the newest last.
   *
   * @maxItems 50
   */
  recent_speeds: AnswerSpeed[];
  counters: Counters1;
  /**
   * Oldest first.
   *
   * @maxItems 200
   */
  messages: SharedMessage[];
}
/**
 * Since the component was mounted.
 */
export interface Counters1 {
  turns: number;
  tokens: number;
  recoveries: number;
}
/**
 * A finished message of the open conversation. Sent only where the embedding app asked for
 * it with `share_messages=True`, which the visitor is shown for as long as it is so.
 */
export interface SharedMessage {
  role: Role;
  text: string;
  /**
   * Of an answer.
   */
  model_id: string | null;
}

export const SETTINGS_DEFAULTS = {
  "backend": "auto",
  "allow_software_gpu": false,
  "context_window": null,
  "max_tokens": 1024,
  "hub_timeout_s": 3.0,
  "cache_backend": "cache",
  "system_prompt": null,
  "upgrade": "offered",
  "ceiling": null,
  "engine_host": "auto"
} satisfies Partial<EngineSettings>;
