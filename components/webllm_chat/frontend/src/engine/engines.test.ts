import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { F32_RUNG } from '../test/fixtures';
import { type EngineParts, Engines } from './engines';
import { type EngineError, namedError } from './errors';
import { BEAT_MS, MOST_MISSED } from './heartbeat';
import type { ModelFiles } from './library/state';
import type { MachineEvent } from './machine';
import { OtherTabs } from './other-tabs';
import { Visits } from './visits';

const EPOCH = 7;
const { modelId } = F32_RUNG;

/** The world around the engines: nothing in it moves unless a test says so. */
class World {
  readonly events: MachineEvent[] = [];
  wanted = true;
  readonly lost: ((error: EngineError) => void)[] = [];
  readonly handle = {
    host: 'dedicated',
    fallback: null,
    load: vi.fn(async () => {}),
    generate: vi.fn(),
    stop: vi.fn(() => new Promise<void>(() => {})),
    ping: vi.fn(async () => {}),
    onLost: (listener: (error: EngineError) => void) => void this.lost.push(listener),
    terminate: vi.fn(),
    release: vi.fn(),
  };
  readonly library = {
    state: createStore<{ files: Record<string, Partial<ModelFiles>> }>(() => ({ files: {} })),
    room: vi.fn(async (): Promise<{ needed: number; free: number } | 'unknown'> => 'unknown'),
    download: vi.fn(async () => {}),
    loadFiles: vi.fn(async () => ({})),
    pause: vi.fn(async () => {}),
  };
  readonly visits = new Visits(localStorage, undefined);
  readonly engines = new Engines(
    {
      library: this.library,
      visits: this.visits,
      otherTabs: new OtherTabs(undefined),
      createEngine: async () => this.handle,
      pickHost: () => 'dedicated',
    } as unknown as EngineParts,
    (event) => this.events.push(event),
    () => this.wanted,
  );

  load = () => this.engines.load(EPOCH, F32_RUNG);
  is = (state: ModelFiles['state'], fields: Partial<ModelFiles> = {}) =>
    this.library.state.setState({ files: { [modelId]: { modelId, state, ...fields } } });
  types = () => this.events.map(({ type }) => type);
  error = () => {
    const last = this.events.at(-1);
    return last && 'error' in last ? last.error : undefined;
  };
}

let world: World;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  world = new World();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('loading', () => {
  it('fetches, loads, and remembers how long that took the first time and later', async () => {
    await world.load();
    expect(world.types()).toEqual(['loaded']);
    expect(world.visits.history.getState()[modelId]).toHaveProperty('firstS');
    world.is('complete');
    await world.load();
    expect(world.visits.history.getState()[modelId]).toHaveProperty('cachedS');
  });

  it('marks the load while it lasts, and only then', async () => {
    const marks = () => Object.keys(localStorage).filter((key) => key.includes('/loading/'));
    let during: string[] = [];
    world.handle.load.mockImplementation(async () => {
      during = marks();
    });
    await world.load();
    expect(during).toHaveLength(1);
    expect(marks()).toEqual([]);
    world.handle.load.mockRejectedValue(namedError('DeviceLostError', ''));
    await world.load();
    expect(marks()).toEqual([]);
  });

  it('tells where the engine lives, for the diagnostics', async () => {
    expect(world.engines.placement.getState()).toBeNull();
    await world.load();
    expect(world.engines.placement.getState()).toEqual({ host: 'dedicated', fallback: null });
  });

  it('says before the download that there is no room, with numbers', async () => {
    world.library.room.mockResolvedValue({ needed: 300e6, free: 120e6 });
    await world.load();
    expect(world.library.download).not.toHaveBeenCalled();
    expect(world.error()?.kind).toBe('storage-quota');
    expect(world.error()?.detail).toMatch(/300 MB.*120 MB/);
  });

  it('lets an engine go that nobody waits for any more', async () => {
    world.library.loadFiles.mockImplementation(async () => {
      world.wanted = false;
      return {};
    });
    await world.load();
    expect(world.handle.release).toHaveBeenCalled();
    expect(world.events).toEqual([]);
  });

  it('tells a pause and an end by the visitor from a failure', async () => {
    for (const name of ['DownloadPausedError', 'DownloadCancelledError', 'HttpError']) {
      world.library.download.mockRejectedValueOnce(namedError(name, ''));
      await world.load();
    }
    expect(world.types()).toEqual(['download-paused', 'download-cancelled', 'load-failed']);
  });
});

describe('a download', () => {
  it('is told of while an engine waits for it, with its speed', async () => {
    let arrive = () => {};
    world.library.download.mockReturnValue(new Promise<void>((resolve) => (arrive = resolve)));
    const loading = world.load();
    await vi.advanceTimersByTimeAsync(0);
    world.is('downloading', { received: 50, total: 100, bytesPerS: 10, onServer: null });
    world.engines.downloadsChanged();
    expect(world.events.at(-1)).toEqual({
      type: 'progress',
      epoch: EPOCH,
      progress: {
        stage: 'download',
        fraction: 0.4,
        received: 50,
        total: 100,
        bytesPerS: 10,
        onServer: false,
      },
    });
    arrive();
    await loading;
  });

  it('rests when its engine is given up, unless the same model is wanted again', async () => {
    world.library.download.mockReturnValue(new Promise(() => {}));
    void world.load();
    await vi.advanceTimersByTimeAsync(0);
    world.engines.discard(EPOCH);
    void world.engines.load(EPOCH + 1, F32_RUNG);
    await vi.advanceTimersByTimeAsync(0);
    expect(world.library.pause).not.toHaveBeenCalled();
    world.engines.discard(EPOCH + 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(world.library.pause).toHaveBeenCalledWith(modelId);
  });
});

describe('a loaded engine', () => {
  it('that dies says so', async () => {
    await world.load();
    const error = { kind: 'device-lost', detail: '' };
    for (const listener of world.lost) listener(error);
    expect(world.events.at(-1)).toEqual({ type: 'lost', epoch: EPOCH, error });
  });

  it('that gives no sign of life counts as hung', async () => {
    await world.load();
    world.handle.ping.mockReturnValue(new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(BEAT_MS * (MOST_MISSED + 1));
    expect(world.events.at(-1)).toMatchObject({ type: 'lost', error: { kind: 'engine-hung' } });
  });

  it('is no longer watched once it was given up', async () => {
    await world.load();
    world.handle.ping.mockReturnValue(new Promise(() => {}));
    world.engines.discard(EPOCH);
    expect(world.handle.release).toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(BEAT_MS * 20);
    expect(world.types()).toEqual(['loaded']);
  });

  it('that does not end its answer when it is stopped counts as hung', async () => {
    await world.load();
    void world.engines.interrupt(EPOCH, () => true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.handle.stop).toHaveBeenCalled();
    expect(world.types()).toContain('lost');
  });

  it('that ends its answer in time is left alone', async () => {
    await world.load();
    void world.engines.interrupt(EPOCH, () => false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.types()).toEqual(['loaded']);
  });
});
