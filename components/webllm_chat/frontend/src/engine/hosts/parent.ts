/**
 * A worker that belongs to the page around the component's frame. It outlives the frame: where a
 * script mounts the component in a page, the frame that is mounted next finds the model loaded.
 */
import type { BackendName } from '../../bridge/protocol';
import { onWorkerError } from './crash-watch';
import { isAlive } from './lifeline';
import { type Connection, connectToWorker, RemoteEngine } from './remote';
import { ENGINE_BUILD } from './wire';
import { startWorker } from './workers';

/** How long a worker that an earlier frame left behind may take to answer. */
const PATIENCE_MS = 20_000;

interface Kept {
  worker: Worker;
  lifeline: string;
}

type Owner = Window & typeof globalThis & { __webllmChatWorkers?: Map<string, Kept> };

export async function parentEngine(backend: BackendName, modelId: string): Promise<RemoteEngine> {
  const owner = window.parent as Owner;
  const kept = keptWorkers(owner);
  // One worker per model, so that giving an engine up ends its worker and nothing else.
  const key = [new URL('.', document.baseURI).pathname, ENGINE_BUILD, backend, modelId].join(' ');
  const { worker, connection } =
    (await reconnect(kept.get(key))) ?? (await connectToNew(backend, owner));
  const { lifeline } = connection.welcome;
  if (lifeline) kept.set(key, { worker, lifeline });
  const engine = new RemoteEngine(connection, {
    host: 'parent',
    kill: () => {
      kept.delete(key);
      worker.terminate();
    },
  });
  onWorkerError(worker, (error) => engine.crashed(error));
  return engine;
}

/** The map is made in the parent's realm: the frame's own ends with the frame. */
function keptWorkers(owner: Owner): Map<string, Kept> {
  owner.__webllmChatWorkers ??= new owner.Map<string, Kept>();
  return owner.__webllmChatWorkers;
}

interface Connected {
  worker: Worker;
  connection: Connection;
}

async function reconnect(kept: Kept | undefined): Promise<Connected | undefined> {
  if (!kept || !(await isAlive(kept.lifeline))) return undefined;
  try {
    return { ...kept, connection: await connectToWorker(kept.worker, PATIENCE_MS) };
  } catch {
    kept.worker.terminate();
    return undefined;
  }
}

async function connectToNew(backend: BackendName, owner: Owner): Promise<Connected> {
  const worker = startWorker(backend, owner);
  return { worker, connection: await connectToWorker(worker) };
}
