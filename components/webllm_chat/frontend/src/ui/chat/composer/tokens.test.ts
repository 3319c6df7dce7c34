import { describe, expect, it } from 'vitest';
import { estimateConversation, estimateTokens } from './tokens';

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
