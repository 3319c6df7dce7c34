import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MachineState } from '../../../engine/machine';
import { F16_RUNG } from '../../../test/fixtures';
import { show, someServices } from '../../../test/services';
import { ChatInput } from './ChatInput';

afterEach(cleanup);

function chat(state: Partial<MachineState> = { phase: 'ready', rungs: [F16_RUNG] }) {
  const services = someServices(state);
  const ask = vi.spyOn(services.engine, 'ask').mockImplementation(() => {});
  show(<ChatInput />, services);
  const composer = screen.getByTestId<HTMLTextAreaElement>('composer');
  const type = (value: string) => fireEvent.change(composer, { target: { value } });
  const sent = () =>
    services.conversation.state
      .getState()
      .messages.filter(({ role }) => role === 'user')
      .map(({ content }) => content);
  return { ...services, ask, composer, type, sent };
}

describe('ChatInput', () => {
  it('sends with Enter, and is empty for the next question', () => {
    const { composer, type, sent, ask } = chat();
    type('Why?');
    // False: the key's own effect, a new line, does not happen.
    expect(fireEvent.keyDown(composer, { key: 'Enter' })).toBe(false);
    expect(sent()).toEqual(['Why?']);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(composer.value).toBe('');
  });

  it('leaves Shift+Enter to the text', () => {
    const { composer, type, sent } = chat();
    type('one line');
    expect(fireEvent.keyDown(composer, { key: 'Enter', shiftKey: true })).toBe(true);
    expect(sent()).toEqual([]);
    expect(composer.value).toBe('one line');
  });

  it('leaves Enter to an input method that composes', () => {
    const { composer, type, sent } = chat();
    type('にほ');
    expect(fireEvent.keyDown(composer, { key: 'Enter', isComposing: true })).toBe(true);
    expect(sent()).toEqual([]);
    expect(composer.value).toBe('にほ');
  });

  it('sends with the button', () => {
    const { type, sent } = chat();
    type('Why?');
    fireEvent.click(screen.getByTestId('send'));
    expect(sent()).toEqual(['Why?']);
  });

  it.each(['', '  \n '])('sends nothing for %j', (text) => {
    const { composer, type, sent } = chat();
    type(text);
    fireEvent.keyDown(composer, { key: 'Enter' });
    expect(sent()).toEqual([]);
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(true);
  });

  it.each([
    'starting',
    'probing',
    'downloading',
    'loading',
    'recovering',
    'failed',
  ] as const)('is open for typing when the engine is %s', (phase) => {
    const { composer, type } = chat({ phase });
    expect(composer.disabled || composer.readOnly).toBe(false);
    type('a thought');
    expect(composer.value).toBe('a thought');
  });

  it('offers to stop while an answer is on its way, and keeps the next question', () => {
    const { engine, composer, type, sent } = chat({
      phase: 'generating',
      rungs: [F16_RUNG],
      turn: { id: 'q', trimmed: 0 },
    });
    const stop = vi.spyOn(engine, 'stop').mockImplementation(() => {});
    type('next');
    fireEvent.keyDown(composer, { key: 'Enter' });
    expect(sent()).toEqual([]);
    expect(composer.value).toBe('next');
    expect(screen.queryByTestId('send')).toBeNull();
    fireEvent.click(screen.getByTestId('stop'));
    expect(stop).toHaveBeenCalledTimes(1);
  });
});
