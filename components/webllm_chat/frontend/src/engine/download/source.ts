/** Where a model's files come from, and where they belong in this browser. */
import type { EngineSettings } from '../../bridge/protocol';

/** Which of WebLLM's storage backends is used (its `AppConfig.cacheBackend`). */
export type CacheBackend = EngineSettings['cache_backend'];

/** WebLLM's `ModelRecord.integrity`: hashes in the form of Subresource Integrity. */
export interface Integrity {
  config?: string;
  model_lib?: string;
  tokenizer?: Record<string, string>;
  /** `warn`: a file that does not match is used all the same. */
  onFailure?: 'error' | 'warn';
}

/** A model for WebLLM. All addresses are absolute. */
export interface WebLLMSource {
  kind: 'webllm';
  modelId: string;
  /** Address of the folder that holds the model's files; ends with a slash. */
  folder: string;
  /** Address of the compiled library. */
  library: string;
  /** WebLLM's `model_manifest`: a file of the folder that some models need besides. */
  packageManifest: string | null;
  cacheBackend: CacheBackend;
  integrity: Integrity | null;
  /** Bytes that the catalog says it has; null where it does not tell. */
  expectedBytes: number | null;
}

/** The GGUF file that the app's own server hands out. */
export interface EmbeddedSource {
  kind: 'embedded';
  modelId: string;
  /** Absolute address of the folder with the status file and the model. */
  directory: string;
  /** Name of the status file. */
  status: string;
}

export type ModelSource = WebLLMSource | EmbeddedSource;

/** The caches WebLLM keeps its files in; each of its backends has all three. */
export const SCOPES = ['webllm/config', 'webllm/model', 'webllm/wasm'] as const;
export type Scope = (typeof SCOPES)[number];

/** One file as it is known before it is fetched. */
export interface RemoteFile {
  url: string;
  /** Bytes; null where nothing tells. */
  size: number | null;
  /** The size comes from a HEAD request, which may tell the length of a compressed body. */
  sizeIsHint?: boolean;
  /** Bytes; where the size is not known for sure, a longer body is refused. */
  most?: number;
  /** Hashes the content must have, hexadecimal. */
  sha256?: string;
  md5?: string;
  /** Subresource Integrity, as the model's entry gives it. */
  sri?: string;
  sriWarnOnly?: boolean;
  /** What the content must at least look like where no hash is known. */
  format?: 'json' | 'wasm';
}

/** Whether what a server says can be a number of bytes. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

export function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value);
}
