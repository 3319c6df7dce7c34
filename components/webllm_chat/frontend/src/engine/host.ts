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

/** Turns a worker's end into a rejection, for whoever waits for its answer. */
export class CrashWatch {
  readonly #crashed: Promise<never>;
  #crash: (error: Error) => void = () => {};

  constructor(private readonly worker: Worker) {
    this.#crashed = new Promise((_, reject) => {
      this.#crash = reject;
    });
    // Nobody may be waiting when a worker dies; the next call still meets the rejection.
    this.#crashed.catch(() => {});
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#crash(
        event.message
          ? namedError('WorkerCrashedError', event.message)
          : namedError('NetworkError', 'The code of the engine could not be fetched.'),
      );
    });
  }

  orCrash<T>(result: Promise<T>): Promise<T> {
    return Promise.race([result, this.#crashed]);
  }

  terminate(): void {
    this.worker.terminate();
    this.#crash(namedError('WorkerCrashedError', 'The worker was given up.'));
  }
}

export class EngineHost implements Backend {
  readonly #watch: CrashWatch;
  readonly #backend: Remote<Backend>;

  constructor(backend: BackendName) {
    const worker = WORKERS[backend]();
    this.#watch = new CrashWatch(worker);
    this.#backend = wrap<Backend>(worker);
  }

  load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void> {
    return this.#watch.orCrash(this.#backend.load(request, proxy(onProgress)));
  }

  generate(request: GenerateRequest, onToken: (text: string) => void): Promise<GenerateResult> {
    return this.#watch.orCrash(this.#backend.generate(request, proxy(onToken)));
  }

  stop(): Promise<void> {
    return this.#watch.orCrash(this.#backend.stop());
  }

  terminate(): void {
    this.#watch.terminate();
  }
}
