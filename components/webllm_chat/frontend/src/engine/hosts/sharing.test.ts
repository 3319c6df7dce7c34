import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { F16_RUNG } from '../../test/fixtures';
import { type EngineParts, Engines } from '../engines';
import type { EngineError } from '../errors';
import type { EngineHandle, HostKind } from '../host';
import type { MachineEvent } from '../machine';

let told: MachineEvent[];
let lose: (error: EngineError) => void;
const handle = {
  host: 'service-worker' as HostKind,
  fallback: null,
  load: vi.fn<EngineHandle['load']>(),
  generate: vi.fn<EngineHandle['generate']>(),
  stop: vi.fn<EngineHandle['stop']>(),
  ping: () => Promise.resolve(),
  onLost: (listener: (error: EngineError) => void) => {
    lose = listener;
  },
  terminate: vi.fn(),
  release: vi.fn(),
};
const otherTabs = { loaded: vi.fn(), unloaded: vi.fn() };

beforeEach(() => {
  told = [];
  vi.clearAllMocks();
  handle.host = 'service-worker';
  handle.load.mockResolvedValue();
});

function engines(): Engines {
  const library = {
    state: createStore(() => ({ files: { [F16_RUNG.modelId]: { state: 'complete' } } })),
    download: () => Promise.resolve(),
    loadFiles: () => Promise.resolve({}),
    pause: () => Promise.resolve(),
  };
  const visits = { begun: vi.fn(), loaded: vi.fn(), ended: vi.fn() };
  const parts = {
    library,
    visits,
    otherTabs,
    createEngine: () => Promise.resolve(handle),
    pickHost: () => 'service-worker',
  } as unknown as EngineParts;
  return new Engines(
    parts,
    (event) => told.push(event),
    () => true,
  );
}

describe('an engine in a host that tabs share', () => {
  it('is let go, for others to go on with, when it is well', async () => {
    const all = engines();
    await all.load(1, F16_RUNG);
    all.discard(1);
    expect(handle.release).toHaveBeenCalledOnce();
    expect(handle.terminate).not.toHaveBeenCalled();
  });

  it('is ended for real when it was lost, failed or is reset', async () => {
    const all = engines();
    await all.load(1, F16_RUNG);
    lose({ kind: 'device-lost', detail: '' });
    expect(told).toContainEqual({
      type: 'lost',
      epoch: 1,
      error: { kind: 'device-lost', detail: '' },
    });
    all.discard(1);
    handle.load.mockRejectedValue(new Error('Out of memory'));
    await all.load(2, F16_RUNG);
    all.discard(2);
    handle.load.mockResolvedValue();
    await all.load(3, F16_RUNG);
    all.distrustAll();
    all.discard(3);
    expect(handle.terminate).toHaveBeenCalledTimes(3);
    expect(handle.release).not.toHaveBeenCalled();
  });

  it('is no second copy of the weights', async () => {
    await engines().load(1, F16_RUNG);
    expect(otherTabs.loaded).not.toHaveBeenCalled();
    handle.host = 'dedicated';
    await engines().load(1, F16_RUNG);
    expect(otherTabs.loaded).toHaveBeenCalledOnce();
  });
});
