import { describe, expect, it } from 'vitest';
import catalogFile from '../../../catalog.json';
import type { Choice, DeviceReport, EngineSettings, ModelEntry } from '../bridge/protocol';
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
import {
  buildLadder,
  gpuRung,
  type Ladder,
  type LadderInput,
  pickGpuModel,
  startWhereLoaded,
} from './ladder';

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
    history: {},
    cached: new Set(),
    crashed: [],
    metered: false,
    now: 0,
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

/** The real catalog, as Python hands it over. */
const CATALOG = catalogFile.models as unknown as ModelEntry[];
const DEFAULT = 'SmolLM2-360M-Instruct-q4f16_1-MLC';

const idsOf = (ladder: Ladder) => ladder.rungs.map(({ modelId }) => modelId);

/** The ladder of a visit with the real catalog. */
function visit(
  device: Partial<DeviceReport> = {},
  settings: Partial<EngineSettings> = {},
  fields: Partial<LadderInput> = {},
  hubReachable = true,
): Ladder {
  const embedded = { ...EMBEDDED, model_id: 'SmolLM2-135M-Instruct-Q4_1-GGUF' };
  const input = anInput(
    device,
    { default_model: DEFAULT, ...settings },
    { catalog: CATALOG, embedded, ...fields },
  );
  return buildLadder(input, pickGpuModel(input), hubReachable);
}

describe('the ladder of the real catalog', () => {
  const startOf = (ladder: Ladder) => ladder.rungs[ladder.start]?.modelId;

  it('climbs through the named models, and starts at the operator’s', () => {
    const ladder = visit();
    expect(idsOf(ladder)).toEqual([
      'Phi-3-mini-4k-instruct-q4f16_1-MLC',
      'TinyLlama-1.1B-Chat-v1.0-q4f16_1-MLC',
      'Qwen2.5-0.5B-Instruct-q4f16_1-MLC',
      DEFAULT,
      'SmolLM2-135M-Instruct-Q4_1-GGUF',
    ]);
    expect(startOf(ladder)).toBe(DEFAULT);
    expect(ladder.choice).toBe('default');
  });

  it('takes the 32-bit builds without shader-f16, and a shorter context where that fits', () => {
    const ladder = visit({ shader_f16: false });
    expect(idsOf(ladder)).toEqual([
      'Phi-3-mini-4k-instruct-q4f32_1-MLC-1k',
      'TinyLlama-1.1B-Chat-v1.0-q4f32_1-MLC',
      'Qwen2.5-0.5B-Instruct-q4f32_1-MLC',
      'SmolLM2-360M-Instruct-q4f32_1-MLC',
      'SmolLM2-135M-Instruct-Q4_1-GGUF',
    ]);
    expect(ladder.choice).toBe('f32-sibling');
  });

  it('says of every named model whether it fits, and why', () => {
    const { considered } = visit();
    expect(considered.map(({ name, fit }) => [name, fit.verdict])).toEqual([
      ['Llama 3.1 8B', 'possible'],
      ['Phi-3 mini', 'comfortable'],
      ['TinyLlama 1.1B', 'comfortable'],
      ['Qwen2.5 0.5B', 'comfortable'],
      ['SmolLM2 360M', 'comfortable'],
      ['SmolLM2 135M', 'comfortable'],
    ]);
    expect(considered[0]?.fit.reason).toBe('above-budget');
  });

  it('climbs no higher than a phone bears', () => {
    const ladder = visit({ mobile: true, device_memory_gb: 4 });
    expect(idsOf(ladder)[0]).toBe('TinyLlama-1.1B-Chat-v1.0-q4f16_1-MLC');
  });

  it('keeps to a ceiling', () => {
    const ladder = visit({}, { ceiling: 'Qwen2.5-0.5B-Instruct-q4f16_1-MLC' });
    expect(idsOf(ladder)[0]).toBe('Qwen2.5-0.5B-Instruct-q4f16_1-MLC');
  });

  it('starts at the smallest better model that is in the browser', () => {
    const cached = new Set([
      DEFAULT,
      'TinyLlama-1.1B-Chat-v1.0-q4f16_1-MLC',
      'Qwen2.5-0.5B-Instruct-q4f16_1-MLC',
    ]);
    const ladder = visit({}, {}, { cached });
    expect(startOf(ladder)).toBe('Qwen2.5-0.5B-Instruct-q4f16_1-MLC');
    expect(ladder.choice).toBe('cached');
  });

  it('stands on what is in the browser when the hub is out of reach', () => {
    const cached = new Set(['Qwen2.5-0.5B-Instruct-q4f16_1-MLC']);
    const ladder = visit({}, {}, { cached }, false);
    expect(idsOf(ladder)).toEqual([...cached, 'SmolLM2-135M-Instruct-Q4_1-GGUF']);
    expect(ladder).toMatchObject({ start: 0, choice: 'cached' });
  });

  it('starts one step lower after a tab that died while loading', () => {
    const crashed = ['Qwen2.5-0.5B-Instruct-q4f16_1-MLC'];
    const history = {
      [crashed[0] as string]: { failure: { kind: 'crashed-while-loading', at: 0 } },
    };
    const cached = new Set([DEFAULT, ...crashed]);
    const ladder = visit({}, {}, { crashed, history, cached });
    expect(startOf(ladder)).toBe(DEFAULT);
    expect(ladder.choice).toBe('after-crash');
    // A smaller figure of memory is no larger model: only what takes more than the one that failed.
    expect(idsOf(ladder)).not.toContain('Phi-3-mini-4k-instruct-q4f16_1-MLC');
    const first = [DEFAULT];
    const failed = { [DEFAULT]: { failure: { kind: 'crashed-while-loading', at: 0 } } };
    const lower = visit({}, {}, { crashed: first, history: failed });
    expect(idsOf(lower)).toEqual(['SmolLM2-135M-Instruct-Q4_1-GGUF']);
    expect(lower.choice).toBe('after-crash');
  });

  it('holds a failure of an earlier visit against the model, and says so', () => {
    const history = { [DEFAULT]: { failure: { kind: 'device-lost', at: 0 } } };
    expect(visit({}, {}, { history })).toMatchObject({ choice: 'failed-here', start: 0 });
  });
});

