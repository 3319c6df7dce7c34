import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HandBackend, QUESTION, RESULT } from '../../test/hand-backend';
import type { LoadRequest } from '../backend';
import { classify, type EngineError, namedError } from '../errors';
import { EnginePool } from './pool';
import { EngineSession } from './session';

let log: string[];
let backends: HandBackend[];
let onEmpty: ReturnType<typeof vi.fn<() => void>>;
let pool: EnginePool;

beforeEach(() => {
  vi.useFakeTimers();
  log = [];
  backends = [];
  onEmpty = vi.fn();
  pool = new EnginePool(() => {
    const backend = new HandBackend(log);
    backends.push(backend);
    return backend;
  }, onEmpty);
});

afterEach(() => {
  vi.useRealTimers();
});

function page(): EngineSession {
  return new EngineSession(pool, null);
}

function request(modelId: string, contextWindow = 4096): LoadRequest {
  return { modelId, contextWindow };
}

/** Lets promises that are settled already take their course. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

async function loadedPage(
  modelId = 'small',
): Promise<{ session: EngineSession; lost: EngineError[] }> {
  const session = page();
  const lost: EngineError[] = [];
  session.watch((error) => lost.push(error));
  const before = backends.length;
  const loading = session.load(request(modelId), () => {});
  await settle();
  if (backends.length > before) (backends[before] as HandBackend).finishLoading();
  await loading;
  return { session, lost };
}

describe('loading', () => {
  it('loads once for two pages, and tells both how far it is', async () => {
    const [first, second] = [vi.fn(), vi.fn()];
    const one = page().load(request('small'), first);
    await settle();
    backends[0]?.onProgress({ stage: 'load', fraction: 0.5 });
    const two = page().load(request('small'), second);
    await settle();
    expect(second).toHaveBeenCalledWith({ stage: 'load', fraction: 0.5 });
    backends[0]?.onProgress({ stage: 'load', fraction: 0.7 });
    backends[0]?.finishLoading();
    await Promise.all([one, two]);
    expect(first).toHaveBeenCalledTimes(2);
    expect(second).toHaveBeenCalledTimes(2);
    expect(log).toEqual(['load small']);
  });

  it('keeps another context window apart', async () => {
    await loadedPage();
    void page().load(request('small', 1024), () => {});
    await settle();
    expect(log).toEqual(['load small', 'load small']);
    expect(pool.loaded()).toEqual([
      { modelId: 'small', contextWindow: 4096 },
      { modelId: 'small', contextWindow: 1024 },
    ]);
  });

  it('loads one after the other', async () => {
    void page().load(request('small'), () => {});
    void page().load(request('large'), () => {});
    await settle();
    expect(log).toEqual(['load small']);
    backends[0]?.finishLoading();
    await settle();
    expect(log).toEqual(['load small', 'load large']);
  });

  it('forgets an engine that did not load, and the next try starts afresh', async () => {
    const failing = page().load(request('small'), () => {});
    const failed = expect(failing).rejects.toThrow('no room');
    await settle();
    backends[0]?.failLoading(new Error('no room'));
    await failed;
    void page().load(request('small'), () => {});
    await settle();
    expect(log).toEqual(['load small', 'dispose', 'load small']);
  });
});

describe('pages that come and go', () => {
  it('keeps the model of a page that is gone for the one that comes back', async () => {
    const { session } = await loadedPage();
    pool.leave(session);
    await loadedPage();
    expect(log).toEqual(['load small']);
  });

  it('gives up what no page uses when another model is loaded', async () => {
    const { session } = await loadedPage('small');
    pool.leave(session);
    await loadedPage('large');
    expect(log).toEqual(['load small', 'dispose', 'load large']);
  });

  it('keeps what another page uses when another model is loaded', async () => {
    await loadedPage('small');
    await loadedPage('large');
    expect(log).toEqual(['load small', 'load large']);
  });

  it('gives up what no page has come back to for ten minutes, and says when it is empty', async () => {
    const { session } = await loadedPage();
    pool.leave(session);
    await vi.advanceTimersByTimeAsync(9 * 60_000);
    expect(log).toEqual(['load small']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log).toEqual(['load small', 'dispose']);
    await vi.advanceTimersByTimeAsync(2000);
    expect(onEmpty).toHaveBeenCalledOnce();
  });

  it('gives a released engine up when no other page uses it', async () => {
    const one = await loadedPage();
    const two = await loadedPage();
    await one.session.release();
    expect(log).toEqual(['load small']);
    await two.session.release();
    expect(log).toEqual(['load small', 'dispose']);
  });

  it('lets the engine of an earlier choice go when a page loads another model', async () => {
    const { session } = await loadedPage('small');
    const loading = session.load(request('large'), () => {});
    await settle();
    expect(log).toEqual(['load small', 'dispose', 'load large']);
    backends[1]?.finishLoading();
    await loading;
  });
});

describe('answers', () => {
  it('are given one after the other, each to the page that asked', async () => {
    const one = await loadedPage();
    const two = await loadedPage();
    const [toOne, toTwo] = [vi.fn(), vi.fn()];
    const first = one.session.generate(QUESTION, toOne);
    const second = two.session.generate(QUESTION, toTwo);
    await settle();
    expect(log).toEqual(['load small', 'generate']);
    backends[0]?.onToken('for one');
    backends[0]?.finishAnswer(RESULT);
    await first;
    await settle();
    backends[0]?.onToken('for two');
    backends[0]?.finishAnswer(RESULT);
    await second;
    expect(toOne.mock.calls).toEqual([['for one']]);
    expect(toTwo.mock.calls).toEqual([['for two']]);
  });

  it('of another page go on when one page stops its own, waiting or not', async () => {
    const one = await loadedPage();
    const two = await loadedPage();
    const first = one.session.generate(QUESTION, () => {});
    const second = two.session.generate(QUESTION, () => {});
    await settle();
    await two.session.stop();
    expect(log).not.toContain('stop');
    backends[0]?.finishAnswer(RESULT);
    expect((await first).result.finish).toBe('stop');
    expect((await second).result.finish).toBe('stopped');
    expect(log).toEqual(['load small', 'generate']);
  });

  it('end when their page is gone, and the next page is answered', async () => {
    const one = await loadedPage();
    const two = await loadedPage();
    const first = one.session.generate(QUESTION, () => {});
    const second = two.session.generate(QUESTION, () => {});
    await settle();
    pool.leave(one.session);
    expect((await first).result.finish).toBe('stopped');
    await settle();
    expect(log).toEqual(['load small', 'generate', 'stop', 'generate']);
    backends[0]?.finishAnswer(RESULT);
    expect((await second).result.finish).toBe('stop');
  });

  it('are stopped again when the engine had not begun when it was told', async () => {
    const { session } = await loadedPage();
    const answer = session.generate(QUESTION, () => {});
    await settle();
    const backend = backends[0] as HandBackend;
    const stop = backend.stop.bind(backend);
    backend.stop = async () => void log.push('stop, unheard');
    await session.stop();
    backend.stop = stop;
    backend.onToken('more');
    expect((await answer).result.finish).toBe('stopped');
  });

  it('are refused where nothing is loaded', async () => {
    await expect(page().generate(QUESTION, () => {})).rejects.toMatchObject({
      name: 'ModelNotLoadedError',
    });
  });
});

describe('losing an engine', () => {
  it('tells every page when the device is lost, and loads afresh for the next', async () => {
    const one = await loadedPage();
    const two = await loadedPage();
    const error = classify(namedError('DeviceLostError', 'unknown: GPU process gone'));
    backends[0]?.lose(error);
    expect(one.lost).toEqual([error]);
    expect(two.lost).toEqual([error]);
    await settle();
    await loadedPage();
    expect(log).toEqual(['load small', 'dispose', 'load small']);
  });

  it('tells the other pages when one gives the engine up, but not that one', async () => {
    const one = await loadedPage();
    const two = await loadedPage();
    await one.session.dispose();
    expect(log).toEqual(['load small', 'dispose']);
    expect(one.lost).toEqual([]);
    expect(two.lost.map(({ kind }) => kind)).toEqual(['worker-crashed']);
  });

  it('gives up an engine that is still loading', async () => {
    const session = page();
    const failed = expect(session.load(request('small'), () => {})).rejects.toThrow('given up');
    await settle();
    await session.dispose();
    await failed;
    await loadedPage();
    expect(log).toEqual(['load small', 'dispose', 'load small']);
  });

  it('loads the next one only when the device of the last is gone', async () => {
    const { session } = await loadedPage();
    let destroyed = () => {};
    (backends[0] as HandBackend).dispose = () =>
      new Promise((resolve) => {
        destroyed = resolve;
      });
    void session.dispose();
    void page().load(request('small'), () => {});
    await settle();
    expect(log).toEqual(['load small']);
    destroyed();
    await settle();
    expect(log).toEqual(['load small', 'load small']);
  });
});

describe('making room for a newer worker', () => {
  it('waits for the answers in flight, then gives the engines up and tells their pages', async () => {
    const { session, lost } = await loadedPage();
    const answer = session.generate(QUESTION, () => {});
    await settle();
    const retired = vi.fn();
    void pool.retire().then(retired);
    await settle();
    expect(retired).not.toHaveBeenCalled();
    backends[0]?.finishAnswer(RESULT);
    expect((await answer).result.finish).toBe('stop');
    await settle();
    expect(retired, 'the page may not have the whole answer yet').not.toHaveBeenCalled();
    session.received();
    await settle();
    expect(retired).toHaveBeenCalled();
    expect(log).toEqual(['load small', 'generate', 'dispose']);
    expect(lost).toHaveLength(1);
    expect(session.hello(null).retired).toBe(true);
    await expect(page().load(request('small'), () => {})).rejects.toThrow('newer version');
  });
});
