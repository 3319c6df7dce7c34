import { describe, expect, it } from 'vitest';
import { aMessage } from '../test/fixtures';
import { sharedMessages } from './sharing';

describe('sharedMessages', () => {
  it('are the finished ones, oldest first', () => {
    const messages = [
      aMessage({ role: 'user', content: 'Why?', modelId: null }),
      aMessage({ content: 'Because.', modelId: 'small' }),
      aMessage({ role: 'user', content: 'Really?', modelId: null }),
      aMessage({ content: 'Y', status: 'streaming' }),
      aMessage({ content: '', status: 'failed' }),
    ];
    expect(sharedMessages(messages)).toEqual([
      { role: 'user', text: 'Why?', model_id: null },
      { role: 'assistant', text: 'Because.', model_id: 'small' },
      { role: 'user', text: 'Really?', model_id: null },
    ]);
  });

  it('are the latest of very many, and fit what Python takes', () => {
    const many = Array.from({ length: 500 }, (_, index) => aMessage({ content: `text ${index}` }));
    const shared = sharedMessages(many);
    expect(shared).toHaveLength(200);
    expect(shared.at(-1)?.text).toBe('text 499');
    const long = sharedMessages([aMessage({ content: 'x'.repeat(1e6) })]);
    expect(long[0]?.text).toHaveLength(100_000);
    const heavy = Array.from({ length: 20 }, () => aMessage({ content: 'ß'.repeat(100_000) }));
    const bytes = new TextEncoder().encode(JSON.stringify(sharedMessages(heavy))).length;
    expect(bytes).toBeLessThan(2 * 1024 * 1024);
  });
});