describe('buildLadder', () => {
  const pick = { entry: F16, choice: 'default' } as const;

  it('puts the embedded model at the bottom, and the f32 sibling with its f16 model', () => {
    expect(buildLadder(anInput(), pick, true)).toMatchObject({
      rungs: [F16_RUNG, CPU_RUNG],
      start: 0,
      choice: 'default',
      budgetMb: 4096,
      upgrade: 'offered',
    });
  });

  it('stands on the sibling where the sibling was picked', () => {
    const sibling = { entry: F32, choice: 'f32-sibling' } as const;
    expect(buildLadder(anInput({ shader_f16: false }), sibling, true)).toMatchObject({
      rungs: [F32_RUNG, CPU_RUNG],
      choice: 'f32-sibling',
    });
  });

  it.each<Choice>([
    'cpu-forced',
    'no-gpu',
    'unknown-model',
  ])('stands on the embedded model alone for %s', (choice) => {
    expect(buildLadder(anInput(), choice, false)).toMatchObject({ rungs: [CPU_RUNG], choice });
  });

  it('stands on the embedded model alone when the hub is out of reach', () => {
    expect(buildLadder(anInput(), pick, false)).toMatchObject({
      rungs: [CPU_RUNG],
      choice: 'hub-unreachable',
    });
  });

  it('tries a forced GPU even when the hub is out of reach', () => {
    const { rungs, choice } = buildLadder(anInput({}, { backend: 'webgpu' }), pick, false);
    expect(rungs).toEqual([F16_RUNG, CPU_RUNG]);
    expect(choice).toBe('default');
  });

  it('has no ground without an embedded model', () => {
    const input = anInput({}, {}, { embedded: null });
    expect(buildLadder(input, 'no-gpu', false).rungs).toEqual([]);
    expect(buildLadder(input, pick, true).rungs).toEqual([F16_RUNG]);
  });
});

describe('the context window', () => {
  const windowOf = (wanted: number | null) => gpuRung(F16, anInput(), wanted).contextWindow;

  it('is the model’s own where the settings name none', () => {
    expect(windowOf(null)).toBe(4096);
  });

  it('is what the settings say, but never more than the model was made for', () => {
    expect(windowOf(1024)).toBe(1024);
    expect(windowOf(6000)).toBe(6000);
    expect(windowOf(9999)).toBe(8192);
  });

  it('holds for the embedded model too', () => {
    const windowOf = (context_window: number) =>
      buildLadder(anInput({}, { context_window }), 'no-gpu', false).rungs[0]?.contextWindow;
    expect(windowOf(1024)).toBe(1024);
    expect(windowOf(100_000)).toBe(4096);
  });
});

describe('what an earlier visit left loaded', () => {
  const ladder = (): Ladder => ({
    ...buildLadder(anInput(), { entry: F16, choice: 'default' }, true),
    rungs: [{ ...F16_RUNG, modelId: 'large' }, F16_RUNG, CPU_RUNG],
    start: 1,
  });
  const { contextWindow } = F16_RUNG;

  it('is where the visit starts, the best of it first', () => {
    const loaded = [F16_RUNG.modelId, 'large'].map((modelId) => ({ modelId, contextWindow }));
    expect(startWhereLoaded(ladder(), loaded).start).toBe(0);
    expect(startWhereLoaded({ ...ladder(), start: 2 }, loaded.slice(0, 1)).start).toBe(1);
  });

  it('counts only with the same context window, and on the ladder', () => {
    const loaded = [
      { modelId: 'large', contextWindow: contextWindow / 2 },
      { modelId: 'unknown', contextWindow },
    ];
    expect(startWhereLoaded(ladder(), loaded).start).toBe(1);
  });
});
