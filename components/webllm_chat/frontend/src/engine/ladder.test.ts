import { describe, expect, it } from 'vitest';
import type { Choice, DeviceReport, EngineSettings } from '../bridge/protocol';
import {
  aDevice,
  anEntry,
  CPU_RUNG,
  EMBEDDED,
  F16,
  F16_RUNG,
  F32,
  F32_RUNG,
  someSettings,
} from '../test/fixtures';
import { buildLadder, gpuRung, type LadderInput, pickGpuModel } from './ladder';

function anInput(
  device: Partial<DeviceReport> = {},
  settings: Partial<EngineSettings> = {},
  fields: Partial<LadderInput> = {},
): LadderInput {
  return {
    device: aDevice(device),
    settings: someSettings(settings),
    catalog: [F16, F32],
    embedded: EMBEDDED,
    ...fields,
  };
}

describe('pickGpuModel', () => {
  it('takes the default model where the GPU can run it', () => {
    expect(pickGpuModel(anInput())).toEqual({ entry: F16, choice: 'default' });
  });

  it('leaves the GPU alone when the settings say CPU', () => {
    expect(pickGpuModel(anInput({}, { backend: 'cpu' }))).toBe('cpu-forced');
  });

  it.each([
    'no-adapter',
    'missing',
    'insecure-context',
  ] as const)('finds no GPU where WebGPU is %s', (webgpu) => {
    expect(pickGpuModel(anInput({ webgpu }))).toBe('no-gpu');
    expect(pickGpuModel(anInput({ webgpu }, { allow_software_gpu: true }))).toBe('no-gpu');
    expect(pickGpuModel(anInput({ webgpu }, { backend: 'webgpu' }))).toBe('no-gpu');
  });

  it('counts a software adapter as no GPU unless the settings allow it', () => {
    const device = { webgpu: 'software-only', fallback_adapter: true } as const;
    expect(pickGpuModel(anInput(device))).toBe('no-gpu');
    expect(pickGpuModel(anInput(device, { allow_software_gpu: true }))).toEqual({
      entry: F16,
      choice: 'default',
    });
  });

  it('says so when the catalog has no such model', () => {
    expect(pickGpuModel(anInput({}, { default_model: 'nobody' }))).toBe('unknown-model');
  });

  it('knows no GPU model of another backend', () => {
    const catalog = [anEntry({ backend: 'wllama', kernels: null })];
    expect(pickGpuModel(anInput({}, {}, { catalog }))).toBe('unknown-model');
  });

  it('takes the f32 sibling where the GPU has no shader-f16', () => {
    expect(pickGpuModel(anInput({ shader_f16: false }))).toEqual({
      entry: F32,
      choice: 'f32-sibling',
    });
  });

  it('decides f16 by the kernels, not by the required features', () => {
    const unlisted = anEntry({ required_features: [] });
    const listed = anEntry({ required_features: ['shader-f16'] });
    for (const entry of [unlisted, listed]) {
      const input = anInput({ shader_f16: false }, {}, { catalog: [entry, F32] });
      expect(pickGpuModel(input)).toEqual({ entry: F32, choice: 'f32-sibling' });
    }
    const odd = anEntry({ ...F32, required_features: ['shader-f16'] });
    const input = anInput(
      { shader_f16: false },
      { default_model: odd.model_id },
      { catalog: [odd] },
    );
    expect(pickGpuModel(input)).toEqual({ entry: odd, choice: 'default' });
  });

  it.each([
    ['has none', anEntry({ f32_sibling: null })],
    ['is not in the catalog', anEntry({ f32_sibling: 'gone' })],
  ])('finds no GPU model without f16 where the sibling %s', (_, entry) => {
    expect(pickGpuModel(anInput({ shader_f16: false }, {}, { catalog: [entry] }))).toBe('no-gpu');
  });
});

describe('buildLadder', () => {
  const pick = { entry: F16, choice: 'default' } as const;

  it('puts the f32 sibling below an f16 model and the embedded model at the bottom', () => {
    expect(buildLadder(anInput(), pick, true)).toEqual({
      rungs: [F16_RUNG, F32_RUNG, CPU_RUNG],
      choice: 'default',
    });
  });

  it('stands on the sibling once where the sibling was picked', () => {
    const sibling = { entry: F32, choice: 'f32-sibling' } as const;
    expect(buildLadder(anInput(), sibling, true)).toEqual({
      rungs: [F32_RUNG, CPU_RUNG],
      choice: 'f32-sibling',
    });
  });

  it.each<Choice>([
    'cpu-forced',
    'no-gpu',
    'unknown-model',
  ])('stands on the embedded model alone for %s', (choice) => {
    expect(buildLadder(anInput(), choice, false)).toEqual({ rungs: [CPU_RUNG], choice });
  });

  it('stands on the embedded model alone when the hub is out of reach', () => {
    expect(buildLadder(anInput(), pick, false)).toEqual({
      rungs: [CPU_RUNG],
      choice: 'hub-unreachable',
    });
  });

  it('tries a forced GPU even when the hub is out of reach', () => {
    const { rungs, choice } = buildLadder(anInput({}, { backend: 'webgpu' }), pick, false);
    expect(rungs).toEqual([F16_RUNG, F32_RUNG, CPU_RUNG]);
    expect(choice).toBe('default');
  });

  it('has no ground without an embedded model', () => {
    const input = anInput({}, {}, { embedded: null });
    expect(buildLadder(input, 'no-gpu', false).rungs).toEqual([]);
    expect(buildLadder(input, pick, true).rungs).toEqual([F16_RUNG, F32_RUNG]);
  });
});

describe('the context window', () => {
  it('is the model’s own where the settings name none', () => {
    expect(gpuRung(F16, someSettings()).contextWindow).toBe(4096);
  });

  it('is what the settings say, but never more than the model reads', () => {
    expect(gpuRung(F16, someSettings({ context_window: 1024 })).contextWindow).toBe(1024);
    expect(gpuRung(F16, someSettings({ context_window: 9999 })).contextWindow).toBe(4096);
  });

  it('holds for the embedded model too', () => {
    const windowOf = (context_window: number) =>
      buildLadder(anInput({}, { context_window }), 'no-gpu', false).rungs[0]?.contextWindow;
    expect(windowOf(1024)).toBe(1024);
    expect(windowOf(100_000)).toBe(4096);
  });
});
