/** Chooses which models to stand on, best first; the last rung is the one every browser carries. */
import type {
  BackendName,
  Choice,
  DeviceReport,
  EmbeddedModel,
  EngineSettings,
  ModelEntry,
} from '../bridge/protocol';

export interface Rung {
  modelId: string;
  backend: BackendName;
  /** Tokens. */
  contextWindow: number;
}

export interface Ladder {
  rungs: Rung[];
  choice: Choice;
}

export interface LadderInput {
  device: DeviceReport;
  settings: EngineSettings;
  catalog: ModelEntry[];
  embedded: EmbeddedModel | null;
}

export interface GpuPick {
  entry: ModelEntry;
  choice: Choice;
}

/** Tokens the embedded model reads at most: enough for a chat, and its memory stays small. */
const EMBEDDED_CONTEXT_WINDOW = 4096;

/** The model the GPU should run, or why it should run none. Decided before anything is fetched. */
export function pickGpuModel({ device, settings, catalog }: LadderInput): GpuPick | Choice {
  if (settings.backend === 'cpu') return 'cpu-forced';
  if (!isUsable(device, settings)) return 'no-gpu';
  const entry = catalog.find(({ model_id }) => model_id === settings.default_model);
  if (entry?.backend !== 'webllm') return 'unknown-model';
  if (entry.kernels !== 'f16' || device.shader_f16) return { entry, choice: 'default' };
  // The list of required features is no guide: many f16 builds do not name shader-f16 in it.
  const sibling = catalog.find(({ model_id }) => model_id === entry.f32_sibling);
  return sibling ? { entry: sibling, choice: 'f32-sibling' } : 'no-gpu';
}

/** @param hubReachable - whether the picked model's files can be had. */
export function buildLadder(
  input: LadderInput,
  pick: GpuPick | Choice,
  hubReachable: boolean,
): Ladder {
  const { settings, catalog, embedded } = input;
  const ground = embedded ? [embeddedRung(embedded, settings)] : [];
  if (typeof pick === 'string') return { rungs: ground, choice: pick };
  // A forced GPU is tried even when the hub seems out of reach: its failure then says why.
  if (!hubReachable && settings.backend !== 'webgpu') {
    return { rungs: ground, choice: 'hub-unreachable' };
  }
  const sibling = catalog.find(
    ({ model_id }) => pick.entry.kernels === 'f16' && model_id === pick.entry.f32_sibling,
  );
  const gpu = [pick.entry, ...(sibling ? [sibling] : [])].map((entry) => gpuRung(entry, settings));
  return { rungs: [...gpu, ...ground], choice: pick.choice };
}

export function gpuRung(entry: ModelEntry, settings: EngineSettings): Rung {
  const wanted = settings.context_window ?? entry.context_window;
  return {
    modelId: entry.model_id,
    backend: entry.backend,
    contextWindow: Math.min(wanted, entry.context_window),
  };
}

function embeddedRung(embedded: EmbeddedModel, settings: EngineSettings): Rung {
  const wanted = settings.context_window ?? EMBEDDED_CONTEXT_WINDOW;
  return {
    modelId: embedded.model_id,
    backend: 'wllama',
    contextWindow: Math.min(wanted, EMBEDDED_CONTEXT_WINDOW),
  };
}

function isUsable(device: DeviceReport, settings: EngineSettings): boolean {
  // Software WebGPU is slower than the CPU rung, so it counts only when the settings say so.
  if (device.webgpu === 'software-only') return settings.allow_software_gpu;
  return device.webgpu === 'available';
}
