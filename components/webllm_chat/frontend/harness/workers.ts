import { type Remote, wrap } from 'comlink';
import type { Faults } from './devices';

/** A worker under test and the way to harm it. */
export interface HarmedWorker {
  worker: Worker;
  faults: Remote<Faults>;
}

export function startWorker(kind: 'backend' | 'plain'): HarmedWorker {
  // Written out, because the bundler finds workers by this form.
  const worker =
    kind === 'backend'
      ? new Worker(new URL('./backend.worker.ts', import.meta.url), { type: 'module' })
      : new Worker(new URL('./plain.worker.ts', import.meta.url), { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  return { worker, faults: wrap<Faults>(port1) };
}
