/** Where an engine lives. Every kind of host gives the same handle on the engine in it. */
import type { BackendName } from '../bridge/protocol';
import type { Backend } from './backend';
import type { EngineError } from './errors';
import { dedicatedEngine } from './hosts/dedicated';
import { parentEngine } from './hosts/parent';
import type { HostKind } from './hosts/pick';
import {
  loadedInServiceWorker,
  ServiceWorkerRefused,
  serviceWorkerEngine,
} from './hosts/service-worker';
import { sharedWorkerEngine } from './hosts/shared-worker';
import type { LoadedModel } from './hosts/wire';

export { browserCapabilities, type HostKind, pickHost } from './hosts/pick';

/** The host that was asked for could not be had, and why. Shown with the diagnostics. */
export interface Fallback {
  wanted: HostKind;
  reason: 'registration' | 'no-webgpu' | 'no-answer' | 'other-build' | 'failed';
  detail: string;
}

/** Where an engine really lives, and why not where it should. */
export interface Placement {
  readonly host: HostKind;
  readonly fallback: Fallback | null;
}

export interface EngineHandle extends Backend, Placement {
  /** Resolves when the worker answered, which it does at once even while it generates. */
  ping(): Promise<void>;
  /** @param listener - is told once: the device was lost, or the worker died or hangs. */
  onLost(listener: (error: EngineError) => void): void;
  /** Gives the engine up, for real and for every page that shares it, with its GPU device. */
  terminate(): void;
  /** This page needs the engine no more; a shared host keeps it while another page does. */
  release(): void;
}

/**
 * Finds or makes the engine's worker. A host that cannot be had gives way to a dedicated worker.
 *
 * @param modelId - the model that the engine is for; a shared host may have it loaded already.
 * @throws a `NetworkError` when the code of a dedicated worker cannot be fetched.
 */
export async function createEngine(
  backend: BackendName,
  host: HostKind,
  modelId: string,
): Promise<EngineHandle> {
  if (host === 'dedicated') return dedicatedEngine(backend);
  try {
    if (host === 'parent') return await parentEngine(backend, modelId);
    // llama.cpp starts a worker of its own, which shared and service workers cannot.
    if (backend === 'wllama') return await dedicatedEngine(backend);
    if (host === 'shared-worker') return await sharedWorkerEngine(modelId);
    return await serviceWorkerEngine();
  } catch (error) {
    const engine = await dedicatedEngine(backend);
    const reason = error instanceof ServiceWorkerRefused ? error.reason : 'failed';
    engine.fallback = { wanted: host, reason, detail: String(error) };
    return engine;
  }
}

/**
 * Models that an earlier visit or another tab left loaded: choosing one of these, with the same
 * context window, is ready at once. Only a service worker can be asked; others hold none or one.
 */
export async function loadedModels(host: HostKind): Promise<LoadedModel[]> {
  if (host !== 'service-worker') return [];
  return loadedInServiceWorker().catch(() => []);
}
