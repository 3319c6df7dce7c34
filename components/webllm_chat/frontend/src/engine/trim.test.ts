import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatTurnMessage } from './backend';
import { keepRecentTurns } from './trim';

const SYSTEM: ChatTurnMessage = { role: 'system', content: 'Be kind.' };

/** A conversation of so many answered questions, and one more question. */
function conversation(answered: number): ChatTurnMessage[] {
  const turns = Array.from({ length: answered }, (_, n): ChatTurnMessage[] => [
    { role: 'user', content: `question ${n}` },
    { role: 'assistant', content: `answer ${n}` },
  ]);
  return [SYSTEM, ...turns.flat(), { role: 'user', content: 'last question' }];
}

function contents(messages: ChatTurnMessage[]): string[] {
  return messages.map(({ content }) => content);
}

describe('keepRecentTurns', () => {
  it('leaves everything in place without a trim', () => {
    const messages = conversation(3);
    expect(keepRecentTurns(messages, 0)).toEqual(messages);
  });

  it('leaves out the older half, then half of what is left', () => {
    expect(contents(keepRecentTurns(conversation(4), 1))).toEqual([
      'Be kind.',
      'question 3',
      'answer 3',
      'last question',
    ]);
    expect(contents(keepRecentTurns(conversation(4), 2))).toEqual(['Be kind.', 'last question']);
  });

  it('keeps a single question', () => {
    expect(contents(keepRecentTurns(conversation(0), 1))).toEqual(['Be kind.', 'last question']);
  });

  it('always keeps the system message and the last question, begins with a question, and only shortens', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(8), (answered, trims) => {
        const messages = conversation(answered);
        const kept = keepRecentTurns(messages, trims);
        expect(kept[0]).toBe(messages[0]);
        expect(kept.at(-1)).toBe(messages.at(-1));
        expect(kept[1]?.role).toBe('user');
        expect(messages.slice(messages.length - kept.length + 1)).toEqual(kept.slice(1));
        expect(kept.length).toBeLessThanOrEqual(keepRecentTurns(messages, trims - 1 || 0).length);
      }),
    );
  });

  it('comes down to the last question within eight trims of a long conversation', () => {
    expect(contents(keepRecentTurns(conversation(120), 8))).toEqual(['Be kind.', 'last question']);
  });
});
