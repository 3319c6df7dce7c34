/** Chooses which models to stand on, best first, and where to start; docs/ladder.md explains it. */
import type {
  BackendName,
  Choice,
  DeviceReport,
  EmbeddedModel,
  EngineSettings,
  ModelEntry,
} from '../bridge/protocol';
import { type Fit, fitOf, hasUsableGpu, memoryBudgetMb } from './fit';
import type { LoadedModel } from './hosts/wire';
import type { History } from './visits';

/** What becomes of better models: switched to, offered, or not looked for. */
export type UpgradePolicy = EngineSettings['upgrade'];

export interface Rung {
  modelId: string;
  backend: BackendName;
  /** Tokens. */
  contextWindow: number;
  /** By which rungs are ordered; estimated where the catalog does not tell. */
  parameters: number;
  /** GPU memory, in MB. */
  vramMb: number | null;
  downloadBytes: number | null;
  /** Its files are all in the browser. */
  cached: boolean;
  /** The same model built for 32-bit arithmetic, where this one needs 16-bit. */
  f32: Rung | null;
}

/** A model of the named set, and why it is on the ladder or not. */
export interface Considered {
  name: string;
  /** The build that suits this device best. */
  modelId: string;
  fit: Fit;
}

export interface Ladder {
  rungs: Rung[];
  /** Index of the rung to start on. */
  start: number;
  choice: Choice;
  considered: Considered[];
  budgetMb: number;
  metered: boolean;
  upgrade: UpgradePolicy;
}

