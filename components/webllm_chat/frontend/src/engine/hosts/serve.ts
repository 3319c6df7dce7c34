/** Makes a worker of any kind serve engines to the pages that connect to it. */
import { expose } from 'comlink';
import type { LocalBackend } from '../backend';
import { holdLifeline, type Lifeline } from './lifeline';
import { EnginePool } from './pool';
import { EngineSession } from './session';
import { CONNECT, RETIRE } from './wire';

type Connect = (port: MessagePort) => void;

export function serveEngines(makeBackend: () => LocalBackend): void {
  const lifeline = holdLifeline();
  if ('skipWaiting' in self) {
    const pool = new EnginePool(makeBackend);
    serveFromServiceWorker(
      self as unknown as ServiceWorkerGlobalScope,
      connector(pool, lifeline),
      pool,
    );
    return;
  }
  const connect = connector(new EnginePool(makeBackend, () => self.close()), lifeline);
  const listen = ({ data, ports: [port] }: MessageEvent) => {
    if (data === CONNECT && port) connect(port);
  };
  self.addEventListener('message', listen);
  // A shared worker is spoken to through a port for each page.
  self.addEventListener('connect', (event) => {
    const [page] = (event as MessageEvent).ports;
    if (page) page.onmessage = listen;
  });
}

/** Its handlers have to stand before the script's first run ends. */
function serveFromServiceWorker(
  scope: ServiceWorkerGlobalScope,
  connect: Connect,
  pool: EnginePool,
): void {
  scope.addEventListener('install', (event) => event.waitUntil(takeOver(scope)));
  scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
  // Any message, heartbeats among them, keeps the browser from ending the worker as idle.
  scope.addEventListener('message', (event) => {
    const {
      data,
      ports: [port],
    } = event;
    if (!port) return;
    if (data === CONNECT) connect(port);
    if (data === RETIRE) event.waitUntil(pool.retire().then(() => port.postMessage(RETIRE)));
  });
}

function connector(pool: EnginePool, lifeline: Promise<Lifeline | null>): Connect {
  return async (port) => {
    // What the page sends meanwhile waits in the port.
    expose(new EngineSession(pool, (await lifeline)?.name ?? null), port);
  };
}

/** Waits until the worker in charge has ended its answers and given its engines up. */
async function takeOver(scope: ServiceWorkerGlobalScope): Promise<void> {
  const { active } = scope.registration;
  if (active) {
    const { port1, port2 } = new MessageChannel();
    const retired = new Promise((resolve) => {
      port1.onmessage = resolve;
    });
    active.postMessage(RETIRE, [port2]);
    await retired;
  }
  await scope.skipWaiting();
}
