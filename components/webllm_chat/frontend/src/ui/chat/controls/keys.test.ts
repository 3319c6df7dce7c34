import type { KeyboardEvent } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isSend } from './keys';

const press = (init: KeyboardEventInit) =>
  ({ ...init, nativeEvent: new window.KeyboardEvent('keydown', init) }) as unknown as KeyboardEvent;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('Enter', () => {
  it.each([
    ['sends', { key: 'Enter' }, true],
    ['breaks the line with Shift', { key: 'Enter', shiftKey: true }, false],
    ['is the input method’s while it composes', { key: 'Enter', isComposing: true }, false],
    ['is the input method’s as Safari has it', { key: 'Enter', keyCode: 229 }, false],
    ['is not any other key', { key: 'a' }, false],
  ])('%s', (_, init, sends) => {
    expect(isSend(press(init))).toBe(sends);
  });

  it('breaks the line on a keyboard on the screen', () => {
    vi.stubGlobal('matchMedia', (query: string) => ({ matches: query.includes('coarse') }));
    expect(isSend(press({ key: 'Enter' }))).toBe(false);
  });
});
