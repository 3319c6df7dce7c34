import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BEAT_MS, Heartbeat, MOST_MISSED } from './heartbeat';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function beatsOf(ping: () => Promise<void>) {
  const onHung = vi.fn();
  const heartbeat = new Heartbeat({ ping }, onHung);
  return { heartbeat, onHung };
}

it('tells once of an engine that no longer answers', async () => {
  const { onHung } = beatsOf(() => new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(BEAT_MS * MOST_MISSED);
  expect(onHung).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(BEAT_MS * 20);
  expect(onHung).toHaveBeenCalledTimes(1);
});

it('is patient with an engine that answers late', async () => {
  const late = () => new Promise<void>((resolve) => setTimeout(resolve, BEAT_MS * 4));
  const { onHung } = beatsOf(late);
  await vi.advanceTimersByTimeAsync(BEAT_MS * 100);
  expect(onHung).not.toHaveBeenCalled();
});

it('leaves the end of a worker to those who are told of it', async () => {
  const { onHung } = beatsOf(() => Promise.reject(new Error('gone')));
  await vi.advanceTimersByTimeAsync(BEAT_MS * 20);
  expect(onHung).not.toHaveBeenCalled();
});

it('asks nothing of an engine that was given up', async () => {
  const ping = vi.fn(() => new Promise<void>(() => {}));
  const { heartbeat, onHung } = beatsOf(ping);
  heartbeat.stop();
  await vi.advanceTimersByTimeAsync(BEAT_MS * 20);
  expect(ping).not.toHaveBeenCalled();
  expect(onHung).not.toHaveBeenCalled();
});
