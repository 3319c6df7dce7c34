/**
 * Downloads one large file in chunks, each kept as soon as it has arrived, so that an interrupted
 * download resumes where it stopped. The whole is verified before anyone gets it; a file that
 * does not match leaves nothing behind.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { namedError } from '../errors';
import type { ChunkStore } from './chunk-store';
import { retrying } from './retry';

/** Bytes. Large enough to keep requests few, small enough to lose little when one breaks. */
export const CHUNK_BYTES = 8 * 1024 * 1024;

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

export const browserEnvironment: FileEnvironment = {
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
  environment: FileEnvironment = browserEnvironment,
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
      const before = received;
      chunk = await retrying(
        () =>
          fetchRange(source.url, start, length, environment.fetch, (bytes) =>
            onProgress(before + bytes),
          ),
        environment.wait,
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
  const chunk = await readBody(response.body, onBytes);
  if (chunk.size !== length) {
    throw namedError(
      'ShortReadError',
      `network error: ${url} sent ${chunk.size} of ${length} bytes.`,
    );
  }
  return chunk;
}

/** Reads a body to its end, telling how many bytes have come. */
export async function readBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (bytes: number) => void,
): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    received += read.value.length;
    onBytes(received);
  }
  return new Blob(parts);
}
