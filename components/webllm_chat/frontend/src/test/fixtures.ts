/** What tests start from; each names only the fields it is about. */
import type {
  DeviceReport,
  EmbeddedModel,
  EngineSettings,
  ModelEntry,
  RenderArgs,
} from '../bridge/protocol';
import type { Message } from '../conversation/store';
import type { Ladder, Rung } from '../engine/ladder';
import type { Note } from '../engine/machine';

export function aDevice(fields: Partial<DeviceReport> = {}): DeviceReport {
  return {
    webgpu: 'available',
    secure_context: true,
    shader_f16: true,
    fallback_adapter: false,
    vendor: 'acme',
    architecture: 'one',
    description: '',
    max_buffer_size: 2 ** 32,
    max_storage_buffer_binding_size: 2 ** 31,
    device_memory_gb: 8,
    mobile: false,
    ...fields,
  };
}

export function someSettings(fields: Partial<EngineSettings> = {}): EngineSettings {
  return {
    default_model: 'small-q4f16_1',
    backend: 'auto',
    allow_software_gpu: false,
    context_window: null,
    max_tokens: 512,
    system_prompt: null,
    hub_timeout_s: 5,
    cache_backend: 'cache',
    engine_host: 'dedicated',
    upgrade: 'offered',
    ceiling: null,
    ...fields,
  };
}

export function anEntry(fields: Partial<ModelEntry> = {}): ModelEntry {
  return {
    model_id: 'small-q4f16_1',
    name: 'Small',
    family: 'Small',
    named: true,
    custom: false,
    best_for: 'Tests',
    backend: 'webllm',
    quantization: 'q4f16_1',
    kernels: 'f16',
    context_window: 4096,
    max_context: 8192,
    buffer_size_required_bytes: null,
    low_resource: true,
    vram_mb: 376,
    parameters: 360_000_000,
    download_bytes: { value: 200_000_000, estimate: true },
    model: 'https://hub.example/small-q4f16_1',
    model_lib: 'https://hub.example/libs/small-q4f16_1.wasm',
    overrides: {},
    model_manifest: null,
    integrity: null,
    required_features: [],
    f32_sibling: 'small-q4f32_1',
    licence: { name: 'Apache-2.0', url: 'https://hub.example/small' },
    published_load_time: null,
    sampling: null,
    ...fields,
  };
}

export const F16 = anEntry();
export const F32 = anEntry({
  model_id: 'small-q4f32_1',
  quantization: 'q4f32_1',
  kernels: 'f32',
  vram_mb: 580,
  f32_sibling: null,
});

export const EMBEDDED: EmbeddedModel = {
  model_id: 'embedded-q4_1',
  directory: 'app/static/embedded',
  status: 'status.json',
};

export function aRung(fields: Partial<Rung> = {}): Rung {
  return {
    modelId: F16.model_id,
    backend: 'webllm',
    contextWindow: 4096,
    parameters: 360_000_000,
    vramMb: 376,
    downloadBytes: 200e6,
    cached: false,
    f32: null,
    ...fields,
  };
}

export const F32_RUNG = aRung({ modelId: F32.model_id, vramMb: 580 });
export const F16_RUNG = aRung({ f32: F32_RUNG });
/** A step above, and one that does not fit beside anything. */
export const BETTER_RUNG = aRung({
  modelId: 'better-q4f32_1',
  parameters: 500e6,
  vramMb: 945,
  downloadBytes: 300e6,
});
export const BEST_RUNG = aRung({
  modelId: 'best-q4f32_1',
  parameters: 4e9,
  vramMb: 3700,
  downloadBytes: 2.2e9,
});
export const CPU_RUNG = aRung({
  modelId: EMBEDDED.model_id,
  backend: 'wllama',
  parameters: 0,
  vramMb: null,
  downloadBytes: null,
});

export function aLadder(rungs: Rung[], fields: Partial<Ladder> = {}): Ladder {
  return {
    rungs,
    start: 0,
    choice: 'default',
    considered: [],
    budgetMb: 4096,
    metered: false,
    upgrade: 'offered',
    ...fields,
  };
}

export function renderArgs(fields: Partial<RenderArgs> = {}): RenderArgs {
  return {
    view: 'chat',
    locked: false,
    user: null,
    settings: someSettings(),
    offer: { catalog: 'ladder', listed: null, file: null },
    embedded: EMBEDDED,
    command: null,
    server: null,
    issue_url: null,
    starters: null,
    height: null,
    share_messages: false,
    ...fields,
  };
}

/** An answer that is done. */
export function aMessage(fields: Partial<Message<Note>> = {}): Message<Note> {
  return {
    id: 'm',
    conversationId: 'c',
    parentId: null,
    role: 'assistant',
    content: '',
    status: 'done',
    modelId: F16.model_id,
    notes: [],
    interrupted: [],
    errorKind: null,
    stats: null,
    createdAt: 1,
    chosenAt: 1,
    updatedAt: 1,
    deletedAt: null,
    ...fields,
  };
}
