/**
 * Whether a model fits this device. WebGPU tells no free memory, so this is an estimate from what
 * browsers do tell, corrected by what loaded or failed here before; docs/ladder.md explains it.
 */
import type { DeviceReport, EngineSettings, ModelEntry } from '../bridge/protocol';
import { isAboutSize } from './errors';
import type { History } from './visits';

export type FitReason =
  | 'on-the-cpu'
  | 'within-budget'
  | 'loaded-here'
  | 'above-budget'
  | 'failed-here'
  | 'above-ceiling'
  | 'no-gpu'
  | 'needs-f16'
  | 'buffer-too-large';

export interface Fit {
  /** `possible`: by the visitor's choice, never climbed to unasked. */
  verdict: 'comfortable' | 'possible' | 'no';
  reason: FitReason;
}

const MIB = 2 ** 20;

/** `navigator.deviceMemory` is rounded and capped; browsers that do not tell it get the middle. */
const ASSUMED_MEMORY_GB = { desktop: 8, mobile: 4 };

/** Share of the machine's memory that models may take: phones end a tab much sooner. */
const SHARE = { desktop: 1 / 2, mobile: 1 / 4 };

/** MB. A tab of iOS was seen to end at about 1.5 GB, weights and page together. */
const MOST_ON_MOBILE_MB = 1024;

/** GPUs whose largest buffer is small have little memory, or a driver that lends little. */
const BUDGET_PER_BUFFER = 2;

/** Failures older than this say nothing of the GPU's state now. Milliseconds. */
const FAILURE_COUNTS_FOR_MS = 24 * 3600 * 1000;

/**
 * GPU memory, in MB, that models may take together:
 * min(memory × share, 2 × largest buffer), but never less than what has loaded here before.
 */
export function memoryBudgetMb(
  device: DeviceReport,
  catalog: readonly ModelEntry[],
  history: History,
): number {
  const kind = device.mobile ? 'mobile' : 'desktop';
  const memoryGb = device.device_memory_gb ?? ASSUMED_MEMORY_GB[kind];
  const byMemory = memoryGb * 1024 * SHARE[kind];
  const byBuffer = (BUDGET_PER_BUFFER * device.max_buffer_size) / MIB;
  const estimate = Math.min(byMemory, byBuffer, device.mobile ? MOST_ON_MOBILE_MB : byMemory);
  const proven = catalog
    .filter(({ model_id }) => hasLoaded(history, model_id))
    .map(({ vram_mb }) => vram_mb ?? 0);
  return Math.floor(Math.max(estimate, ...proven));
}

export interface FitInput {
  device: DeviceReport;
  settings: EngineSettings;
  catalog: readonly ModelEntry[];
  history: History;
  now: number;
}

export function fitOf(entry: ModelEntry, input: FitInput): Fit {
  if (entry.backend === 'wllama') return { verdict: 'comfortable', reason: 'on-the-cpu' };
  const impossible = hardLimit(entry, input);
  if (impossible) return { verdict: 'no', reason: impossible };
  if (failedRecently(entry, input)) return { verdict: 'possible', reason: 'failed-here' };
  if (isAboveCeiling(entry, input)) return { verdict: 'possible', reason: 'above-ceiling' };
  if (hasLoaded(input.history, entry.model_id)) {
    return { verdict: 'comfortable', reason: 'loaded-here' };
  }
  const budget = memoryBudgetMb(input.device, input.catalog, input.history);
  // An operator's own model may come without a figure; they will know.
  return (entry.vram_mb ?? 0) <= budget
    ? { verdict: 'comfortable', reason: 'within-budget' }
    : { verdict: 'possible', reason: 'above-budget' };
}

function hardLimit(
  entry: ModelEntry,
  { device, settings }: Pick<FitInput, 'device' | 'settings'>,
): FitReason | undefined {
  if (settings.backend === 'cpu' || !hasUsableGpu(device, settings)) return 'no-gpu';
  // The list of required features is no guide: many f16 builds do not name shader-f16 in it.
  if (entry.kernels === 'f16' && !device.shader_f16) return 'needs-f16';
  const buffer = entry.buffer_size_required_bytes ?? 0;
  if (buffer > Math.min(device.max_buffer_size, device.max_storage_buffer_binding_size)) {
    return 'buffer-too-large';
  }
  return undefined;
}

export function hasUsableGpu(device: DeviceReport, settings: EngineSettings): boolean {
  // Software WebGPU is slower than the CPU rung, so it counts only when the settings say so.
  if (device.webgpu === 'software-only') return settings.allow_software_gpu;
  return device.webgpu === 'available';
}

/** A model fails for size where a smaller one has. */
function failedRecently(entry: ModelEntry, { history, now, catalog }: FitInput): boolean {
  const recent = (modelId: string) => {
    const failure = history[modelId]?.failure;
    return failure && now - failure.at < FAILURE_COUNTS_FOR_MS ? failure : undefined;
  };
  if (recent(entry.model_id)) return true;
  return catalog.some((other) => {
    const kind = recent(other.model_id)?.kind;
    return kind !== undefined && isAboutSize(kind) && isSmaller(other, entry);
  });
}

function isSmaller(a: ModelEntry, b: ModelEntry): boolean {
  return a.vram_mb !== null && b.vram_mb !== null && a.vram_mb <= b.vram_mb;
}

function isAboveCeiling(entry: ModelEntry, { settings: { ceiling }, catalog }: FitInput): boolean {
  if (ceiling === null) return false;
  if (typeof ceiling === 'number') return (entry.vram_mb ?? 0) > ceiling;
  const highest = catalog.find(({ model_id }) => model_id === ceiling);
  return (entry.parameters ?? 0) > (highest?.parameters ?? Number.POSITIVE_INFINITY);
}

function hasLoaded(history: History, modelId: string): boolean {
  const known = history[modelId];
  return known !== undefined && known.failure === undefined && known.lastLoadedAt !== undefined;
}
