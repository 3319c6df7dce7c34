/** The checks' worker: started when first asked, ended for good by `close`. */
import { type Remote, wrap } from 'comlink';
import type { LabApi } from './lab.worker';

export class GpuLab {
  #worker: Worker | undefined;
  #api: Remote<LabApi> | undefined;
  #broken: Promise<never> = new Promise(() => {});

  /** @throws Error where the worker cannot start or ends by itself. */
  ask<T>(question: (api: Remote<LabApi>) => Promise<T>): Promise<T> {
    this.#api ??= this.#start();
    return Promise.race([question(this.#api), this.#broken]);
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#api = undefined;
  }

  #start(): Remote<LabApi> {
    const worker = new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    this.#broken = new Promise((_, reject) => {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new Error(event.message || 'The worker of the checks could not start.'));
      });
    });
    this.#broken.catch(() => {});
    return wrap<LabApi>(worker);
  }
}
