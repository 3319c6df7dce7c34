import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { classify } from '../errors';
import { ensureModelFiles } from './files';

const FOLDER = 'https://mirror.example/mlc-ai/m/resolve/main/';
const SOURCE = { folder: FOLDER, library: 'https://mirror.example/libs/m.wasm' };
const SHARDS = { 'params_shard_0.bin': 'weights one', 'params_shard_1.bin': 'weights two!' };

function modelFiles(): Record<string, string> {
  const index = Object.entries(SHARDS).map(([dataPath, body]) => ({
    dataPath,
    nbytes: body.length,
  }));
  return {
    [`${FOLDER}mlc-chat-config.json`]: JSON.stringify({ tokenizer_files: ['tokenizer.json'] }),
    [`${FOLDER}tensor-cache.json`]: JSON.stringify({ records: index }),
    [`${FOLDER}tokenizer.json`]: '{}',
    ...Object.fromEntries(Object.entries(SHARDS).map(([path, body]) => [FOLDER + path, body])),
    [SOURCE.library]: '\0asm',
  };
}

function manifestOf(files: Record<string, string>): string {
  const row = (body: string) => ({
    size: body.length,
    sha256: bytesToHex(sha256(utf8ToBytes(body))),
  });
  return JSON.stringify({
    files: Object.entries(files)
      .filter(([url]) => url.startsWith(FOLDER))
      .map(([url, body]) => ({ path: url.slice(FOLDER.length), ...row(body) })),
    model_lib: row(files[SOURCE.library] as string),
  });
}

/** The browser's caches, as far as WebLLM's are used. */
class Caches {
  readonly kept = new Map<string, Map<string, Blob>>();
  async open(name: string) {
    const cache = this.kept.get(name) ?? new Map<string, Blob>();
    this.kept.set(name, cache);
    return {
      match: async (url: string) => {
        const body = cache.get(url);
        return body && new Response(body);
      },
      put: async (url: string, response: Response) => void cache.set(url, await response.blob()),
      delete: async (url: string) => cache.delete(url),
    };
  }
  get urls(): string[] {
    return [...this.kept.values()].flatMap((cache) => [...cache.keys()]).sort();
  }
}

class Server {
  readonly asked: string[] = [];
  readonly waits: number[] = [];
  constructor(readonly files: Record<string, string | (() => Response)>) {}
  fetch = async (url: RequestInfo | URL): Promise<Response> => {
    this.asked.push(String(url));
    const file = this.files[String(url)];
    if (typeof file === 'function') return file();
    return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
  };
  wait = async (milliseconds: number) => void this.waits.push(milliseconds);
}

describe('ensureModelFiles', () => {
  let store: Caches;
  let files: Record<string, string>;
  beforeEach(() => {
    store = new Caches();
    vi.stubGlobal('caches', store);
    files = modelFiles();
  });
  afterEach(() => vi.unstubAllGlobals());

  const withManifest = (changes: Record<string, string | (() => Response)> = {}) =>
    new Server({ ...files, [`${FOLDER}manifest.json`]: manifestOf(files), ...changes });
  const failure = (server: Server) =>
    ensureModelFiles(SOURCE, () => {}, server).then(() => 'no failure', classify);

  it('puts every file where WebLLM looks for it', async () => {
    await ensureModelFiles(SOURCE, () => {}, withManifest());
    expect(store.urls).toEqual(Object.keys(files).sort());
    expect([...(store.kept.get('webllm/config') ?? [])]).toHaveLength(1);
    expect([...(store.kept.get('webllm/wasm') ?? [])]).toHaveLength(1);
  });

  it('asks for nothing when everything is here', async () => {
    await ensureModelFiles(SOURCE, () => {}, withManifest());
    const server = new Server({});
    await ensureModelFiles(SOURCE, () => {}, server);
    expect(server.asked).toEqual([]);
  });

  it('fetches only what is missing after a break', async () => {
    const broken = { [`${FOLDER}params_shard_1.bin`]: () => new Response(null, { status: 403 }) };
    expect(await failure(withManifest(broken))).toMatchObject({ kind: 'http' });
    const server = withManifest();
    await ensureModelFiles(SOURCE, () => {}, server);
    expect(server.asked).not.toContain(`${FOLDER}params_shard_0.bin`);
    expect(server.asked).toContain(`${FOLDER}params_shard_1.bin`);
  });

  it.each([
    ['a shard that differs in a byte', 'params_shard_1.bin', 'weights tWo!'],
    ['a truncated shard', 'params_shard_1.bin', 'weights'],
    ['another tokenizer', 'tokenizer.json', '[]'],
  ])('refuses %s and keeps nothing of it', async (_, path, body) => {
    const server = withManifest({ [FOLDER + path]: body });
    expect(await failure(server)).toMatchObject({ kind: 'corrupt-file' });
    expect(store.urls).not.toContain(FOLDER + path);
  });

  it('refuses a truncated shard without a manifest too', async () => {
    const server = new Server({ ...files, [`${FOLDER}params_shard_0.bin`]: 'weights' });
    expect(await failure(server)).toMatchObject({ kind: 'corrupt-file' });
  });

  it('refuses a web page in a file’s place', async () => {
    const page = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    const server = new Server({ ...files, [SOURCE.library]: page });
    expect(await failure(server)).toMatchObject({ kind: 'corrupt-file' });
    expect(store.urls).not.toContain(SOURCE.library);
  });

  it('throws away an index that is not JSON', async () => {
    const server = new Server({ ...files, [`${FOLDER}tensor-cache.json`]: 'oops' });
    expect(await failure(server)).toMatchObject({ kind: 'corrupt-file' });
    expect(store.urls).not.toContain(`${FOLDER}tensor-cache.json`);
  });

  it('tries again when the server is busy', async () => {
    let busy = 2;
    const server = withManifest({
      [SOURCE.library]: () =>
        new Response(busy-- > 0 ? null : '\0asm', { status: busy >= 0 ? 503 : 200 }),
    });
    await ensureModelFiles(SOURCE, () => {}, server);
    expect(server.waits.length).toBe(2);
  });

  it('counts every byte once, up to the manifest’s sum', async () => {
    const seen: [number, number][] = [];
    await ensureModelFiles(SOURCE, (...bytes) => seen.push(bytes), withManifest());
    const [received, total] = seen.at(-1) ?? [];
    expect(received).toBe(total);
    expect(total).toBe('{}'.length + Object.values(SHARDS).join('').length + '\0asm'.length);
  });

  it('names a page that may not store', async () => {
    vi.stubGlobal('caches', undefined);
    expect(await failure(withManifest())).toMatchObject({ kind: 'storage-denied' });
  });
});
