import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aDevice, EMBEDDED, F16, F32, someSettings } from '../test/fixtures';
import type { ModelLibrary } from './library/library';
import { type EngineConfig, Planner } from './planner';
import { Preferences } from './preferences';
import { Visits } from './visits';

const OTHER = { ...F32, model_id: 'other-q4f32_1', name: 'Other', vram_mb: 900 };
const CONFIG: EngineConfig = {
  settings: someSettings(),
  catalog: [F16, F32, OTHER],
  embedded: EMBEDDED,
  appAddress: 'https://app.example/',
};

const fetched = vi.fn(async (_: string) => new Response());
let cached: string[];
let preferences: Preferences;
let planner: Planner;

beforeEach(() => {
  localStorage.clear();
  fetched.mockClear();
  vi.stubGlobal('fetch', fetched);
  cached = [];
  const library = { refresh: async () => {}, cachedModels: () => cached };
  preferences = new Preferences(localStorage);
  planner = new Planner(
    library as unknown as ModelLibrary,
    new Visits(localStorage, undefined),
    preferences,
  );
  planner.configure(CONFIG);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const plan = (device = aDevice()) => planner.plan(Promise.resolve(device));
const startOf = ({ rungs, start }: Awaited<ReturnType<typeof plan>>) => rungs[start]?.modelId;

describe('a plan', () => {
  it('starts with the operator’s model where the hub has it', async () => {
    expect(startOf(await plan())).toBe(F16.model_id);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('asks the hub nothing for a model that is here', async () => {
    cached = [F16.model_id];
    expect(startOf(await plan())).toBe(F16.model_id);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('stands on what the app brings along where the hub does not answer', async () => {
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    const ladder = await plan();
    expect(startOf(ladder)).toBe(EMBEDDED.model_id);
    expect(ladder.choice).toBe('hub-unreachable');
  });

  it('asks nobody where there is no GPU', async () => {
    expect((await plan(aDevice({ webgpu: 'missing' }))).choice).toBe('no-gpu');
    expect(fetched).not.toHaveBeenCalled();
  });

  it('takes the visitor’s own choices before the operator’s', async () => {
    preferences.set({ default_model: OTHER.model_id, upgrade: 'off' });
    const ladder = await plan();
    expect(startOf(ladder)).toBe(OTHER.model_id);
    expect(ladder.upgrade).toBe('off');
  });
});

describe('a rung that is asked for', () => {
  it('has the operator’s context window, unless another is asked for', () => {
    planner.configure({ ...CONFIG, settings: someSettings({ context_window: 1024 }) });
    expect(planner.rung(OTHER.model_id)?.contextWindow).toBe(1024);
    expect(planner.rung(OTHER.model_id, 2048)?.contextWindow).toBe(2048);
  });

  it('runs on the CPU for the model that the app brings along', () => {
    expect(planner.rung(EMBEDDED.model_id)?.backend).toBe('wllama');
  });

  it('is none for a model that is not on offer', () => {
    expect(planner.rung('nonesuch')).toBeUndefined();
    expect(planner.fitOf('nonesuch', aDevice())).toBeNull();
  });
});

it('knows of no memory where no GPU can be used', () => {
  expect(planner.memoryBudgetMb(aDevice())).toBeGreaterThan(0);
  expect(planner.memoryBudgetMb(aDevice({ webgpu: 'missing' }))).toBeNull();
});
