import { namedError } from '../errors';

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
    onWorkerError(worker, (error) => this.#crash(error));
  }

  orCrash<T>(result: Promise<T>): Promise<T> {
    return Promise.race([result, this.#crashed]);
  }

  terminate(): void {
    this.worker.terminate();
    this.#crash(namedError('WorkerCrashedError', 'The worker was given up.'));
  }
}

/** @param listener - is told of what the worker does not survive, or of its code not coming. */
export function onWorkerError(
  worker: Worker | SharedWorker,
  listener: (error: Error) => void,
): void {
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const message = 'message' in event ? String(event.message) : '';
    listener(
      message
        ? namedError('WorkerCrashedError', message)
        : namedError('NetworkError', 'The code of the engine could not be fetched.'),
    );
  });
}
