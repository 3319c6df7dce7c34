/** A browser's storage and a server of models, for tests of what lies between them. */
import './native-blob';
import { createHash } from 'node:crypto';
import type { Environment } from '../engine/download/environment';
import type { WebLLMSource } from '../engine/download/source';

export function sha256Of(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

/** The Cache API, with a quota. */
export class FakeCaches {
  readonly kept = new Map<string, Map<string, { body: Blob; headers: Headers }>>();
  /** Bytes. */
  quota = Number.POSITIVE_INFINITY;

  async open(name: string) {
    const cache = this.kept.get(name) ?? new Map<string, { body: Blob; headers: Headers }>();
    this.kept.set(name, cache);
    return {
      match: async (url: string) => {
        const entry = cache.get(url);
        return entry && new Response(entry.body, { headers: entry.headers });
      },
      put: async (url: string, response: Response) => {
        const { headers } = response;
        const body = await response.blob();
        const replaced = cache.get(url)?.body.size ?? 0;
        if (this.usage - replaced + body.size > this.quota) {
          throw new DOMException('No room.', 'QuotaExceededError');
        }
        cache.set(url, { body, headers });
      },
      delete: async (url: string) => cache.delete(url),
      keys: async () => [...cache.keys()].map((url) => ({ url })),
    };
  }

  async delete(name: string): Promise<boolean> {
    return this.kept.delete(name);
  }

  get usage(): number {
    const bodies = [...this.kept.values()].flatMap((cache) => [...cache.values()]);
    return bodies.reduce((sum, { body }) => sum + body.size, 0);
  }

  /** Addresses of what WebLLM would find. */
  get artifacts(): string[] {
    const caches = [...this.kept].filter(([name]) => name.startsWith('webllm/'));
    return caches.flatMap(([, cache]) => [...cache.keys()]).sort();
  }

  /** Addresses of the files of which parts are kept. */
  get parts(): string[] {
    const keys = [...(this.kept.get('webllm-chat/files')?.keys() ?? [])];
    return keys.filter((key) => key.includes('part-of')).map((key) => key.split('?')[0] as string);
  }
}

export type Answer = (request: { start: number; method: string }) => Response | Promise<Response>;

/** Answers ranges; and for some requests what a script says, in order. */
export class FakeServer {
  /** Addresses, with the first byte asked for after an '@' where it is not 0. HEAD is left out. */
  readonly asked: string[] = [];
  readonly waits: number[] = [];
  readonly scripts = new Map<string, Answer[]>();
  clock = 0;
  room: number | null = null;

  constructor(readonly files: Record<string, string | Uint8Array<ArrayBuffer>>) {}

  script(url: string, ...answers: Answer[]): this {
    this.scripts.set(url, answers);
    return this;
  }

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = String(input);
    const method = init?.method ?? 'GET';
    const range = new Headers(init?.headers).get('range');
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (method === 'GET') this.asked.push(start > 0 ? `${url}@${start}` : url);
    const answer = method === 'GET' ? this.scripts.get(url)?.shift() : undefined;
    const response = answer ? answer({ start, method }) : this.answer(url, start, method);
    return Promise.race([response, abortOf(init?.signal)]);
  };

  answer(url: string, start: number, method = 'GET'): Response {
    const file = this.files[url];
    if (file === undefined) return new Response(null, { status: 404 });
    const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
    if (start > 0 && start >= bytes.length) return new Response(null, { status: 416 });
    const headers = { 'content-length': String(bytes.length - start) };
    const body = method === 'HEAD' ? null : bytes.slice(start);
    return new Response(body, { status: start > 0 ? 206 : 200, headers });
  }

  readonly environment: Environment = {
    fetch: this.fetch,
    wait: async (milliseconds) => void this.waits.push(milliseconds),
    now: () => this.clock,
    free: async () => this.room,
  };
}

function abortOf(signal: AbortSignal | null | undefined): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
  aborted.catch(() => {});
  return aborted;
}

/** A body that breaks after so many bytes. */
export function breakingAfter(content: Uint8Array<ArrayBuffer>, bytes: number): Answer {
  return ({ start }) => {
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) controller.error(new TypeError('network error'));
        else controller.enqueue(content.slice(start, start + bytes));
        sent = true;
      },
    });
    return new Response(body, { status: start > 0 ? 206 : 200 });
  };
}

export const unreachable: Answer = () => Promise.reject(new TypeError('Failed to fetch'));
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response('words', { status: code, headers });

export const FOLDER = 'https://mirror.example/mlc-ai/m/resolve/main/';

export function aSource(fields: Partial<WebLLMSource> = {}): WebLLMSource {
  return {
    kind: 'webllm',
    modelId: 'm',
    folder: FOLDER,
    library: 'https://mirror.example/libs/m.wasm',
    packageManifest: null,
    cacheBackend: 'cache',
    integrity: null,
    expectedBytes: null,
    ...fields,
  };
}

export const SHARDS = { 'params_shard_0.bin': 'weights one', 'params_shard_1.bin': 'weights two!' };

/** A small model's files, by address. */
export function modelFiles(source: WebLLMSource = aSource()): Record<string, string> {
  const records = Object.entries(SHARDS).map(([dataPath, body]) => ({
    dataPath,
    nbytes: body.length,
  }));
  return {
    [`${source.folder}mlc-chat-config.json`]: '{"tokenizer_files":["tokenizer.json"]}',
    [`${source.folder}tensor-cache.json`]: JSON.stringify({ records }),
    [`${source.folder}tokenizer.json`]: '{}',
    ...Object.fromEntries(
      Object.entries(SHARDS).map(([path, body]) => [source.folder + path, body]),
    ),
    [source.library]: '\0asm',
  };
}

/** The manifest of those files, as `python -m tools.model_kit` writes it. */
export function manifestOf(files: Record<string, string>, source = aSource()): string {
  const row = (body: string) => ({ size: body.length, sha256: sha256Of(body) });
  return JSON.stringify({
    version: 1,
    files: Object.entries(files)
      .filter(([url]) => url.startsWith(source.folder))
      .map(([url, body]) => ({ path: url.slice(source.folder.length), ...row(body) })),
    model_lib: row(files[source.library] as string),
  });
}

/** A mirror with a manifest. */
export function aMirror(files = modelFiles(), source = aSource()): FakeServer {
  return new FakeServer({ ...files, [`${source.folder}manifest.json`]: manifestOf(files, source) });
}

/** Web Locks, as one browser has them for all its tabs; exclusive ones alone. */
export class FakeLocks {
  readonly #holders = new Map<string, Promise<unknown>>();

  async query() {
    return { held: [...this.#holders.keys()].map((name) => ({ name })), pending: [] };
  }

  async request<T>(
    name: string,
    options: { ifAvailable?: boolean; signal?: AbortSignal } | ((lock: object) => Promise<T>),
    callback?: (lock: object | null) => Promise<T>,
  ): Promise<T> {
    const work = (typeof options === 'function' ? options : callback) as (
      lock: object | null,
    ) => Promise<T>;
    const { ifAvailable, signal } = typeof options === 'function' ? {} : options;
    if (ifAvailable && this.#holders.has(name)) return work(null);
    while (this.#holders.has(name)) {
      const released = (this.#holders.get(name) as Promise<unknown>).catch(() => {});
      await Promise.race([released, abortOf(signal)]);
    }
    const held = work({ name });
    const tracked = held.finally(() => this.#holders.delete(name));
    tracked.catch(() => {});
    this.#holders.set(name, tracked);
    return held;
  }
}
