/** Where an engine lives. Every kind of host gives the same handle on the engine in it. */
import type { BackendName } from '../bridge/protocol';
import type { Backend } from './backend';
import type { EngineError } from './errors';
import { dedicatedEngine } from './hosts/dedicated';

export type HostKind = 'dedicated' | 'parent' | 'shared-worker' | 'service-worker';

export interface EngineHandle extends Backend {
  /** Resolves when the worker answered, which it does at once even while it generates. */
  ping(): Promise<void>;
  /** @param listener - is told once, of the first of: the device was lost, the worker died. */
  onLost(listener: (error: EngineError) => void): void;
  /** Gives the engine up, for real, and its GPU device with it. */
  terminate(): void;
  /** This page needs the engine no more; a shared host may keep the model for others. */
  release(): void;
}

/** @param modelId - the model that the engine is for; a shared host may have it loaded already. */
export async function createEngine(
  backend: BackendName,
  _host: HostKind,
  _modelId: string,
): Promise<EngineHandle> {
  return dedicatedEngine(backend);
}
