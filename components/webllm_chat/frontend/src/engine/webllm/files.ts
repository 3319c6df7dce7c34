/**
 * Which files WebLLM 0.2.86 loads a model from, where it looks for each, and what is known of them
 * beforehand. WebLLM downloads by itself too, but checks no weights, counts by shard, and keeps a
 * bad body.
 */
import type { Environment } from '../download/environment';
import { fetchFile, type Transfer } from '../download/file';
import { HttpError, retrying } from '../download/retry';
import {
  isSha256,
  isSize,
  type RemoteFile,
  type Scope,
  type WebLLMSource,
} from '../download/source';
import { fetchText } from '../download/text';
import { digest } from '../download/verify';
import { namedError } from '../errors';
import type { Artifacts } from './artifacts';
import { addressInFolder, checkedRecords, MOST_BYTES } from './index-check';

export interface PlannedFile extends RemoteFile {
  scope: Scope;
}

/** All files of a model, in the order they are fetched. */
export interface Plan {
  version: 1;
  modelId: string;
  files: PlannedFile[];
}

/** What `python -m tools.model_kit` writes beside a mirrored model. */
interface Manifest {
  files: { path: string; size: number; sha256: string }[];
  model_lib: { size: number; sha256: string };
}

interface ChatConfig {
  tokenizer_files?: unknown;
}

const CONFIG = 'mlc-chat-config.json';
const INDEX = 'tensor-cache.json';
const MANIFEST = 'manifest.json';
/** Hugging Face has no manifests of ours, and asking would log an error in the console. */
const HUB = 'huggingface.co';
/** Milliseconds that the question for a size may take; the size is good to have, no more. */
const HEAD_MS = 10_000;

/** @returns undefined unless configuration and index are in the browser's storage. */
export async function planFromStorage(
  source: WebLLMSource,
  artifacts: Artifacts,
): Promise<Plan | undefined> {
  const [config, index] = headFiles(source, undefined);
  const configBody = await artifacts.read(config.scope, config.url);
  const indexBody = configBody && (await artifacts.read(index.scope, index.url));
  if (!configBody || !indexBody) return undefined;
  try {
    const files = await listFiles(source, configBody, indexBody, undefined);
    return { version: 1, modelId: source.modelId, files: await withKeptSizes(files, artifacts) };
  } catch {
    return undefined; // Not what it should be; a download puts it right.
  }
}

/** What the mirror or hub says of a model. */
export interface NetworkPlan {
  plan: Plan;
  /** Configuration and index, where they had to be fetched for it. */
  head: Map<PlannedFile, Blob>;
}

/** @throws as `fetchFile`. */
export async function planFromNetwork(
  source: WebLLMSource,
  artifacts: Artifacts,
  transfer: Transfer,
): Promise<NetworkPlan> {
  const manifest = await readManifest(source.folder, transfer);
  const head = new Map<PlannedFile, Blob>();
  const bodyOf = async (file: PlannedFile) => {
    const kept = await artifacts.read(file.scope, file.url);
    if (kept && (await stillRight(file, kept))) return kept;
    const body = await fetchFile(file, transfer);
    head.set(file, body);
    return body;
  };
  const [config, index] = headFiles(source, manifest);
  const [configBody, indexBody] = await Promise.all([bodyOf(config), bodyOf(index)]);
  const files = await listFiles(source, configBody, indexBody, manifest);
  const hinted = files.map((file) => withHintedSize(file, transfer));
  return { plan: { version: 1, modelId: source.modelId, files: await Promise.all(hinted) }, head };
}

function headFiles(
  source: WebLLMSource,
  manifest: Manifest | undefined,
): [PlannedFile, PlannedFile] {
  const config = inFolder(source, CONFIG, 'webllm/config', manifest);
  const index = inFolder(source, INDEX, 'webllm/model', manifest);
  return [
    {
      ...config,
      ...integrityOf(source, source.integrity?.config),
      format: 'json',
      most: MOST_BYTES.config,
    },
    { ...index, format: 'json', most: MOST_BYTES.index },
  ];
}

async function stillRight(file: PlannedFile, kept: Blob): Promise<boolean> {
  return file.sha256 === undefined || (await digest('sha256', kept)) === file.sha256;
}

async function listFiles(
  source: WebLLMSource,
  configBody: Blob,
  indexBody: Blob,
  manifest: Manifest | undefined,
): Promise<PlannedFile[]> {
  const [config, index] = headFiles(source, manifest);
  const chat = await parse<ChatConfig | null>(configBody, config.url);
  const records = checkedRecords(
    await parse<unknown>(indexBody, index.url),
    index.url,
    source.expectedBytes,
  );
  return [
    { ...config, size: configBody.size },
    { ...index, size: indexBody.size },
    ...packageFiles(source, manifest),
    tokenizerFile(source, chat?.tokenizer_files, manifest),
    ...libraryFiles(source, manifest),
    ...records.map((record) => ({
      ...inFolder(source, record.dataPath, 'webllm/model', manifest),
      size: record.nbytes,
      ...(record.md5sum !== undefined && { md5: record.md5sum }),
    })),
  ];
}

