/** Where downloaded chunks rest: the browser's cache, or memory where the page may not store. */

export interface ChunkStore {
  /** Whether chunks are still there on the next visit. */
  readonly durable: boolean;
  get(key: string): Promise<Blob | undefined>;
  put(key: string, chunk: Blob): Promise<void>;
  delete(key: string): Promise<void>;
}

const CACHE_NAME = 'webllm-chat/files';

export async function openChunkStore(): Promise<ChunkStore> {
  // No Cache API without a secure context; and it refuses in private or embedded frames.
  const cache = await globalThis.caches?.open(CACHE_NAME).catch(() => undefined);
  return cache ? new CacheStore(cache) : new MemoryStore();
}

class CacheStore implements ChunkStore {
  readonly durable = true;

  constructor(private readonly cache: Cache) {}

  async get(key: string): Promise<Blob | undefined> {
    return (await this.cache.match(key))?.blob();
  }

  async put(key: string, chunk: Blob): Promise<void> {
    await this.cache.put(key, new Response(chunk));
  }

  async delete(key: string): Promise<void> {
    await this.cache.delete(key);
  }
}

export class MemoryStore implements ChunkStore {
  readonly durable = false;
  readonly #chunks = new Map<string, Blob>();

  async get(key: string): Promise<Blob | undefined> {
    return this.#chunks.get(key);
  }

  async put(key: string, chunk: Blob): Promise<void> {
    this.#chunks.set(key, chunk);
  }

  async delete(key: string): Promise<void> {
    this.#chunks.delete(key);
  }
}
