import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { classify } from './errors';
import { BEAT_MS, MOST_MISSED } from './heartbeat';
import { LoadWatch, STANDSTILL_MS } from './load-watch';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const NEVER = new Promise<void>(() => {});
const alive = { ping: async () => {} };

it('gives up an engine whose worker is stuck in its code', async () => {
  const outcome = new LoadWatch({ ping: () => NEVER }).unlessHung(NEVER).catch(classify);
  await vi.advanceTimersByTimeAsync(BEAT_MS * (MOST_MISSED + 1));
  expect(await outcome).toMatchObject({ kind: 'engine-hung' });
});

it('gives up an engine that lives and does not get on', async () => {
  const outcome = new LoadWatch(alive).unlessHung(NEVER).catch(classify);
  await vi.advanceTimersByTimeAsync(STANDSTILL_MS);
  expect(await outcome).toMatchObject({ kind: 'engine-hung' });
});

it('is patient while it gets on, and looks no more once it is there', async () => {
  let there = () => {};
  const load = new Promise<void>((resolve) => {
    there = resolve;
  });
  const watch = new LoadWatch(alive);
  const loaded = watch.unlessHung(load);
  for (let step = 0; step < 10; step += 1) {
    await vi.advanceTimersByTimeAsync(STANDSTILL_MS - 1000);
    watch.progressed();
  }
  there();
  await loaded;
  expect(vi.getTimerCount()).toBe(0);
});

it('throws what the load throws', async () => {
  const failed = Promise.reject(new Error('no memory'));
  await expect(new LoadWatch(alive).unlessHung(failed)).rejects.toThrow('no memory');
  expect(vi.getTimerCount()).toBe(0);
});
