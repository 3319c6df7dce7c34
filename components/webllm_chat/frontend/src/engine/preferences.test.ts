import { beforeEach, expect, it } from 'vitest';
import { Preferences } from './preferences';

const KEY = 'webllm-chat/preferences';

beforeEach(() => {
  localStorage.clear();
});

it('keeps what the visitor chose for the next visit, and goes back to the operator’s', () => {
  const preferences = new Preferences(localStorage);
  preferences.set({ upgrade: 'automatic', ceiling: 'a-model' });
  expect(new Preferences(localStorage).state.getState()).toEqual({
    upgrade: 'automatic',
    ceiling: 'a-model',
  });
  preferences.set({ ceiling: undefined });
  expect(new Preferences(localStorage).state.getState()).toEqual({ upgrade: 'automatic' });
});

it.each([
  'no JSON',
  'null',
  '"text"',
  '{"upgrade":"sometimes","ceiling":7}',
])('takes nothing over from %s', (text) => {
  localStorage.setItem(KEY, text);
  expect(new Preferences(localStorage).state.getState()).toEqual({});
});

it('holds for the visit where the page may not store', () => {
  const preferences = new Preferences(undefined);
  preferences.set({ upgrade: 'off' });
  expect(preferences.state.getState()).toEqual({ upgrade: 'off' });
});
