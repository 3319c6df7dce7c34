/** llama.cpp in WebAssembly, on one CPU thread: the rung that every browser can stand on. */
import { type CacheManager, LoggerWithoutDebug, Wllama } from '@wllama/wllama/esm/index.js';
import wasmAddress from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import compatCodeAddress from '@wllama/wllama-compat/wasm/wllama.js?url';
import compatWasmAddress from '@wllama/wllama-compat/wasm/wllama.wasm?url';
import { memory64 } from 'wasm-feature-detect';
import type {
  GenerateRequest,
  GenerateResult,
  LoadProgress,
  LoadRequest,
  LocalBackend,
} from '../backend';
import { defined } from '../defined';
import { namedError } from '../errors';
import { Stopwatch } from '../stopwatch';

/** The model comes as a file, so wllama's own cache is never asked; making the real one fails where
 * the page may not store (no secure context). */
const NO_CACHE = {} as CacheManager;

/** Tokens back to which penalties reach. With llama.cpp's own 64 the smallest model still fell into
 * loops longer than that: 3 of 8 answers went on to their limit, with this 2 of 8. */
const PENALTY_REACH = 256;

/**
 * Under the names that llama.cpp's server reads. wllama's types have others for the penalties
 * (`penalty_repeat`, `penalty_freq`, `penalty_present`), which nothing reads.
 */
function samplingParameters(request: GenerateRequest) {
  return defined({
    temperature: request.temperature,
    top_p: request.topP,
    repeat_penalty: request.repetitionPenalty,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    repeat_last_n: PENALTY_REACH,
    seed: request.seed,
  });
}

/** llama.cpp runs in a worker made from a blob, which has no address to resolve against. */
const absolute = (address: string) => new URL(address, import.meta.url).href;

export class WllamaBackend implements LocalBackend {
  #wllama: Wllama | undefined;
  #abort: AbortController | undefined;

  async load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void> {
    if (!request.gguf) throw namedError('UnknownModelError', `${request.modelId} has no file.`);
    const wllama = new Wllama(
      { default: absolute(wasmAddress) },
      { logger: LoggerWithoutDebug, suppressNativeLog: true, cacheManager: NO_CACHE },
    );
    // For browsers without JSPI or Memory64 (Safari, older ones of all makers): a build of llama.cpp
    // that needs neither. wllama would fetch it from a public CDN; this one is our own server's.
    wllama.setCompat(
      { worker: absolute(compatCodeAddress), wasm: absolute(compatWasmAddress) },
      // In Firefox the usual build does without JSPI, and faster; not without Memory64.
      (await memory64()) ? 'safari' : 'firefox_safari',
    );
    onProgress({ stage: 'load', fraction: 0.1 });
    await wllama.loadModel([request.gguf], {
      n_ctx: request.contextWindow,
      // More threads need cross-origin isolation, whose headers break sign-in popups.
      n_threads: 1,
      n_gpu_layers: 0,
    });
    this.#wllama = wllama;
    onProgress({ stage: 'load', fraction: 1 });
  }

  async generate(
    request: GenerateRequest,
    onToken: (text: string) => void,
  ): Promise<GenerateResult> {
    if (!this.#wllama) throw namedError('ModelNotLoadedError', 'Nothing is loaded.');
    const abort = new AbortController();
    this.#abort = abort;
    const stopwatch = new Stopwatch();
    let timings: { prompt_n: number; predicted_n: number } | undefined;
    let finish: GenerateResult['finish'] = 'stop';
    try {
      const chunks = await this.#wllama.createChatCompletion({
        messages: request.messages,
        max_tokens: request.maxTokens,
        ...samplingParameters(request),
        stream: true,
        cache_prompt: true,
        abortSignal: abort.signal,
      });
      for await (const chunk of chunks) {
        const choice = chunk.choices[0];
        if (choice?.delta.content) {
          stopwatch.piece();
          onToken(choice.delta.content);
        }
        if (choice?.finish_reason === 'length') finish = 'length';
        timings = chunk.timings ?? timings;
      }
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    }
    if (abort.signal.aborted) finish = 'stopped';
    return stopwatch.result(finish, {
      promptTokens: timings?.prompt_n,
      completionTokens: timings?.predicted_n,
    });
  }

  async stop(): Promise<void> {
    this.#abort?.abort();
  }

  /** There is no device to lose; the end of its own worker is met by the next call. */
  onLost(): void {}

  async dispose(): Promise<void> {
    this.#abort?.abort();
    await this.#wllama?.exit();
    this.#wllama = undefined;
  }
}
