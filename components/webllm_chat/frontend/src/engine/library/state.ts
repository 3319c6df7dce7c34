/** What the page knows of the models' files and of its storage. All sizes in bytes. */
import type { Tally } from '../download/model-files';
import type { EngineError } from '../errors';

export type FilesState = 'absent' | 'partial' | 'queued' | 'downloading' | 'paused' | 'complete';

export interface ModelFiles {
  modelId: string;
  state: FilesState;
  /** Here already; never falls while a download runs. */
  received: number;
  total: number;
  /** The total is known, and not the catalog's estimate. */
  exact: boolean;
  /** Smoothed; null unless bytes are coming. */
  bytesPerS: number | null;
  /** Why the last download of this visit ended, unless the visitor ended it. */
  error: EngineError | null;
  /** Another tab is downloading it. */
  elsewhere: boolean;
  /** How far the app's own server is with the model it brings along, until it has it. */
  onServer: { received: number; total: number } | null;
}

export interface StorageReport {
  usage: number | null;
  quota: number | null;
  /** The browser will not clear this site's storage by itself; null where it does not say. */
  persisted: boolean | null;
  /** Whether files are still here on the next visit. */
  durable: boolean;
}

export interface LibraryState {
  files: Record<string, ModelFiles>;
  storage: StorageReport;
}

export const UNKNOWN_STORAGE: StorageReport = {
  usage: null,
  quota: null,
  persisted: null,
  durable: true,
};

/** @param estimate - the catalog's, and whether it is one. */
export function unknownFiles(
  modelId: string,
  estimate: { value: number; estimate: boolean } | null,
): ModelFiles {
  return {
    modelId,
    state: 'absent',
    received: 0,
    total: estimate?.value ?? 0,
    exact: estimate?.estimate === false,
    bytesPerS: null,
    error: null,
    elsewhere: false,
    onServer: null,
  };
}

/** What was found on the disk or has come from the network. */
export function withTally(files: ModelFiles, { received, total, exact }: Tally): ModelFiles {
  if (exact) return { ...files, received, total, exact };
  // Sizes that are missing yet make a sum too small; the estimate is then nearer.
  return { ...files, received, total: Math.max(files.total, total) };
}
