/** Starts the worker that imports, and ends it when the visitor has had enough. */
import { proxy, wrap } from 'comlink';
import type { User } from '../database';
import type { ImportResult, OnProgress } from './import';
import type { ImportFor } from './import.worker';

export interface ImportOptions {
  onProgress?: OnProgress;
  /** Ends the import; nothing of it is kept. */
  signal?: AbortSignal;
}

/** A database that was being written to by a worker which ends is as it was before. */
export async function importInWorker(
  user: User,
  file: Blob | string,
  freeBytes: number | null,
  { onProgress = () => {}, signal }: ImportOptions,
): Promise<ImportResult> {
  const worker = new Worker(new URL('./import.worker.ts', import.meta.url), { type: 'module' });
  const ended = new Promise<ImportResult>((resolve) => {
    if (signal?.aborted) resolve({ kind: 'cancelled' });
    signal?.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
    // Its code did not come, or it ran out of memory.
    worker.addEventListener('error', () => resolve({ kind: 'failed' }));
  });
  try {
    const work = wrap<ImportFor>(worker)(user, file, freeBytes, proxy(onProgress));
    return await Promise.race([work, ended]);
  } finally {
    worker.terminate();
  }
}