function packageFiles(source: WebLLMSource, manifest: Manifest | undefined): PlannedFile[] {
  if (source.packageManifest === null) return [];
  const file = inFolder(source, source.packageManifest, 'webllm/config', manifest);
  return [{ ...file, format: 'json', most: MOST_BYTES.packageManifest }];
}

function tokenizerFile(
  source: WebLLMSource,
  names: unknown,
  manifest: Manifest | undefined,
): PlannedFile {
  // WebLLM's own choice.
  const name =
    Array.isArray(names) && names.includes('tokenizer.json') ? 'tokenizer.json' : 'tokenizer.model';
  const file = inFolder(source, name, 'webllm/model', manifest);
  const checked = {
    ...file,
    ...integrityOf(source, source.integrity?.tokenizer?.[name]),
    most: MOST_BYTES.tokenizer,
  };
  return name === 'tokenizer.json' ? { ...checked, format: 'json' } : checked;
}

function libraryFiles(source: WebLLMSource, manifest: Manifest | undefined): PlannedFile[] {
  // WebLLM never looks for a library of this machine in its cache.
  if (source.library.includes('localhost')) return [];
  const known = manifest?.model_lib;
  return [
    {
      url: source.library,
      scope: 'webllm/wasm',
      size: known?.size ?? null,
      ...(known && { sha256: known.sha256 }),
      ...integrityOf(source, source.integrity?.model_lib),
      format: 'wasm',
      most: MOST_BYTES.library,
    },
  ];
}

function inFolder(
  source: WebLLMSource,
  path: string,
  scope: Scope,
  manifest: Manifest | undefined,
): PlannedFile {
  const known = manifest?.files.find((file) => file.path === path);
  return {
    url: addressInFolder(path, source.folder),
    scope,
    size: known?.size ?? null,
    ...(known && { sha256: known.sha256 }),
  };
}

function integrityOf(
  source: WebLLMSource,
  sri: string | undefined,
): Pick<RemoteFile, 'sri' | 'sriWarnOnly'> {
  if (sri === undefined) return {};
  return { sri, ...(source.integrity?.onFailure === 'warn' && { sriWarnOnly: true }) };
}

async function withKeptSizes(files: PlannedFile[], artifacts: Artifacts): Promise<PlannedFile[]> {
  const sized = files.map(async (file) => {
    if (file.size !== null) return file;
    const kept = await artifacts.read(file.scope, file.url);
    return kept ? { ...file, size: kept.size } : file;
  });
  return Promise.all(sized);
}

async function withHintedSize(
  file: PlannedFile,
  { environment, signal }: Transfer,
): Promise<PlannedFile> {
  if (file.size !== null) return file;
  try {
    const deadline = AbortSignal.timeout(HEAD_MS);
    const response = await environment.fetch(file.url, {
      method: 'HEAD',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    const size = Number(response.headers.get('content-length') ?? Number.NaN);
    return response.ok && size > 0 ? { ...file, size, sizeIsHint: true } : file;
  } catch {
    signal?.throwIfAborted();
    return file; // A size is good to have; the download itself will tell what is wrong.
  }
}

async function readManifest(
  folder: string,
  { environment, signal, patient = false }: Transfer,
): Promise<Manifest | undefined> {
  if (new URL(folder).hostname === HUB) return undefined;
  const url = new URL(MANIFEST, folder).href;
  const text = await retrying(() => readText(url, environment, signal), {
    wait: environment.wait,
    signal,
    patient,
  });
  if (text === undefined) return undefined;
  const manifest = await parse<Manifest>(new Blob([text]), url);
  if (!isManifest(manifest)) {
    throw namedError('CorruptFileError', `${url} is not a manifest this app knows.`);
  }
  return manifest;
}

function isManifest(content: Manifest | null): boolean {
  const isDescribed = (file: Manifest['model_lib'] | null) =>
    isSize(file?.size) && isSha256(file.sha256);
  return (
    Array.isArray(content?.files) &&
    content.files.every((file) => isDescribed(file)) &&
    isDescribed(content.model_lib)
  );
}

/** @returns undefined where there is no such file: a mirror without manifests is a mirror. */
async function readText(
  url: string,
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return await fetchText(url, MOST_BYTES.manifest, environment, signal);
  } catch (error) {
    if (error instanceof HttpError && error.status !== 429 && error.status < 500) return undefined;
    throw error;
  }
}

async function parse<T>(body: Blob, url: string): Promise<T> {
  try {
    return JSON.parse(await body.text()) as T;
  } catch {
    throw namedError('CorruptFileError', `${url} is not JSON; it was thrown away.`);
  }
}
