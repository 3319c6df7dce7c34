import { describe, expect, it } from 'vitest';
import { aDevice, anEntry, F16, F32, someSettings } from '../test/fixtures';
import { type FitInput, fitOf, memoryBudgetMb } from './fit';

const GIB = 2 ** 30;
const HOUR_MS = 3600 * 1000;
const BIG = anEntry({ model_id: 'big', kernels: 'f32', vram_mb: 5000, parameters: 8e9 });
const CATALOG = [F16, F32, BIG];

function input(fields: Partial<FitInput> = {}): FitInput {
  const base = { device: aDevice(), settings: someSettings(), catalog: CATALOG, history: {} };
  return { ...base, now: 0, ...fields };
}

describe('the memory budget', () => {
  it.each([
    ['half of a desktop’s memory', { device_memory_gb: 8 }, 4096],
    ['the middle where the browser does not tell', { device_memory_gb: null }, 4096],
    ['less where buffers are small', { device_memory_gb: 8, max_buffer_size: GIB }, 2048],
    ['a quarter of a phone’s memory', { mobile: true, device_memory_gb: 2 }, 512],
    ['never more than a phone’s tab survives', { mobile: true, device_memory_gb: 16 }, 1024],
  ])('is %s', (_, device, expected) => {
    expect(memoryBudgetMb(aDevice(device), CATALOG, {})).toBe(expected);
  });

  it('is at least what has loaded here before', () => {
    const history = { big: { lastLoadedAt: 1 } };
    expect(memoryBudgetMb(aDevice(), CATALOG, history)).toBe(5000);
    const failedSince = { big: { lastLoadedAt: 1, failure: { kind: 'out-of-memory', at: 2 } } };
    expect(memoryBudgetMb(aDevice(), CATALOG, failedSince)).toBe(4096);
  });
});

describe('fitOf', () => {
  it('says that a small model fits', () => {
    expect(fitOf(F16, input())).toEqual({ verdict: 'comfortable', reason: 'within-budget' });
  });

  it('leaves a large one to the visitor', () => {
    expect(fitOf(BIG, input())).toEqual({ verdict: 'possible', reason: 'above-budget' });
    const history = { big: { lastLoadedAt: 1 } };
    expect(fitOf(BIG, input({ history }))).toEqual({
      verdict: 'comfortable',
      reason: 'loaded-here',
    });
  });

  it('decides 16-bit arithmetic by the kernels, not by the list of required features', () => {
    const device = aDevice({ shader_f16: false });
    expect(F16.required_features).toEqual([]);
    expect(fitOf(F16, input({ device })).reason).toBe('needs-f16');
    expect(fitOf(F32, input({ device })).verdict).toBe('comfortable');
  });

  it('refuses what needs larger buffers than there are', () => {
    const entry = anEntry({ buffer_size_required_bytes: 2 ** 28 });
    const device = aDevice({ max_storage_buffer_binding_size: 2 ** 27 });
    expect(fitOf(entry, input({ device }))).toEqual({ verdict: 'no', reason: 'buffer-too-large' });
  });

  it.each([
    ['no GPU', { device: aDevice({ webgpu: 'no-adapter' }) }],
    ['a GPU in software', { device: aDevice({ webgpu: 'software-only' }) }],
    ['a CPU asked for', { settings: someSettings({ backend: 'cpu' }) }],
  ] as const)('says that there is no GPU with %s', (_, fields) => {
    expect(fitOf(F16, input(fields)).reason).toBe('no-gpu');
  });

  it('remembers for a day what failed here, and holds it against all that is larger', () => {
    const history = { [F32.model_id]: { failure: { kind: 'out-of-memory', at: 0 } } };
    const soon = input({ history, now: HOUR_MS });
    expect(fitOf(F32, soon).reason).toBe('failed-here');
    expect(fitOf(BIG, soon).reason).toBe('failed-here');
    expect(fitOf(F32, input({ history, now: 25 * HOUR_MS })).verdict).toBe('comfortable');
  });

  it('holds a failure that is not about size against that model alone', () => {
    const history = { [F32.model_id]: { failure: { kind: 'shader-compilation', at: 0 } } };
    expect(fitOf(F32, input({ history })).reason).toBe('failed-here');
    expect(fitOf(BIG, input({ history })).reason).toBe('above-budget');
  });

  it('keeps to the operator’s ceiling, in MB or by a model', () => {
    const inMb = input({ settings: someSettings({ ceiling: 500 }) });
    expect(fitOf(anEntry({ vram_mb: 501 }), inMb).reason).toBe('above-ceiling');
    expect(fitOf(anEntry({ vram_mb: 500 }), inMb).verdict).toBe('comfortable');
    const byModel = input({ settings: someSettings({ ceiling: F32.model_id }) });
    expect(fitOf(F32, byModel).verdict).toBe('comfortable');
    expect(fitOf(BIG, byModel).reason).toBe('above-ceiling');
  });

  it('trusts an operator’s own model without a figure', () => {
    expect(fitOf(anEntry({ vram_mb: null, custom: true }), input()).verdict).toBe('comfortable');
  });
});
