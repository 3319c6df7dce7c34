import { describe, expect, it } from 'vitest';
import { Stopwatch } from './stopwatch';

/** @param times - milliseconds, one for each look at the clock; the last one stays. */
function clock(...times: number[]): () => number {
  return () => (times.length > 1 ? times.shift() : times[0]) as number;
}

describe('Stopwatch', () => {
  it('times the first token from the request, and the rate from the first token', () => {
    const stopwatch = new Stopwatch(clock(1000, 1500, 1600, 1700, 99_000));
    for (let token = 0; token < 3; token += 1) stopwatch.token();
    expect(stopwatch.tokens).toBe(3);
    expect(stopwatch.timeToFirstTokenS).toBeCloseTo(0.5);
    expect(stopwatch.decodeTokensPerS).toBeCloseTo(10);
  });

  it('counts the time so far while no token has come', () => {
    const stopwatch = new Stopwatch(clock(1000, 3000));
    expect(stopwatch.tokens).toBe(0);
    expect(stopwatch.timeToFirstTokenS).toBeCloseTo(2);
    expect(stopwatch.decodeTokensPerS).toBe(0);
  });

  it('has no rate for one token, nor for tokens that came at once', () => {
    const one = new Stopwatch(clock(0, 100));
    one.token();
    expect(one.decodeTokensPerS).toBe(0);
    const atOnce = new Stopwatch(clock(0, 100, 100));
    atOnce.token();
    atOnce.token();
    expect(atOnce.decodeTokensPerS).toBe(0);
  });
});
