import { describe, expect, it } from 'vitest';
import { splitReasoning } from './reasoning';

describe('splitReasoning', () => {
  it.each([
    ['Just an answer.', null, false, 'Just an answer.'],
    ['<think>\nHm.\n</think>\n\nYes.', 'Hm.', false, 'Yes.'],
    ['<think>Still at', 'Still at', true, ''],
    [
      'Thoughts whose opening the template wrote.</think>Yes.',
      'Thoughts whose opening the template wrote.',
      false,
      'Yes.',
    ],
    ['<think>\n\n</think>\n\nYes.', null, false, 'Yes.'],
    ['Write `<think>` first.', null, false, 'Write `<think>` first.'],
    ['```html\n</think>\n```', null, false, '```html\n</think>\n```'],
    ['', null, false, ''],
    ['<think>', '', true, ''],
    ['Once <think>\nHow on?\n</think>\n\nupon a time.', 'How on?', false, 'Once upon a time.'],
    ['<think>A</think>Once\n<think>\nB</think>upon.', 'A\n\nB', false, 'Once\nupon.'],
    ['<think>A</think>Once <think>\nStill at', 'A\n\nStill at', true, 'Once '],
    ['```\n<think>\nA</think>\n```', null, false, '```\n<think>\nA</think>\n```'],
  ])('%j', (content, reasoning, open, answer) => {
    expect(splitReasoning(content)).toEqual({ reasoning, open, answer });
  });

  it.each([
    ['fenced', '```\n<think>\n'],
    ['thoughts', 'a<think>\nb</think>'],
    ['closing', '</think>'],
  ])('takes a moment only for a million characters of %s marks', (_, unit) => {
    const few = splitReasoning(unit.repeat(5));
    const many = splitReasoning(unit.repeat(2 * Math.floor(5e5 / unit.length) + 1));
    expect(many.open).toBe(few.open);
    expect(many.reasoning?.slice(0, 5)).toBe(few.reasoning?.slice(0, 5));
    expect(many.answer.slice(0, 5)).toBe(few.answer.slice(0, 5));
  });
});
