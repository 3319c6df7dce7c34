/** One build of a model on this device: its state, how far it is, and what can be done with it. */
import type { ModelEntry } from '../../bridge/protocol';
import type { Fit } from '../../engine/fit';
import type { ModelFiles } from '../../engine/library/state';
import { activeRung, type MachineState, percentOf } from '../../engine/machine';
import type { ModelHistory } from '../../engine/visits';

export type RowState =
  | 'not-downloaded'
  | 'partial'
  | 'asking'
  | 'queued'
  | 'downloading'
  | 'paused'
  | 'cached'
  | 'loading'
  /** In memory, and ready to take over. */
  | 'loaded'
  | 'active'
  | 'does-not-fit';

export type RowAction =
  | 'download'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'use'
  | 'allow'
  | 'unload'
  | 'delete';

/** Flat, so that a row whose facts are the same is not drawn again. Sizes in bytes. */
export interface ModelRow {
  entry: ModelEntry;
  state: RowState;
  /** 0 to 100 through the present step; null where nothing is under way. */
  percent: number | null;
  received: number;
  total: number;
  /** The total is known, and not an estimate. */
  exact: boolean;
  bytesPerS: number | null;
  /** The kind of the error that ended the last download, or the load. */
  error: string | null;
  /** Another tab is downloading it. */
  elsewhere: boolean;
  /** The app's own server is still fetching it. */
  onServer: boolean;
  verdict: Fit['verdict'] | null;
  reason: Fit['reason'] | null;
  /** Seconds, measured on this device. */
  firstS: number | null;
  cachedS: number | null;
  decodeTokensPerS: number | null;
}

export interface RowFacts {
  entry: ModelEntry;
  engine: MachineState;
  files: ModelFiles | undefined;
  fit: Fit | null;
  history: ModelHistory | undefined;
}

export function modelRow({ entry, engine, files, fit, history }: RowFacts): ModelRow {
  const loading = inEngine(engine, entry.model_id);
  const present = loading ?? onDisk(files, fit);
  return {
    entry,
    ...present,
    received: files?.received ?? 0,
    total: files?.total ?? entry.download_bytes?.value ?? 0,
    exact: files?.exact ?? entry.download_bytes?.estimate === false,
    bytesPerS: files?.bytesPerS ?? null,
    error: errorOf(engine, entry.model_id) ?? files?.error?.kind ?? null,
    elsewhere: files?.elsewhere ?? false,
    onServer: (files?.onServer ?? null) !== null,
    verdict: fit?.verdict ?? null,
    reason: fit?.reason ?? null,
    firstS: history?.firstS ?? null,
    cachedS: history?.cachedS ?? null,
    decodeTokensPerS: history?.decodeTokensPerS ?? null,
  };
}

type Present = Pick<ModelRow, 'state' | 'percent'>;

/** What the engine has or does with it; its progress is the one that the page reports. */
function inEngine(engine: MachineState, modelId: string): Present | undefined {
  const { background, phase, progress } = engine;
  if (activeRung(engine)?.modelId === modelId) return { state: 'active', percent: null };
  if (background?.rung.modelId === modelId) {
    const percent = percentOf(background.progress);
    switch (background.stage) {
      case 'ready':
        return { state: 'loaded', percent: null };
      case 'downloaded':
        return { state: 'cached', percent: null };
      case 'stalled':
        return { state: 'paused', percent };
      case 'asking':
        return { state: 'asking', percent: null };
      default:
        return { state: background.stage, percent };
    }
  }
  if (engine.rungs[engine.rung]?.modelId !== modelId) return undefined;
  if (phase === 'asking') return { state: 'asking', percent: null };
  if (phase !== 'downloading' && phase !== 'loading' && phase !== 'recovering') return undefined;
  const state = progress?.stage === 'download' ? 'downloading' : 'loading';
  return { state, percent: percentOf(progress) };
}

function onDisk(files: ModelFiles | undefined, fit: Fit | null): Present {
  const percent = files && files.total > 0 ? Math.floor((files.received / files.total) * 100) : 0;
  switch (files?.state) {
    case 'complete':
      return { state: 'cached', percent: null };
    case 'downloading':
    case 'queued':
    case 'paused':
    case 'partial':
      // All bytes can be here before the last file is checked.
      return { state: files.state, percent: Math.min(99, percent) };
    default:
      return { state: fit?.verdict === 'no' ? 'does-not-fit' : 'not-downloaded', percent: null };
  }
}

function errorOf(engine: MachineState, modelId: string): string | undefined {
  if (engine.background?.rung.modelId === modelId) return engine.background.error?.kind;
  return engine.failures.findLast((failure) => failure.modelId === modelId)?.kind;
}

export function actionsOf(row: ModelRow): RowAction[] {
  const { state, verdict, elsewhere, received } = row;
  const use: RowAction[] = verdict === 'no' ? [] : ['use'];
  switch (state) {
    case 'not-downloaded':
      return ['download', ...use];
    case 'partial':
      return [...(verdict === 'no' ? [] : (['resume'] as const)), ...use, 'delete'];
    case 'asking':
      return ['allow'];
    case 'queued':
    case 'downloading':
      return elsewhere ? ['cancel'] : ['pause', 'cancel'];
    case 'paused':
      return received > 0 ? ['resume', 'cancel', 'delete'] : ['resume', 'cancel'];
    case 'cached':
      return [...use, 'delete'];
    case 'loading':
      return ['unload'];
    case 'loaded':
      return ['use', 'unload'];
    case 'active':
      return ['unload', 'delete'];
    case 'does-not-fit':
      return [];
  }
}

/** What tells a build from the others of its model. */
export function buildName({ model_id, quantization }: ModelEntry): string {
  return model_id.endsWith('-1k') ? `${quantization} · 1k` : quantization;
}

/** Files of it are in the browser, or on their way. */
export function isHere({ state }: ModelRow): boolean {
  return state !== 'not-downloaded' && state !== 'does-not-fit' && state !== 'asking';
}
