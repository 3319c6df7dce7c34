import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebLLMProgress, type WebLLMReport } from './progress';

// The texts are WebLLM 0.2.86's own.
function fetching(shard: number, of: number, megabytes = 0): WebLLMReport {
  const progress = shard / of;
  const percent = Math.floor(progress * 100);
  return {
    progress,
    text: `Fetching param cache[${shard}/${of}]: ${megabytes}MB fetched. ${percent}% completed, 2 secs elapsed. It can take a while when we first visit this page to populate the cache. Later refreshes will become faster.`,
  };
}

function loading(shard: number, of: number): WebLLMReport {
  const progress = shard / of;
  const percent = Math.floor(progress * 100);
  return {
    progress,
    text: `Loading model from cache[${shard}/${of}]: 80MB loaded. ${percent}% completed, 3 secs elapsed.`,
  };
}

function compiling(shader: number, of: number): WebLLMReport {
  return {
    progress: shader / of,
    text: `Loading GPU shader modules[${shader}/${of}]: ${Math.floor((shader / of) * 100)}% completed, 1 secs elapsed.`,
  };
}

const START: WebLLMReport = { progress: 0, text: 'Start to fetch params' };
const FINISH: WebLLMReport = { progress: 1, text: 'Finish loading on WebGPU - nvidia' };

describe('WebLLMProgress', () => {
  it('joins both passes, the shaders and the end into one bar', () => {
    const progress = new WebLLMProgress(undefined);
    const seen = [START, fetching(1, 2), fetching(2, 2), loading(0, 2), loading(1, 2)]
      .concat(loading(2, 2), compiling(1, 2), compiling(2, 2), FINISH)
      .map((report) => progress.read(report));
    expect(seen.map(({ stage }) => stage)).toEqual([
      'download',
      'download',
      'download',
      'load',
      'load',
      'load',
      'compile',
      'compile',
      'warm-up',
    ]);
    expect(seen[0]?.fraction).toBe(0);
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBeGreaterThan(0.9);
    expect(fractions.at(-1)).toBeLessThan(1);
  });

  it('does not fall when the second pass starts again at 0', () => {
    const progress = new WebLLMProgress(undefined);
    const before = progress.read(fetching(3, 3)).fraction;
    expect(progress.read(loading(0, 3)).fraction).toBeGreaterThanOrEqual(before);
  });

  it('goes straight to loading when everything is cached', () => {
    const progress = new WebLLMProgress(undefined);
    progress.read(START);
    expect(progress.read(loading(1, 2)).stage).toBe('load');
  });

  it('says how much has arrived, and of how much where that is known', () => {
    expect(new WebLLMProgress(undefined).read(fetching(1, 4, 0))).not.toHaveProperty('total');
    const known = new WebLLMProgress(500_000_000);
    const first = known.read(fetching(1, 4, 100));
    const second = known.read(fetching(2, 4, 200));
    expect(first.total).toBe(500_000_000);
    expect(first.received).toBeGreaterThan(0);
    expect(second.received).toBe(2 * (first.received as number));
  });

  it('never says that more arrived than there is', () => {
    const { received, total } = new WebLLMProgress(1000).read(fetching(1, 1, 10));
    expect(received).toBeLessThanOrEqual(total as number);
  });

  it('stays between 0 and 1 and never falls, whatever order reports come in', () => {
    const report = fc.oneof(
      fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 50 })).map(([n, of]) => fetching(n, of, n)),
      fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 50 })).map(([n, of]) => loading(n, of)),
      fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 50 })).map(([n, of]) => compiling(n, of)),
      fc.constantFrom(START, FINISH, { progress: 0.5, text: 'Words nobody knows' }),
    );
    fc.assert(
      fc.property(fc.array(report), (reports) => {
        const progress = new WebLLMProgress(undefined);
        let last = 0;
        for (const { fraction } of reports.map((each) => progress.read(each))) {
          expect(fraction).toBeGreaterThanOrEqual(last);
          expect(fraction).toBeLessThanOrEqual(1);
          last = fraction;
        }
      }),
    );
  });
});
