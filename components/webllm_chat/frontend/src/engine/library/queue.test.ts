import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextInLine, type Queued } from './queue';

const job = fc.record({
  priority: fc.constantFrom('foreground', 'background' as const),
  order: fc.integer({ min: 0, max: 1000 }),
}) as fc.Arbitrary<Queued>;

it('is empty where nothing was asked for', () => {
  expect(nextInLine([])).toBeUndefined();
});

it('takes what was asked for last in the foreground, else the oldest of the background', () => {
  fc.assert(
    fc.property(fc.array(job, { minLength: 1 }), (jobs) => {
      const next = nextInLine(jobs) as Queued;
      const orders = (priority: string) =>
        jobs.filter((other) => other.priority === priority).map(({ order }) => order);
      const foreground = orders('foreground');
      if (foreground.length > 0) expect(next.order).toBe(Math.max(...foreground));
      else expect(next.order).toBe(Math.min(...orders('background')));
    }),
  );
});
