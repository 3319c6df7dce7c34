/** The scripts of the engines' workers. Each is fetched only when its engine is needed. */
import type { BackendName } from '../../bridge/protocol';
import wllamaAddress from '../wllama/wllama.worker.ts?worker&url';
import { ENGINE_BUILD } from './wire';

/**
 * WebLLM's stands beside the page under a name that stays: so a service worker's scope holds the
 * whole component, and an update is found under the same address.
 */
export function serviceWorkerAddress(): URL {
  return new URL('webllm.worker.js', document.baseURI);
}

/** A copy kept under this address by an earlier build's pages is not taken for this build's. */
export function webllmAddress(): URL {
  return new URL(`webllm.worker.js?build=${ENGINE_BUILD}`, document.baseURI);
}

/** @param owner - the window that the worker belongs to and ends with. */
export function startWorker(backend: BackendName, owner: Window & typeof globalThis): Worker {
  const address = backend === 'webllm' ? webllmAddress() : new URL(wllamaAddress, document.baseURI);
  return new owner.Worker(address, { type: 'module' });
}
