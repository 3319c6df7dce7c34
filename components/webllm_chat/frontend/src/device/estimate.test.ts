import { describe, expect, it } from 'vitest';
import { anEntry } from '../test/fixtures';
import { estimates, type GpuSpeed, speedFrom, tokensPerSecond } from './estimate';

const SPEED: GpuSpeed = {
  bandwidth: 100e9,
  flops: { f32: 1e12, f16: 2e12 },
  kernelS: 1e-5,
  readBackS: 1e-3,
};
const GB = { value: 1e9, estimate: true };

describe('tokensPerSecond', () => {
  it('is the weights read once, and what comes around', () => {
    const entry = anEntry({ parameters: 1e9, download_bytes: GB, kernels: 'f16' });
    // 10 ms to read, 1 ms to compute, 300 starts of 10 µs, 1 ms to read back.
    expect(tokensPerSecond(entry, SPEED)).toBeCloseTo(1 / (0.01 + 0.003 + 0.001));
  });

  it('is bound by arithmetic where that takes longer', () => {
    const entry = anEntry({ parameters: 100e9, download_bytes: GB, kernels: 'f32' });
    expect(tokensPerSecond(entry, SPEED)).toBeCloseTo(1 / (0.2 + 0.004));
  });

  it('says nothing of a model whose size is not known', () => {
    expect(tokensPerSecond(anEntry({ download_bytes: null }), SPEED)).toBeNull();
    expect(tokensPerSecond(anEntry({ parameters: null }), SPEED)).toBeNull();
  });
});

describe('estimates', () => {
  const small = anEntry({ model_id: 's4', name: 'S', download_bytes: GB, vram_mb: 1000 });
  const smallFull = { ...small, model_id: 's32', download_bytes: { value: 8e9, estimate: true } };
  const large = anEntry({
    model_id: 'l4',
    name: 'L',
    download_bytes: { value: 5e9, estimate: true },
    vram_mb: 6000,
  });

  it('takes the smallest build of each model, smallest first', () => {
    const list = estimates([large, smallFull, small], SPEED, null);
    expect(list.map(({ modelId }) => modelId)).toEqual(['s4', 'l4']);
    expect(list[0]?.tokensPerS).toBeGreaterThan(list[1]?.tokensPerS ?? 0);
  });

  it('leaves out what did not fit into the memory that was found', () => {
    const list = estimates([large, small], SPEED, 2 * 2 ** 30);
    expect(list.map(({ modelId }) => modelId)).toEqual(['s4']);
  });

  it('is about the GPU only', () => {
    expect(estimates([{ ...small, backend: 'wllama' }], SPEED, null)).toEqual([]);
  });
});

describe('speedFrom', () => {
  const findings = {
    bandwidth: { result: 'pass', value: '', facts: { bytesPerS: 1 } },
    arithmetic: { result: 'pass', value: '', facts: { f32: 2, f16: null } },
    'kernel-launch': { result: 'pass', value: '', facts: { kernelS: 3, readBackS: 4 } },
  } as const;

  it('gathers what was measured', () => {
    expect(speedFrom(findings)).toEqual({
      bandwidth: 1,
      flops: { f32: 2, f16: null },
      kernelS: 3,
      readBackS: 4,
    });
  });

  it('needs all of it', () => {
    expect(speedFrom({ ...findings, bandwidth: { result: 'fail', value: '' } })).toBeNull();
    expect(speedFrom({})).toBeNull();
  });
});
