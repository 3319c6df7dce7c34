/** The default: a worker that belongs to this page and ends with it. */
import type { BackendName } from '../../bridge/protocol';
import { onWorkerError } from './crash-watch';
import { RemoteEngine } from './remote';

/** Each engine's code is fetched only when its worker starts. */
const WORKERS: Record<BackendName, () => Worker> = {
  webllm: () =>
    new Worker(new URL('../webllm/webllm.worker.ts', import.meta.url), { type: 'module' }),
  wllama: () =>
    new Worker(new URL('../wllama/wllama.worker.ts', import.meta.url), { type: 'module' }),
};

export function dedicatedEngine(backend: BackendName): RemoteEngine {
  const worker = WORKERS[backend]();
  const terminate = () => worker.terminate();
  const engine = new RemoteEngine(worker, { terminate, release: terminate });
  onWorkerError(worker, (error) => engine.crashed(error));
  return engine;
}
