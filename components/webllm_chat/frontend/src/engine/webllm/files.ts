/**
 * Fills WebLLM's own caches with a model's files, so that its `reload()` finds everything there.
 * WebLLM downloads by itself too, but checks no weights, counts by shard, and keeps a bad body.
 * Cache names and addresses are those of WebLLM 0.2.86: with them it loads without any request.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { browserEnvironment, type FileEnvironment, readBody } from '../download/file';
import { retrying } from '../download/retry';
import { namedError } from '../errors';

export interface ModelSource {
  /** Address of the folder that holds the model's files; ends with a slash. */
  folder: string;
  /** Address of the compiled library. */
  library: string;
}

/** What is known of a file before it is fetched. Size in bytes, hash in hexadecimal. */
interface Expected {
  size?: number;
  sha256?: string;
}

interface ModelFile {
  url: string;
  cache: 'webllm/config' | 'webllm/model' | 'webllm/wasm';
  expected: Expected;
}

interface Manifest {
  files: { path: string; size: number; sha256: string }[];
  model_lib: { size: number; sha256: string };
}

const CONFIG = 'mlc-chat-config.json';
const INDEX = 'tensor-cache.json';
const MANIFEST = 'manifest.json';
/** Hugging Face has no manifests of ours, and asking would log an error in the console. */
const HUB = 'huggingface.co';
const LANES = 4;

/**
 * @param onProgress - bytes so far and in all; files that are here already count as come.
 * @throws HttpError, CorruptFileError, SecurityError where the page may not store, and the
 * browser's own network and quota errors. Files that are complete stay.
 */
export async function ensureModelFiles(
  source: ModelSource,
  onProgress: (received: number, total: number) => void,
  environment: FileEnvironment = browserEnvironment,
): Promise<void> {
  if (!globalThis.caches) throw namedError('SecurityError', 'This page may not store models.');
  if (await isComplete(source)) return;
  const manifest = await readManifest(source.folder, environment);
  const head = [CONFIG, INDEX].map((path) => describe(source, path, manifest));
  for (const file of head) await ensure(file, () => {}, environment);
  const files = await listFiles(source, manifest);
  const progress = new Progress(files, onProgress);
  const waiting = files.slice();
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const { url } = file;
      await ensure(file, (bytes) => progress.at(url, bytes), environment);
      progress.done(file);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Whether WebLLM would load the model without any request. */
async function isComplete(source: ModelSource): Promise<boolean> {
  const head = [CONFIG, INDEX].map((path) => describe(source, path, undefined));
  for (const file of head) if (!(await isHere(file))) return false;
  for (const file of await listFiles(source, undefined)) if (!(await isHere(file))) return false;
  return true;
}

/** Tokenizer, shards and library, as the configuration and the index in the cache name them. */
async function listFiles(
  source: ModelSource,
  manifest: Manifest | undefined,
): Promise<ModelFile[]> {
  const config = await readJson<{ tokenizer_files?: string[] }>(source, CONFIG);
  const index = await readJson<{ records: { dataPath: string; nbytes: number }[] }>(source, INDEX);
  const tokenizer = config.tokenizer_files?.includes('tokenizer.json')
    ? 'tokenizer.json'
    : 'tokenizer.model';
  const library: ModelFile = {
    url: source.library,
    cache: 'webllm/wasm',
    expected: manifest?.model_lib ?? {},
  };
  const files = [
    describe(source, tokenizer, manifest),
    ...index.records.map(({ dataPath, nbytes }) => {
      const file = describe(source, dataPath, manifest);
      return { ...file, expected: { size: nbytes, ...file.expected } };
    }),
  ];
  // WebLLM never looks for a library of this machine in its cache.
  return source.library.includes('localhost') ? files : [...files, library];
}

function describe(source: ModelSource, path: string, manifest: Manifest | undefined): ModelFile {
  const known = manifest?.files.find((file) => file.path === path);
  return {
    url: new URL(path, source.folder).href,
    cache: path === CONFIG ? 'webllm/config' : 'webllm/model',
    expected: known ? { size: known.size, sha256: known.sha256 } : {},
  };
}

async function isHere({ cache, url }: ModelFile): Promise<boolean> {
  return (await (await caches.open(cache)).match(url)) !== undefined;
}

async function ensure(
  file: ModelFile,
  onBytes: (bytes: number) => void,
  { fetch, wait }: FileEnvironment,
): Promise<void> {
  if (await isHere(file)) return;
  const body = await retrying(() => fetchFile(file, fetch, onBytes), wait);
  await (await caches.open(file.cache)).put(file.url, new Response(body));
}

async function fetchFile(
  { url, expected }: ModelFile,
  fetchIt: typeof fetch,
  onBytes: (bytes: number) => void,
): Promise<Blob> {
  const response = await fetchIt(url, { cache: 'no-store' });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw namedError('HttpError', `${url} answered HTTP ${response.status}.`);
  }
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    await response.body.cancel();
    throw namedError('CorruptFileError', `${url} is a web page, not a model's file.`);
  }
  const body = await readBody(response.body, onBytes);
  if (expected.size !== undefined && body.size !== expected.size) {
    throw namedError('CorruptFileError', `${url} has ${body.size} bytes, not ${expected.size}.`);
  }
  if (expected.sha256 !== undefined && (await hashOf(body)) !== expected.sha256) {
    throw namedError(
      'CorruptFileError',
      `${url} is not the file its manifest describes (its SHA-256 differs); it was thrown away.`,
    );
  }
  return body;
}

async function hashOf(body: Blob): Promise<string> {
  return bytesToHex(sha256(new Uint8Array(await body.arrayBuffer())));
}

async function readManifest(
  folder: string,
  { fetch, wait }: FileEnvironment,
): Promise<Manifest | undefined> {
  if (new URL(folder).hostname === HUB) return undefined;
  const url = new URL(MANIFEST, folder).href;
  const response = await retrying(() => fetch(url, { cache: 'no-store' }), wait);
  if (!response.ok) return undefined;
  return parseJson<Manifest>(await response.text(), url);
}

async function readJson<T>(source: ModelSource, path: string): Promise<T> {
  const { url, cache } = describe(source, path, undefined);
  const store = await caches.open(cache);
  const response = await store.match(url);
  try {
    return parseJson<T>((await response?.text()) ?? '', url);
  } catch (error) {
    await store.delete(url);
    throw error;
  }
}

function parseJson<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw namedError('CorruptFileError', `${url} is not JSON; it was thrown away.`);
  }
}

/** One count of bytes for several files at once. */
class Progress {
  readonly #received = new Map<string, number>();
  readonly #total: number;

  constructor(
    files: ModelFile[],
    private readonly report: (received: number, total: number) => void,
  ) {
    this.#total = files.reduce((sum, { expected }) => sum + (expected.size ?? 0), 0);
  }

  at(url: string, bytes: number): void {
    this.#received.set(url, bytes);
    const received = [...this.#received.values()].reduce((sum, count) => sum + count, 0);
    // Without a manifest the sizes of tokenizer and library are not known beforehand.
    this.report(received, Math.max(this.#total, received));
  }

  done({ url, expected }: ModelFile): void {
    this.at(url, expected.size ?? this.#received.get(url) ?? 0);
  }
}
