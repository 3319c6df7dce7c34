import { describe, expect, it } from 'vitest';
import { aMessage } from '../../../test/fixtures';
import { firstReadMessage } from './trimming';

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
