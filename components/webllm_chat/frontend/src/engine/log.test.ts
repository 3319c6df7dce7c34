import { beforeEach, expect, it } from 'vitest';
import { aLadder, F16_RUNG } from '../test/fixtures';
import { engineLog, record, recordHost } from './log';

const progress = (fraction: number) =>
  record({ type: 'progress', epoch: 1, progress: { stage: 'download', fraction } }, 1);
const words = () => engineLog.getState().map(({ event, detail }) => `${event} ${detail}`.trim());

beforeEach(() => {
  engineLog.setState([], true);
});

it('keeps what happened, in order, with what it was about', () => {
  record({ type: 'planned', ladder: aLadder([F16_RUNG]) }, 1);
  record({ type: 'lost', epoch: 1, error: { kind: 'device-lost', detail: 'Instance dropped' } }, 2);
  expect(words()).toEqual(['planned default: small-q4f16_1', 'lost device-lost: Instance dropped']);
});

it('keeps of a download only how far it came', () => {
  for (const fraction of [0.1, 0.2, 0.3]) progress(fraction);
  record({ type: 'stop' }, 1);
  progress(0.4);
  expect(words()).toEqual(['progress download 30 %', 'stop', 'progress download 40 %']);
});

it('keeps the last 500', () => {
  for (let index = 0; index < 600; index += 1) record({ type: 'stop' }, index);
  expect(engineLog.getState()).toHaveLength(500);
  expect(engineLog.getState()[0]?.at).toBe(100);
});

it('tells where an engine lives, and why not where it should', () => {
  recordHost({ host: 'service-worker', fallback: null });
  const fallback = { wanted: 'service-worker', reason: 'no-webgpu', detail: 'None.' } as const;
  recordHost({ host: 'dedicated', fallback });
  expect(words()).toEqual([
    'host service-worker',
    'host dedicated instead of service-worker, no-webgpu: None.',
  ]);
});
