import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { eachWithItsOwnStorage, openTab } from '../test/browser-storage';
import { BUILT_IN_PRESETS, SETTING_BOUNDS, wrongSettings } from './settings';
import { effectiveSettings } from './state';
import type { ConversationStore } from './store';

eachWithItsOwnStorage();

let store: ConversationStore<string>;
const state = () => store.state.getState();

beforeEach(async () => {
  store = await openTab();
});

describe('settings', () => {
  it('of a conversation go before the defaults, and back to them', () => {
    store.preferences.setDefaults({ temperature: 0.2, topP: 0.9 });
    store.setSettings({ temperature: 1 });
    expect(effectiveSettings(state())).toEqual({ temperature: 1, topP: 0.9 });
    store.setSettings({ temperature: undefined });
    expect(effectiveSettings(state())).toEqual({ temperature: 0.2, topP: 0.9 });
  });

  it('belong to one conversation, and come back with it', async () => {
    store.addTurn('one');
    store.setSettings({ seed: 7 });
    const { openId } = state();
    store.openNew();
    expect(state().settings).toEqual({});
    store.setSettings({ seed: 8 });
    await store.open(openId as string);
    expect(state().settings).toEqual({ seed: 7 });
    await store.flush();
    store = await openTab();
    expect(state().settings).toEqual({ seed: 7 });
    store.openNew();
    expect(state().settings).toEqual({ seed: 8 });
    store.addTurn('two');
    expect(state().conversations[0]?.settings).toEqual({ seed: 8 });
    store.openNew();
    expect(state().settings).toEqual({});
  });

  it.each([
    [{ temperature: 2.1 }, 'temperature'],
    [{ topP: 0 }, 'topP'],
    [{ maxTokens: 1.5 }, 'maxTokens'],
    [{ seed: Number.NaN }, 'seed'],
    [{ contextWindow: 10 }, 'contextWindow'],
    [{ systemPrompt: 'x'.repeat(40_000) }, 'systemPrompt'],
    [{ presencePenalty: '1' as never }, 'presencePenalty'],
  ])('out of bounds are named and change nothing: %o', (change, field) => {
    store.setSettings({ seed: 1 });
    for (const set of [
      store.setSettings.bind(store),
      store.preferences.setDefaults.bind(store.preferences),
    ]) {
      expect(set(change)).toEqual([field]);
    }
    expect(state()).toMatchObject({ settings: { seed: 1 }, defaults: {} });
  });

  it('within their bounds are taken', () => {
    const within = fc.record(
      Object.fromEntries(
        Object.entries(SETTING_BOUNDS).map(([field, { min, max, step }]) => [
          field,
          Number.isInteger(step) ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }),
        ]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(within, (settings) => {
        expect(wrongSettings(settings)).toEqual([]);
      }),
    );
  });
});

describe('presets', () => {
  it('that come with the application are valid', () => {
    expect(BUILT_IN_PRESETS.length).toBeGreaterThan(1);
    for (const { settings } of BUILT_IN_PRESETS) expect(wrongSettings(settings)).toEqual([]);
    expect(new Set(BUILT_IN_PRESETS.map(({ id }) => id)).size).toBe(BUILT_IN_PRESETS.length);
  });

  it('give their settings to a conversation, which then keeps its own', () => {
    const preset = store.preferences.savePreset('Mine', { seed: 1, temperature: 0 });
    store.setSettings({ topP: 0.5 });
    store.usePreset(preset?.id as string);
    expect(state()).toMatchObject({ settings: { seed: 1, temperature: 0 }, presetId: preset?.id });
    store.preferences.savePreset('Mine', { seed: 2 });
    expect(state().settings).toEqual({ seed: 1, temperature: 0 });
  });

  it('of one’s own are saved, changed, deleted, and there after a reload', async () => {
    const saved = store.preferences.savePreset(' Mine ', { seed: 1 });
    const other = store.preferences.savePreset('Another', {});
    expect(store.preferences.savePreset('Mine', { seed: 2 })?.id).toBe(saved?.id);
    await store.flush();
    await store.preferences.deletePreset(other?.id as string);
    store = await openTab();
    const own = state().presets.filter(({ builtIn }) => !builtIn);
    expect(own).toMatchObject([{ name: 'Mine', settings: { seed: 2 } }]);
  });

  it('need a name and settings within bounds, and built-in ones stay as they are', async () => {
    expect(store.preferences.savePreset('  ', {})).toBeNull();
    expect(store.preferences.savePreset('Mine', { temperature: 9 })).toBeNull();
    await store.preferences.deletePreset('precise');
    expect(state().presets).toEqual(BUILT_IN_PRESETS);
    const mine = store.preferences.savePreset('Precise', { seed: 1 });
    expect(state().presets).toEqual([...BUILT_IN_PRESETS, mine]);
  });
});