export interface LadderInput {
  device: DeviceReport;
  settings: EngineSettings;
  catalog: readonly ModelEntry[];
  embedded: EmbeddedModel | null;
  history: History;
  /** Ids of the models whose files are all in the browser. */
  cached: ReadonlySet<string>;
  /** The last visit ended while one of these was loading. */
  crashed: string[];
  metered: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

export interface GpuPick {
  entry: ModelEntry;
  choice: Choice;
}

/** Tokens the embedded model reads at most: enough for a chat, and its memory stays small. */
const EMBEDDED_CONTEXT_WINDOW = 4096;

/** Rough parameters of a model of which only the memory is known: four bits each, and a cache. */
const PARAMETERS_PER_MB = 1.5e6;

/** The model the GPU should start with, or why it should run none. Nothing is fetched for it. */
export function pickGpuModel(input: LadderInput): GpuPick | Choice {
  const { device, settings, catalog } = input;
  if (settings.backend === 'cpu') return 'cpu-forced';
  if (!hasUsableGpu(device, settings)) return 'no-gpu';
  const entry = catalog.find(({ model_id }) => model_id === settings.default_model);
  if (entry?.backend !== 'webllm') return 'unknown-model';
  if (fitOf(entry, input).reason !== 'needs-f16') return { entry, choice: 'default' };
  const sibling = catalog.find(({ model_id }) => model_id === entry.f32_sibling);
  return sibling ? { entry: sibling, choice: 'f32-sibling' } : 'no-gpu';
}

/** @param hubReachable - whether the picked model's files can be had. */
export function buildLadder(
  input: LadderInput,
  pick: GpuPick | Choice,
  hubReachable: boolean,
): Ladder {
  const { settings, embedded, device, catalog, history, metered } = input;
  const ground = embedded ? [embeddedRung(embedded, input)] : [];
  const base = {
    considered: considerNamed(input),
    budgetMb: memoryBudgetMb(device, catalog, history),
    metered,
    upgrade: settings.upgrade,
  };
  if (typeof pick === 'string') return { ...base, rungs: ground, start: 0, choice: pick };
  const gpu = gpuRungs(input, pick.entry, base.considered);
  // A forced GPU is tried even when the hub seems out of reach: its failure then says why.
  const canFetch = hubReachable || settings.backend === 'webgpu';
  const rungs = [...(canFetch ? gpu : gpu.filter(({ cached }) => cached)), ...ground];
  return { ...base, rungs, ...startOf(rungs, input, pick, canFetch) };
}

/** What an earlier visit or another tab left loaded is ready at once: the best of it comes first. */
export function startWhereLoaded(ladder: Ladder, loaded: LoadedModel[]): Ladder {
  const start = ladder.rungs.findIndex(({ modelId, contextWindow }) =>
    loaded.some((model) => model.modelId === modelId && model.contextWindow === contextWindow),
  );
  return start < 0 ? ladder : { ...ladder, start };
}

/** Each named model in the build that suits this device: the largest context that is comfortable. */
function considerNamed(input: LadderInput): Considered[] {
  const named = input.catalog.filter((entry) => entry.named && entry.backend === 'webllm');
  const models = new Map<string, ModelEntry[]>();
  for (const entry of named) models.set(entry.name, [...(models.get(entry.name) ?? []), entry]);
  return [...models]
    .map(([name, builds]) => ({ name, ...bestBuild(builds, input) }))
    .sort((a, b) => parametersOf(b.entry) - parametersOf(a.entry))
    .map(({ name, entry, fit }) => ({ name, modelId: entry.model_id, fit }));
}

function bestBuild(builds: ModelEntry[], input: LadderInput): { entry: ModelEntry; fit: Fit } {
  const rated = builds.map((entry) => ({ entry, fit: fitOf(entry, input) }));
  const order = ({ entry, fit }: { entry: ModelEntry; fit: Fit }) =>
    [
      ['comfortable', 'possible', 'no'].indexOf(fit.verdict),
      entry.quantization.startsWith('q4') ? 0 : 1,
      entry.kernels === 'f16' ? 0 : 1,
      -entry.context_window,
    ] as const;
  return rated.reduce((best, each) => (isBefore(order(each), order(best)) ? each : best));
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

function gpuRungs(input: LadderInput, first: ModelEntry, considered: Considered[]): Rung[] {
  const { catalog, settings, embedded } = input;
  const isTried = fitOf(first, input).reason !== 'failed-here';
  // The model the app brings along answers on the CPU; on the GPU it would be no step.
  const broughtAlong = catalog.find(({ model_id }) => model_id === embedded?.model_id)?.name;
  const climbable = considered
    .filter(({ name, fit }) => fit.verdict === 'comfortable' && name !== broughtAlong)
    .map(({ modelId }) => catalog.find(({ model_id }) => model_id === modelId) as ModelEntry)
    .filter(({ name }) => name !== first.name);
  return [...(isTried ? [first] : []), ...climbable]
    .sort((a, b) => parametersOf(b) - parametersOf(a))
    .map((entry) => gpuRung(entry, input, settings.context_window));
}

/** Where a visit begins: the operator's model, or a better one that is already in the browser. */
function startOf(
  rungs: Rung[],
  { crashed }: LadderInput,
  pick: GpuPick,
  canFetch: boolean,
): Pick<Ladder, 'start' | 'choice'> {
  const picked = rungs.findIndex(({ modelId }) => modelId === pick.entry.model_id);
  const above = picked < 0 ? rungs : rungs.slice(0, picked);
  const better = above.findLastIndex(({ cached, backend }) => cached && backend === 'webllm');
  const start = better >= 0 ? better : Math.max(0, picked);
  if (crashed.length > 0) return { start, choice: 'after-crash' };
  if (better >= 0) return { start, choice: 'cached' };
  if (picked >= 0) return { start, choice: canFetch ? pick.choice : 'cached' };
  return { start, choice: canFetch ? 'failed-here' : 'hub-unreachable' };
}

export function gpuRung(
  entry: ModelEntry,
  { catalog, cached }: Pick<LadderInput, 'catalog' | 'cached'>,
  wantedContextWindow: number | null,
): Rung {
  const sibling =
    entry.kernels === 'f16'
      ? catalog.find(({ model_id }) => model_id === entry.f32_sibling)
      : undefined;
  return {
    modelId: entry.model_id,
    backend: entry.backend,
    contextWindow: Math.min(
      wantedContextWindow ?? entry.context_window,
      entry.max_context ?? entry.context_window,
    ),
    parameters: parametersOf(entry),
    vramMb: entry.vram_mb,
    downloadBytes: entry.download_bytes?.value ?? null,
    cached: cached.has(entry.model_id),
    f32: sibling ? gpuRung(sibling, { catalog, cached }, wantedContextWindow) : null,
  };
}

export function embeddedRung(
  embedded: EmbeddedModel,
  { settings, catalog, cached }: Pick<LadderInput, 'settings' | 'catalog' | 'cached'>,
): Rung {
  const wanted = settings.context_window ?? EMBEDDED_CONTEXT_WINDOW;
  const entry = catalog.find(({ model_id }) => model_id === embedded.model_id);
  return {
    modelId: embedded.model_id,
    backend: 'wllama',
    contextWindow: Math.min(wanted, EMBEDDED_CONTEXT_WINDOW),
    parameters: entry ? parametersOf(entry) : 0,
    vramMb: null,
    downloadBytes: entry?.download_bytes?.value ?? null,
    cached: cached.has(embedded.model_id),
    f32: null,
  };
}

function parametersOf({ parameters, vram_mb }: ModelEntry): number {
  return parameters ?? (vram_mb ?? 0) * PARAMETERS_PER_MB;
}
