/**
 * A SharedWorker per model, one for all tabs. With `extendedLifetime`, Chromium keeps it for a
 * while after its last page is gone, so that a reload finds the model loaded.
 */
import { onWorkerError } from './crash-watch';
import { connectToWorker, RemoteEngine } from './remote';
import { ENGINE_BUILD } from './wire';
import { webllmAddress } from './workers';

/** Its code may still have to be fetched. */
const PATIENCE_MS = 60_000;

export async function sharedWorkerEngine(modelId: string): Promise<RemoteEngine> {
  const options: WorkerOptions & { extendedLifetime: boolean } = {
    type: 'module',
    // Pages of another build get a worker of their own.
    name: `${ENGINE_BUILD} ${modelId}`,
    extendedLifetime: true,
  };
  const worker = new SharedWorker(webllmAddress(), options);
  const connection = await connectToWorker(worker, PATIENCE_MS);
  const engine = new RemoteEngine(connection, { host: 'shared-worker' });
  onWorkerError(worker, (error) => engine.crashed(error));
  return engine;
}
