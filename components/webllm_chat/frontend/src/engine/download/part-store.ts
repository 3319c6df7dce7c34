/**
 * Parts of files that are not complete yet, and notes on what is being fetched: in a cache of our
 * own, or in memory where the page may store nothing.
 */
import type { RemoteFile } from './source';

const PARTS_CACHE = 'webllm-chat/files';

/** Where parts and notes lie: bodies under addresses. */
export interface Shelf {
  /** Whether what lies here is still there on the next visit. */
  readonly durable: boolean;
  get(key: string): Promise<Blob | undefined>;
  /** Bytes, without reading the body. */
  size(key: string): Promise<number | undefined>;
  put(key: string, body: Blob): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<string[]>;
}

export async function openShelf(): Promise<Shelf> {
  // No Cache API without a secure context; and it refuses in private or embedded frames.
  const cache = await globalThis.caches?.open(PARTS_CACHE).catch(() => undefined);
  return cache ? new CacheShelf(cache) : new MemoryShelf();
}

class CacheShelf implements Shelf {
  readonly durable = true;

  constructor(private readonly cache: Cache) {}

  async get(key: string): Promise<Blob | undefined> {
    return (await this.cache.match(key))?.blob();
  }

  async size(key: string): Promise<number | undefined> {
    const response = await this.cache.match(key);
    return response && Number(response.headers.get('content-length'));
  }

  async put(key: string, body: Blob): Promise<void> {
    const headers = { 'content-length': String(body.size) };
    await this.cache.put(key, new Response(body, { headers }));
  }

  async delete(key: string): Promise<void> {
    await this.cache.delete(key);
  }

  async keys(): Promise<string[]> {
    return (await this.cache.keys()).map(({ url }) => url);
  }
}

export class MemoryShelf implements Shelf {
  readonly durable = false;
  readonly #bodies = new Map<string, Blob>();

  async get(key: string): Promise<Blob | undefined> {
    return this.#bodies.get(key);
  }

  async size(key: string): Promise<number | undefined> {
    return this.#bodies.get(key)?.size;
  }

  async put(key: string, body: Blob): Promise<void> {
    this.#bodies.set(key, body);
  }

  async delete(key: string): Promise<void> {
    this.#bodies.delete(key);
  }

  async keys(): Promise<string[]> {
    return [...this.#bodies.keys()];
  }
}

/** The parts of each file, in order and without gaps; together they are its beginning. */
export class PartStore {
  constructor(readonly shelf: Shelf) {}

  async read(file: RemoteFile): Promise<Blob[]> {
    const parts: Blob[] = [];
    for (;;) {
      const part = await this.shelf.get(partKey(file, parts.length));
      if (!part) return parts;
      parts.push(part);
    }
  }

  /** @returns bytes kept of the file. */
  async kept(file: RemoteFile): Promise<number> {
    let bytes = 0;
    for (let index = 0; ; index += 1) {
      const size = await this.shelf.size(partKey(file, index));
      if (size === undefined) return bytes;
      bytes += size;
    }
  }

  async append(file: RemoteFile, index: number, part: Blob): Promise<void> {
    await this.shelf.put(partKey(file, index), part);
  }

  async drop(file: RemoteFile): Promise<void> {
    // From the end: what is left when this is cut off is still a beginning of the file.
    const count = (await this.read(file)).length;
    for (let index = count - 1; index >= 0; index -= 1) {
      await this.shelf.delete(partKey(file, index));
    }
  }

  /** Drops the parts of these files' other versions, which nothing will ever complete. */
  async dropOtherVersions(files: RemoteFile[]): Promise<void> {
    const wanted = new Map(files.map((file) => [file.url, version(file)]));
    for (const key of await this.shelf.keys()) {
      const [url = '', rest] = key.split(PART_MARK);
      const known = wanted.get(url);
      if (rest !== undefined && known !== undefined && !rest.startsWith(`${known}&`)) {
        await this.shelf.delete(key);
      }
    }
  }
}

const PART_MARK = '?webllm-chat-part-of=';

function partKey(file: RemoteFile, index: number): string {
  return `${file.url}${PART_MARK}${version(file)}&part=${index}`;
}

/** Another version of a file never meets this one's parts. */
function version({ sha256, md5, size }: RemoteFile): string {
  return sha256 ?? md5 ?? String(size ?? 'unknown');
}
