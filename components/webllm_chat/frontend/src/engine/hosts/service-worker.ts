/**
 * A service worker with several engines in it: it outlives a reload, and all tabs share it. A page
 * cannot end it, so giving an engine up destroys the engine's GPU device there.
 */
import { sleep } from '../../device/sleep';
import { namedError } from '../errors';
import { startClock } from './clock';
import { type Connection, connectTo, isOfThisBuild, RemoteEngine } from './remote';
import { HEARTBEAT, type LoadedModel } from './wire';
import { serviceWorkerAddress } from './workers';

/** Browsers end a service worker that has had nothing to do for half a minute. */
const HEARTBEAT_MS = 10_000;
/** Its code is in the browser already; a worker that is not running is started first. */
const PATIENCE_MS = 15_000;
/** Who only wants to know what is loaded does not wait long. */
const LOOK_MS = 2000;
/** How long a newer worker may wait for the one in charge to end its answers. */
const SUCCESSION_MS = 15_000;

/** Why there is no engine to be had in a service worker. */
export type Refusal = 'registration' | 'no-webgpu' | 'no-answer' | 'other-build';

export class ServiceWorkerRefused extends Error {
  constructor(
    readonly reason: Refusal,
    message: string,
  ) {
    super(message);
    this.name = 'ServiceWorkerRefused';
  }
}

export async function serviceWorkerEngine(): Promise<RemoteEngine> {
  const registration = await register();
  const connection = await connectToThisBuild(registration);
  if (!connection.welcome.webgpu) {
    connection.close();
    throw new ServiceWorkerRefused('no-webgpu', 'Service workers of this browser have no WebGPU.');
  }
  const keepAlive = () => registration.active?.postMessage(HEARTBEAT);
  const onEnd = startClock(HEARTBEAT_MS, keepAlive);
  return new RemoteEngine(connection, { host: 'service-worker', onEnd });
}

/** What an earlier visit or another tab left loaded. Starts and installs nothing. */
export async function loadedInServiceWorker(): Promise<LoadedModel[]> {
  const registration = await navigator.serviceWorker.getRegistration(document.baseURI);
  if (!registration?.active) return [];
  const connection = await connect(registration, LOOK_MS);
  try {
    return isOfThisBuild(connection) ? await connection.service.loaded() : [];
  } finally {
    connection.close();
  }
}

async function register(): Promise<ServiceWorkerRegistration> {
  try {
    const registration = await navigator.serviceWorker.register(serviceWorkerAddress(), {
      type: 'module',
      updateViaCache: 'none',
    });
    if (!registration.active) await activation(registration.installing ?? registration.waiting);
    return registration;
  } catch (error) {
    throw new ServiceWorkerRefused('registration', String(error));
  }
}

/** A worker of another build is asked to make room for the one that belongs to this page. */
async function connectToThisBuild(registration: ServiceWorkerRegistration): Promise<Connection> {
  const first = await connect(registration);
  if (isOfThisBuild(first)) return first;
  first.close();
  await registration.update().catch(() => {}); // Offline: what is here is all there is.
  const successor = registration.installing ?? registration.waiting;
  if (successor) {
    await Promise.race([activation(successor), sleep(SUCCESSION_MS)]).catch(() => {});
  }
  const second = await connect(registration);
  if (isOfThisBuild(second)) return second;
  second.close();
  throw new ServiceWorkerRefused(
    'other-build',
    'Tabs with another version of this app still use the service worker.',
  );
}

async function connect(
  registration: ServiceWorkerRegistration,
  patienceMs = PATIENCE_MS,
): Promise<Connection> {
  const post = (message: string, port: MessagePort) =>
    registration.active?.postMessage(message, [port]);
  try {
    return await connectTo(post, patienceMs);
  } catch (error) {
    throw new ServiceWorkerRefused('no-answer', String(error));
  }
}

async function activation(worker: ServiceWorker | null): Promise<void> {
  if (!worker) throw namedError('WorkerCrashedError', 'The service worker did not install.');
  await new Promise<void>((resolve, reject) => {
    const check = () => {
      if (worker.state === 'activated' || worker.state === 'activating') resolve();
      if (worker.state === 'redundant') {
        reject(namedError('WorkerCrashedError', 'The service worker did not install.'));
      }
    };
    worker.addEventListener('statechange', check);
    check();
  });
}
