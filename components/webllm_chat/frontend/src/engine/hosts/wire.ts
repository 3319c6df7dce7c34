/** What crosses between a page and the worker of an engine, whatever kind of worker it is. */
import type { Backend, GenerateRequest, GenerateResult } from '../backend';
import type { EngineError } from '../errors';

/** Sent to a worker with a port, on which it then offers an `EngineService` of that page's own. */
export const CONNECT = 'webllm-chat:connect';
/** Sent to a service worker so that it is not idle. */
export const HEARTBEAT = 'webllm-chat:heartbeat';
/** Sent to a service worker, with a port to answer on, by the one that replaces it. */
export const RETIRE = 'webllm-chat:retire';

/** Which sources the page and the worker were built from: only equal ones understand each other. */
export const ENGINE_BUILD: string = __ENGINE_BUILD__;

export interface Welcome {
  build: string;
  /** Name of the worker's lifeline; null where this browser has no Web Locks. */
  lifeline: string | null;
  /** `navigator.gpu` exists in this worker. */
  webgpu: boolean;
  /** A newer worker is about to take this one's place. */
  retired: boolean;
}

export interface LoadedModel {
  modelId: string;
  /** Tokens. */
  contextWindow: number;
}

/** Pieces of an answer travel by a channel of their own: some can arrive after the answer's end. */
export interface Answer {
  result: GenerateResult;
  pieces: number;
}

export interface EngineService extends Omit<Backend, 'generate'> {
  generate(request: GenerateRequest, onToken: (text: string) => void): Promise<Answer>;
  /** The page has the whole answer: before that, the worker makes room for no other. */
  received(): void;
  /** @param lifeline - name of the page's; when it ends, the worker ends the page's answer. */
  hello(lifeline: string | null): Welcome;
  /** Answered at once, also while an answer is being generated. */
  ping(): void;
  /** @param onLost - is called when the engine's device is gone, in use or not. */
  watch(onLost: (error: EngineError) => void): void;
  /** What this worker has loaded, for this page or another. */
  loaded(): LoadedModel[];
  /** Gives the engine up, for every page. Resolves when its GPU device is destroyed. */
  dispose(): Promise<void>;
  /** This page needs the engine no more; the last page to say so gives it up. */
  release(): Promise<void>;
}
