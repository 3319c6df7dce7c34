/** Gets the model the app brings along, waiting while the app's server fetches it itself. */
import { namedError } from '../errors';
import type { ChunkStore } from './chunk-store';
import { downloadFile } from './file';

/** What the app's server writes into its status file. Sizes in bytes. */
interface EmbeddedStatus {
  version: 1;
  state: 'ready' | 'fetching' | 'failed';
  received: number;
  total: number;
  file: string;
  size: number;
  sha256: string;
  error: string | null;
}

export interface EmbeddedProgress {
  stage: 'server' | 'browser';
  received: number;
  total: number;
}

const POLL_MS = 1000;

/**
 * @param directory - absolute address of the folder with the status file and the model.
 * @throws EmbeddedModelUnavailableError when the server says it cannot fetch the model.
 */
export async function downloadEmbedded(
  directory: string,
  statusFile: string,
  store: ChunkStore,
  onProgress: (progress: EmbeddedProgress) => void,
): Promise<Blob> {
  const status = await waitUntilReady(`${directory}/${statusFile}`, onProgress);
  return downloadFile(
    { url: `${directory}/${status.file}`, size: status.size, sha256: status.sha256 },
    store,
    (received) => onProgress({ stage: 'browser', received, total: status.size }),
  );
}

async function waitUntilReady(
  url: string,
  onProgress: (progress: EmbeddedProgress) => void,
): Promise<EmbeddedStatus> {
  for (;;) {
    const status = await readStatus(url);
    if (status?.state === 'ready') return status;
    if (status?.state === 'failed') {
      throw namedError('EmbeddedModelUnavailableError', status.error ?? 'No reason was given.');
    }
    if (status) onProgress({ stage: 'server', received: status.received, total: status.total });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** @returns undefined before the server has written its first status, and while it is away. */
async function readStatus(url: string): Promise<EmbeddedStatus | undefined> {
  const response = await fetch(url, { cache: 'no-store' }).catch(() => undefined);
  if (!response || response.status === 404 || response.status >= 500) return undefined;
  if (!response.ok) throw namedError('HttpError', `${url} answered HTTP ${response.status}.`);
  const status = (await response.json()) as EmbeddedStatus;
  if (status.version !== 1 || !Number.isSafeInteger(status.size)) {
    throw namedError('EmbeddedModelUnavailableError', `${url} is not a status this app knows.`);
  }
  return status;
}
