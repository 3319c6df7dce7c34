/** The one interface behind which every engine works, in a worker of its own. */
import type { CacheBackend, Integrity } from './download/source';
import type { EngineError } from './errors';

export type Role = 'system' | 'user' | 'assistant';

export interface ChatTurnMessage {
  role: Role;
  content: string;
}

export interface LoadRequest {
  modelId: string;
  /** Tokens. */
  contextWindow: number;
  /** WebLLM: what it needs to find the model's files in the browser's storage. */
  weights?: Weights;
  /** wllama: the whole GGUF file. */
  gguf?: Blob;
}

/** A record of WebLLM's `model_list`, and where its files are kept. Addresses are absolute. */
export interface Weights {
  model: string;
  modelLib: string;
  overrides: Record<string, unknown>;
  cacheBackend: CacheBackend;
  integrity: Integrity | null;
  modelManifest: string | null;
}

export interface LoadProgress {
  stage: 'download' | 'load' | 'compile' | 'warm-up';
  /** 0 to 1, through all stages, never falling. */
  fraction: number;
  /** Bytes so far and in all, where they are known. */
  received?: number;
  total?: number;
}

export interface GenerateRequest {
  messages: ChatTurnMessage[];
  /** Tokens. */
  maxTokens: number;
  /** 0 and up; 0 takes the likeliest token. What nobody decided is the model's own. */
  temperature?: number;
  /** Above 0, to 1: of the likeliest tokens, which together reach this share of probability. */
  topP?: number;
  /** 1 leaves repeated tokens alone; above, they become less likely. */
  repetitionPenalty?: number;
  /** -2 to 2. Above 0, a token becomes less likely with each time it was used. */
  frequencyPenalty?: number;
  /** -2 to 2. Above 0, a token that was used at all becomes less likely. */
  presencePenalty?: number;
  /** A whole number; with the same seed and the same request comes the same answer. */
  seed?: number;
}

export interface GenerateResult {
  finish: 'stop' | 'length' | 'stopped';
  /** Tokens the engine had to read: fewer where it kept those of earlier turns. */
  promptTokens: number;
  /** Tokens as the engine counts them. */
  completionTokens: number;
  timeToFirstTokenS: number;
  decodeTokensPerS: number;
}

export interface Backend {
  load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void>;
  /** Resolves when the answer is complete or was stopped. */
  generate(request: GenerateRequest, onToken: (text: string) => void): Promise<GenerateResult>;
  /** Ends the answer in flight; what was generated stays. */
  stop(): Promise<void>;
}

/** An engine inside its worker. */
export interface LocalBackend extends Backend {
  /** The engine's GPU device is gone, whether or not an answer was in flight. */
  onLost(listener: (error: EngineError) => void): void;
  /** Gives the engine up. Resolves when its GPU device, if it had one, is destroyed. */
  dispose(): Promise<void>;
}
