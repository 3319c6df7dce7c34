import { describe, expect, it } from 'vitest';
import { Stopwatch } from './stopwatch';

/** @param times - milliseconds, one for each look at the clock; the last one stays. */
function clock(...times: number[]): () => number {
  return () => (times.length > 1 ? times.shift() : times[0]) as number;
}

describe('Stopwatch', () => {
  it('times the first token from the request, and the rate from the first token', () => {
    const stopwatch = new Stopwatch(clock(1000, 1500, 1600, 1700, 99_000));
    for (let token = 0; token < 3; token += 1) stopwatch.piece();
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
    one.piece();
    expect(one.decodeTokensPerS).toBe(0);
    const atOnce = new Stopwatch(clock(0, 100, 100));
    atOnce.piece();
    atOnce.piece();
    expect(atOnce.decodeTokensPerS).toBe(0);
  });

  it('takes the count of the engine, where it has one, for the count and for the rate', () => {
    const stopwatch = new Stopwatch(clock(0, 500, 1500));
    stopwatch.piece();
    stopwatch.piece();
    const result = stopwatch.result('stop', { promptTokens: 12, completionTokens: 5 });
    expect(result).toMatchObject({ promptTokens: 12, completionTokens: 5, decodeTokensPerS: 4 });
  });

  it('counts pieces where the engine counts nothing', () => {
    const stopwatch = new Stopwatch(clock(0, 500, 1500));
    stopwatch.piece();
    stopwatch.piece();
    expect(stopwatch.result('stopped', {})).toMatchObject({
      finish: 'stopped',
      promptTokens: 0,
      completionTokens: 2,
    });
  });
});
