/** One worker with one engine in it. Giving it up ends the worker, and its GPU device with it. */
import { proxy, type Remote, wrap } from 'comlink';
import type { BackendName } from '../bridge/protocol';
import type {
  Backend,
  GenerateRequest,
  GenerateResult,
  LoadProgress,
  LoadRequest,
} from './backend';
import { namedError } from './errors';

/** Each engine's code is fetched only when its worker starts. */
const WORKERS: Record<BackendName, () => Worker> = {
  webllm: () =>
    new Worker(new URL('./webllm/webllm.worker.ts', import.meta.url), { type: 'module' }),
  wllama: () =>
    new Worker(new URL('./wllama/wllama.worker.ts', import.meta.url), { type: 'module' }),
};

export class EngineHost implements Backend {
  readonly #worker: Worker;
  readonly #backend: Remote<Backend>;
  readonly #crashed: Promise<never>;
  #crash: (error: Error) => void = () => {};

  constructor(backend: BackendName) {
    this.#worker = WORKERS[backend]();
    this.#backend = wrap<Backend>(this.#worker);
    this.#crashed = new Promise((_, reject) => {
      this.#crash = reject;
    });
    // Nobody may be waiting when a worker dies; the next call still meets the rejection.
    this.#crashed.catch(() => {});
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#crash(namedError('WorkerCrashedError', event.message || 'The worker stopped.'));
    });
  }

  load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void> {
    return this.#untilCrash(this.#backend.load(request, proxy(onProgress)));
  }

  generate(request: GenerateRequest, onToken: (text: string) => void): Promise<GenerateResult> {
    return this.#untilCrash(this.#backend.generate(request, proxy(onToken)));
  }

  stop(): Promise<void> {
    return this.#untilCrash(this.#backend.stop());
  }

  terminate(): void {
    this.#worker.terminate();
    this.#crash(namedError('WorkerCrashedError', 'The engine was given up.'));
  }

  #untilCrash<T>(result: Promise<T>): Promise<T> {
    return Promise.race([result, this.#crashed]);
  }
}
