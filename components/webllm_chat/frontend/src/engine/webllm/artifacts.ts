/**
 * WebLLM's storage, in the formats that WebLLM 0.2.86 itself reads (its `ArtifactCache`,
 * `ArtifactIndexedDBCache` and `ArtifactOPFSCache`): what is put here, its `reload()` finds without
 * any request.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type CacheBackend, SCOPES, type Scope } from '../download/source';
import { hexOf } from '../download/verify';

export interface Artifacts {
  has(scope: Scope, url: string): Promise<boolean>;
  read(scope: Scope, url: string): Promise<Blob | undefined>;
  put(scope: Scope, url: string, body: Blob): Promise<void>;
  delete(scope: Scope, url: string): Promise<void>;
  /** Deletes everything, of models no longer in the catalog too. */
  clear(): Promise<void>;
}

/** @throws SecurityError where the page may not store. */
export function openArtifacts(backend: CacheBackend): Artifacts {
  switch (backend) {
    case 'cache':
      return new CacheArtifacts();
    case 'indexeddb':
      return new IndexedDBArtifacts();
    case 'opfs':
      return new OPFSArtifacts();
  }
}

class CacheArtifacts implements Artifacts {
  async has(scope: Scope, url: string): Promise<boolean> {
    return (await (await caches.open(scope)).match(url)) !== undefined;
  }

  async read(scope: Scope, url: string): Promise<Blob | undefined> {
    return (await (await caches.open(scope)).match(url))?.blob();
  }

  async put(scope: Scope, url: string, body: Blob): Promise<void> {
    await (await caches.open(scope)).put(url, new Response(body));
  }

  async delete(scope: Scope, url: string): Promise<void> {
    await (await caches.open(scope)).delete(url);
  }

  async clear(): Promise<void> {
    await Promise.all(SCOPES.map((scope) => caches.delete(scope)));
  }
}

/** WebLLM's database: one for each scope, keyed by address. */
interface Database extends DBSchema {
  urls: { key: string; value: { url: string; data: unknown } };
}

/** WebLLM asks for the index as 'json' and for all else as 'arraybuffer', and keeps it so. */
function isJson(url: string): boolean {
  return url.endsWith('/tensor-cache.json');
}

class IndexedDBArtifacts implements Artifacts {
  async has(scope: Scope, url: string): Promise<boolean> {
    return this.#in(scope, async (db) => (await db.getKey('urls', url)) !== undefined);
  }

  async read(scope: Scope, url: string): Promise<Blob | undefined> {
    const kept = await this.#in(scope, (db) => db.get('urls', url));
    if (!kept) return undefined;
    return new Blob([isJson(url) ? JSON.stringify(kept.data) : (kept.data as ArrayBuffer)]);
  }

  async put(scope: Scope, url: string, body: Blob): Promise<void> {
    const data = isJson(url)
      ? (JSON.parse(await body.text()) as unknown)
      : await body.arrayBuffer();
    await this.#in(scope, (db) => db.put('urls', { url, data }));
  }

  async delete(scope: Scope, url: string): Promise<void> {
    await this.#in(scope, (db) => db.delete('urls', url));
  }

  async clear(): Promise<void> {
    // An engine may hold the database open: deleting it whole would wait for that.
    for (const scope of SCOPES) await this.#in(scope, (db) => db.clear('urls'));
  }

  async #in<T>(scope: Scope, work: (db: IDBPDatabase<Database>) => Promise<T>): Promise<T> {
    const db = await openDB<Database>(scope, 1, {
      upgrade: (fresh) => void fresh.createObjectStore('urls', { keyPath: 'url' }),
    });
    try {
      return await work(db);
    } finally {
      db.close();
    }
  }
}

const OPFS_ROOT = 'tvmjs-opfs-store';

/** Two files for each address, named by its SHA-256: the content, and a record written last. */
class OPFSArtifacts implements Artifacts {
  async has(scope: Scope, url: string): Promise<boolean> {
    return (await this.#content(scope, url)) !== undefined;
  }

  async read(scope: Scope, url: string): Promise<Blob | undefined> {
    return this.#content(scope, url);
  }

  async put(scope: Scope, url: string, body: Blob): Promise<void> {
    const directory = await this.#directory(scope);
    const name = await nameOf(url);
    // Without its record a content counts as absent: one cut off in the middle is never read.
    await remove(directory, `${name}.record.json`);
    await write(directory, `${name}.bin`, body);
    const record = new Blob([JSON.stringify({ url, nbytes: body.size })]);
    await write(directory, `${name}.record.json`, record);
  }

  async delete(scope: Scope, url: string): Promise<void> {
    const directory = await this.#directory(scope);
    const name = await nameOf(url);
    await remove(directory, `${name}.record.json`);
    await remove(directory, `${name}.bin`);
  }

  async clear(): Promise<void> {
    const root = await navigator.storage.getDirectory();
    await remove(root, OPFS_ROOT);
  }

  async #content(scope: Scope, url: string): Promise<Blob | undefined> {
    const directory = await this.#directory(scope);
    const name = await nameOf(url);
    const record = await open(directory, `${name}.record.json`);
    const content = record && (await open(directory, `${name}.bin`));
    if (!record || !content) return undefined;
    const { url: address, nbytes } = readRecord(await record.text());
    return address === url && nbytes === content.size ? content : undefined;
  }

  async #directory(scope: Scope): Promise<FileSystemDirectoryHandle> {
    let directory = await navigator.storage.getDirectory();
    for (const name of [OPFS_ROOT, ...scope.split('/')]) {
      directory = await directory.getDirectoryHandle(name, { create: true });
    }
    return directory;
  }
}

async function nameOf(url: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(url));
  return hexOf(new Uint8Array(hash));
}

async function open(directory: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  return absentAsUndefined(async () => (await directory.getFileHandle(name)).getFile());
}

async function remove(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  await absentAsUndefined(() => directory.removeEntry(name, { recursive: true }));
}

async function write(directory: FileSystemDirectoryHandle, name: string, body: Blob) {
  const writable = await (await directory.getFileHandle(name, { create: true })).createWritable();
  try {
    await writable.write(body);
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
}

async function absentAsUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

function readRecord(text: string): { url?: string; nbytes?: number } {
  try {
    return JSON.parse(text) as { url?: string; nbytes?: number };
  } catch {
    return {};
  }
}
