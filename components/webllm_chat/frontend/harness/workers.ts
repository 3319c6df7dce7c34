import { type Remote, wrap } from 'comlink';
import type { Faults } from './devices';

/** A worker under test and the way to harm it. */
export interface HarmedWorker {
  worker: Worker;
  faults: Remote<Faults>;
}

// Written out, because the bundler finds workers by this form.
const STARTERS = {
  backend: () => new Worker(new URL('./backend.worker.ts', import.meta.url), { type: 'module' }),
  cpu: () => new Worker(new URL('./cpu.worker.ts', import.meta.url), { type: 'module' }),
  plain: () => new Worker(new URL('./plain.worker.ts', import.meta.url), { type: 'module' }),
};

export type WorkerKind = keyof typeof STARTERS;

export function startWorker(kind: WorkerKind): HarmedWorker {
  const worker = STARTERS[kind]();
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  return { worker, faults: wrap<Faults>(port1) };
}
