import { beforeEach, describe, expect, it } from 'vitest';
import { CRASHED_WHILE_LOADING, Visits } from './visits';

/** The browser's locks, of which one tab's all go when it dies. */
class Locks {
  readonly held = new Set<string>();
  request = (name: string) => {
    this.held.add(name);
    return new Promise(() => {});
  };
  query = async () => ({ held: [...this.held].map((name) => ({ name })) });
}

let locks: Locks;
let now: number;
const tab = () => new Visits(localStorage, locks as unknown as LockManager, () => now);

beforeEach(() => {
  localStorage.clear();
  locks = new Locks();
  now = 1000;
});

describe('what a browser has seen', () => {
  it('keeps load times of a first and a later visit apart', () => {
    const visits = tab();
    visits.loaded('m', 20, false);
    visits.loaded('m', 5, true);
    expect(tab().history.getState()).toEqual({
      m: { firstS: 20, cachedS: 5, lastLoadedAt: 1000 },
    });
  });

  it('forgets a failure once the model has loaded', () => {
    const visits = tab();
    visits.failed('m', 'out-of-memory');
    expect(visits.history.getState().m?.failure).toEqual({ kind: 'out-of-memory', at: 1000 });
    visits.loaded('m', 5, true);
    expect(visits.history.getState().m?.failure).toBeUndefined();
  });

  it('keeps what another tab wrote meanwhile', () => {
    const one = tab();
    const other = tab();
    one.answered('a', 30);
    other.answered('b', 40);
    expect(tab().history.getState()).toEqual({
      a: { decodeTokensPerS: 30 },
      b: { decodeTokensPerS: 40 },
    });
  });

  it.each(['no JSON', '[1]', '"text"', 'null'])('survives %s in its storage', (text) => {
    localStorage.setItem('webllm-chat/history', text);
    const visits = tab();
    visits.loaded('m', 5, true);
    expect(visits.history.getState().m).toEqual({ cachedS: 5, lastLoadedAt: 1000 });
  });

  it('works where the page may not store', async () => {
    const visits = new Visits(undefined, undefined);
    visits.begun('m');
    visits.failed('m', 'device-lost');
    expect(visits.history.getState().m?.failure?.kind).toBe('device-lost');
    expect(await visits.takeCrashed()).toEqual([]);
  });
});

describe('the marker of a load', () => {
  it('tells the next visit that the tab died while loading, once', async () => {
    tab().begun('big');
    locks.held.clear();
    const next = tab();
    expect(await next.takeCrashed()).toEqual(['big']);
    expect(next.history.getState().big?.failure?.kind).toBe(CRASHED_WHILE_LOADING);
    expect(await tab().takeCrashed()).toEqual([]);
  });

  it('says nothing when the load ended, well or not', async () => {
    const visits = tab();
    visits.begun('big');
    visits.ended();
    locks.held.clear();
    expect(await tab().takeCrashed()).toEqual([]);
  });

  it('says nothing of a tab that lives and is loading now', async () => {
    tab().begun('big');
    expect(await tab().takeCrashed()).toEqual([]);
  });
});
