import { describe, expect, it } from 'vitest';
import { aPlatform } from '../test/checks';
import { failed, machineOf, verdict } from './findings';

const pass = { result: 'pass', value: '' } as const;
const fail = { result: 'fail', value: '' } as const;
const unknown = { result: 'unknown', value: '' } as const;

describe('verdict', () => {
  it('waits for the results', () => {
    expect(verdict({ adapter: pass })).toBeNull();
  });

  it.each([
    [{ adapter: pass, 'compute-f32': pass }, 'good'],
    [{ adapter: pass, 'compute-f32': pass, 'cache-api': fail }, 'fair'],
    [{ adapter: { ...pass, reason: 'software' }, 'compute-f32': pass }, 'fair'],
    [{ adapter: pass, 'compute-f32': fail }, 'bad'],
    [{ webgpu: fail, adapter: unknown, 'compute-f32': unknown }, 'bad'],
  ])('%j is %s', (findings, tone) => {
    expect(verdict(findings)?.tone).toBe(tone);
  });
});

it('lists causes before their consequences', () => {
  const list = failed({ 'compute-f32': fail, 'secure-context': fail, adapter: pass });
  expect(list.map(({ id }) => id)).toEqual(['secure-context', 'compute-f32']);
});

describe('machineOf', () => {
  const platform = aPlatform({ gpu: 'intel' });

  it('prefers the GPU that WebGPU names', () => {
    const adapter = { ...pass, facts: { vendor: 'nvidia', architecture: 'ada', fallback: false } };
    expect(machineOf(platform, { adapter }).gpu).toBe('nvidia');
  });

  it('keeps WebGL’s where WebGPU names none', () => {
    expect(machineOf(platform, { adapter: fail }).gpu).toBe('intel');
  });

  it('knows software', () => {
    const adapter = { ...pass, facts: { vendor: 'google', fallback: true } };
    expect(machineOf(platform, { adapter }).gpu).toBe('software');
  });
});
