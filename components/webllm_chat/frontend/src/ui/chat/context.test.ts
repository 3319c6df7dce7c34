import { describe, expect, it } from 'vitest';
import { aMessage } from '../../test/fixtures';
import { estimateConversation, estimateTokens } from './tokens';
import { firstReadMessage } from './trimming';

describe('estimateTokens', () => {
  it.each([
    ['', 0],
    ['word', 1],
    ['The quick brown fox jumps over the lazy dog.', 11],
    ['日本語', 3],
  ])('%j', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
  });

  it('counts what a template writes around each message, and nothing for one to come', () => {
    const messages = [
      { role: 'user', content: 'word' },
      { role: 'assistant', content: '' },
    ] as const;
    expect(estimateConversation(messages)).toBe(6);
  });

  it('leaves out what a model thought', () => {
    const answer = { role: 'assistant', content: '<think>Long thoughts.</think>word' } as const;
    expect(estimateConversation([answer])).toBe(6);
  });
});

describe('firstReadMessage', () => {
  const turns = (trims: number | null) =>
    Array.from({ length: 8 }, (_, index) =>
      aMessage({
        id: `m${index}`,
        role: index % 2 === 0 ? 'user' : 'assistant',
        content: `text ${index}`,
        notes: index === 7 && trims !== null ? [{ kind: 'trimmed', turns: trims }] : [],
      }),
    );

  it('is none when the model read everything', () => {
    expect(firstReadMessage(turns(null))).toBeNull();
    expect(firstReadMessage([])).toBeNull();
  });

  it('is the question that the cut left first', () => {
    expect(firstReadMessage(turns(1))).toBe('m4');
    expect(firstReadMessage(turns(3))).toBe('m6');
  });
});
