/**
 * Downloads one large file in chunks, each kept as soon as it has arrived, so that an interrupted
 * download resumes where it stopped. The whole is verified before anyone gets it; a file that
 * does not match leaves nothing behind.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { namedError } from '../errors';
import type { ChunkStore } from './chunk-store';

/** Bytes. Large enough to keep requests few, small enough to lose little when one breaks. */
export const CHUNK_BYTES = 8 * 1024 * 1024;

const RETRY_DELAYS_MS = [500, 1500, 4000];

export interface FileSource {
  url: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

export interface FileEnvironment {
  fetch: typeof fetch;
  wait: (milliseconds: number) => Promise<void>;
}

const browser: FileEnvironment = {
  fetch: (input, init) => fetch(input, init),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * @returns the file's content.
 * @throws HttpError, CorruptFileError, or the browser's own network and quota errors.
 */
export async function downloadFile(
  source: FileSource,
  store: ChunkStore,
  onProgress: (received: number) => void,
  environment: FileEnvironment = browser,
): Promise<Blob> {
  const keys = chunkKeys(source);
  const hash = sha256.create();
  const chunks: Blob[] = [];
  let received = 0;
  for (const [index, key] of keys.entries()) {
    const start = index * CHUNK_BYTES;
    const length = Math.min(CHUNK_BYTES, source.size - start);
    let chunk = await store.get(key);
    if (chunk?.size !== length) {
      chunk = await fetchChunk(source.url, start, length, environment, (bytes) =>
        onProgress(received + bytes),
      );
      // Full storage costs the next visit its shortcut, not this one its model.
      await store.put(key, chunk).catch(() => {});
    }
    hash.update(new Uint8Array(await chunk.arrayBuffer()));
    chunks.push(chunk);
    received += length;
    onProgress(received);
  }
  if (bytesToHex(hash.digest()) !== source.sha256) {
    await Promise.all(keys.map((key) => store.delete(key)));
    throw namedError(
      'CorruptFileError',
      `${source.url} is not the file it should be (its SHA-256 differs); it was thrown away.`,
    );
  }
  return new Blob(chunks);
}

function chunkKeys({ url, size, sha256 }: FileSource): string[] {
  // The hash is part of the key: another version of the file never meets this one's chunks.
  return Array.from(
    { length: Math.ceil(size / CHUNK_BYTES) },
    (_, index) => `${url}?sha256=${sha256}&chunk=${index}`,
  );
}

async function fetchChunk(
  url: string,
  start: number,
  length: number,
  { fetch, wait }: FileEnvironment,
  onBytes: (bytes: number) => void,
): Promise<Blob> {
  for (const delay of [...RETRY_DELAYS_MS, undefined]) {
    try {
      return await fetchRange(url, start, length, fetch, onBytes);
    } catch (error) {
      if (delay === undefined || !isTransient(error)) throw error;
      await wait(delay);
    }
  }
  throw new Error('unreachable');
}

function isTransient(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (!(error instanceof Error)) return false;
  const busy = error.name === 'HttpError' && /HTTP (429|5\d\d)/.test(error.message);
  return busy || error.name === 'ShortReadError';
}

async function fetchRange(
  url: string,
  start: number,
  length: number,
  fetchIt: typeof fetch,
  onBytes: (bytes: number) => void,
): Promise<Blob> {
  const response = await fetchIt(url, {
    headers: { Range: `bytes=${start}-${start + length - 1}` },
    // The chunks are stored here; a second copy in the browser's HTTP cache helps nobody.
    cache: 'no-store',
  });
  if (response.status !== 206 || !response.body) {
    await response.body?.cancel();
    throw namedError('HttpError', `${url} answered HTTP ${response.status} instead of a part.`);
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  const reader = response.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    received += read.value.length;
    onBytes(received);
  }
  if (received !== length) {
    throw namedError(
      'ShortReadError',
      `network error: ${url} sent ${received} of ${length} bytes.`,
    );
  }
  return new Blob(parts);
}
