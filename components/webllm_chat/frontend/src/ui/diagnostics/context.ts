/** The checks of this page's lifetime: made from what the page knows, kept across page switches. */
import type { ModelEntry, RenderArgs } from '../../bridge/protocol';
import { findAdapter } from '../../device/adapter';
import type { CheckContext, Places } from '../../device/checks/check';
import { CheckRunner } from '../../device/checks/runner';
import { GpuLab } from '../../device/gpu/lab';
import { describePlatform } from '../../device/platform';
import { configAddress } from '../../engine/hub';
import { appAddress } from '../frame';

/** Bytes the memory check goes for where no model's need is known. */
const DEFAULT_MEMORY_GOAL = 2 ** 32;

export interface MemoryProgress {
  bytes: number;
  goal: number;
}

export interface Surroundings {
  args: () => RenderArgs | null;
  /** The models on offer. */
  catalog: () => readonly ModelEntry[];
  /** Whether a model is answering now. */
  busy: () => boolean;
  onMemory: (progress: MemoryProgress) => void;
}

export function createChecks(surroundings: Surroundings): CheckRunner {
  return new CheckRunner((signal) => prepare(surroundings, signal));
}

async function prepare(
  { args: currentArgs, catalog: currentCatalog, busy, onMemory }: Surroundings,
  signal: AbortSignal,
): Promise<CheckContext> {
  const args = currentArgs();
  const catalog = currentCatalog();
  const gpu = navigator.gpu as GPU | undefined;
  const search = once(async () => (gpu ? findAdapter(gpu) : { adapter: null, tries: 0 }));
  const goal = memoryGoal(catalog);
  return {
    signal,
    gpu,
    secureContext: window.isSecureContext,
    platform: await describePlatform(),
    adapter: search,
    lab: new GpuLab(),
    busy,
    places: args
      ? places(args, catalog)
      : { config: null, library: null, embedded: null, patienceS: 3 },
    modelBytes: defaultModel(args, catalog)?.download_bytes?.value ?? null,
    memory: { goal, onStep: (bytes) => onMemory({ bytes, goal }) },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function defaultModel(args: RenderArgs | null, catalog: readonly ModelEntry[]) {
  return catalog.find(({ model_id }) => model_id === args?.settings.default_model);
}

/** @returns where the default model's configuration and library, and the embedded model are. */
export function places(args: RenderArgs, catalog: readonly ModelEntry[]): Places {
  const base = appAddress();
  const entry = defaultModel(args, catalog);
  const { embedded } = args;
  return {
    config: entry?.model ? configAddress(new URL(entry.model, base).href) : null,
    library: entry?.model_lib ? new URL(entry.model_lib, base).href : null,
    embedded: embedded && new URL(`${embedded.directory}/${embedded.status}`, base).href,
    patienceS: args.settings.hub_timeout_s,
  };
}

/** As much as the largest model takes: knowing more helps nobody. */
function memoryGoal(catalog: readonly ModelEntry[]): number {
  const needs = catalog.map(({ vram_mb }) => (vram_mb ?? 0) * 2 ** 20);
  return Math.max(0, ...needs) || DEFAULT_MEMORY_GOAL;
}
