/** A worker that belongs to this page and ends with it. */
import type { BackendName } from '../../bridge/protocol';
import { onWorkerError } from './crash-watch';
import { connectToWorker, RemoteEngine } from './remote';
import { startWorker } from './workers';

export async function dedicatedEngine(backend: BackendName): Promise<RemoteEngine> {
  const worker = startWorker(backend, window);
  const connection = await connectToWorker(worker);
  const engine = new RemoteEngine(connection, {
    host: 'dedicated',
    kill: () => worker.terminate(),
  });
  onWorkerError(worker, (error) => engine.crashed(error));
  return engine;
}
