import { expect, it } from 'vitest';
import { firstWords } from './title';

it.each([
  ['Why is the sky blue?', 'Why is the sky blue?'],
  ['Why is\n  the sky blue?\n', 'Why is the sky blue?'],
  [
    'Explain how a refrigerator works to a curious person who has never opened one.',
    'Explain how a refrigerator works to a curious person who has…',
  ],
  [
    'How do I boil an egg? I have a small pot, and would like the yolk to stay soft.',
    'How do I boil an egg?',
  ],
  [
    'Hi there! Please tell me about photosynthesis in plants that live in deserts.',
    'Hi there! Please tell me about photosynthesis in plants that…',
  ],
  [
    'Version 3.11 of Python has which new features that concern error messages?',
    'Version 3.11 of Python has which new features that concern…',
  ],
  [
    'Name fruits that keep for long, e.g. apples, and how each of them is best stored.',
    'Name fruits that keep for long, e.g. apples, and how each of…',
  ],
  [
    'My bicycle squeaks loudly. I oiled the chain and it did not help, what now?',
    'My bicycle squeaks loudly.',
  ],
  ['```python\nprint(1)\n```\nWhat does this do?', 'print(1) What does this do?'],
  ['# Notes\n- eggs\n- milk', 'Notes eggs milk'],
  ['C# or #1?', 'C# or #1?'],
  ['```', '```'],
  ['天'.repeat(70), `${'天'.repeat(60)}…`],
  [`${'a'.repeat(59)}😀😀`, `${'a'.repeat(59)}…`],
])('%j is titled %j', (question, title) => {
  expect(firstWords(question)).toBe(title);
});

// Where the time grew with the square, a million of them took hours.
it.each([
  '\n',
  ' ',
  '\t',
  '`',
  '>',
  '- ',
  '#',
  '。',
  'a. ',
])('comes at once for a text that begins with a million of %j', (unit) => {
  expect(firstWords(`${unit.repeat(1_000_000)}x`).length).toBeLessThanOrEqual(61);
});
