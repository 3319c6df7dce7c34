import { expect, it } from 'vitest';
import { SpeedMeter } from './speed';

it('says nothing before some time has passed', () => {
  const meter = new SpeedMeter();
  expect(meter.update(1000, 0)).toBeNull();
  expect(meter.update(2000, 100)).toBeNull();
});

it('does not count what was here before', () => {
  const meter = new SpeedMeter();
  meter.update(1e9, 0);
  expect(meter.update(1e9 + 500, 1000)).toBe(500);
});

it('follows a change of speed, smoothly', () => {
  const meter = new SpeedMeter();
  let received = 0;
  const run = (bytesPerS: number, fromS: number, toS: number) => {
    let speed: number | null = null;
    for (let second = fromS; second < toS; second += 1) {
      received += bytesPerS;
      speed = meter.update(received, (second + 1) * 1000);
    }
    return speed as number;
  };
  meter.update(0, 0);
  expect(run(1000, 0, 10)).toBeCloseTo(1000);
  const soon = run(100, 10, 12);
  expect(soon).toBeGreaterThan(400);
  expect(soon).toBeLessThan(900);
  expect(run(100, 12, 40)).toBeCloseTo(100, 0);
});
