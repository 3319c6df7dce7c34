import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionsIn, isTooMuch, splitBlocks } from './blocks';
import { costOfBlock, MESSAGE_BUDGET, withinBudget } from './budget';

/** What of a message is formatted, as the page decides it. */
function formatted(text: string) {
  const blocks = splitBlocks(text).slice(0, 150);
  const definitions = definitionsIn(blocks);
  const affordable = withinBudget(blocks, definitions);
  const chosen = blocks.filter((block, at) => affordable[at] && !isTooMuch(block.text, false));
  const cost = chosen.reduce((sum, block) => sum + costOfBlock(block, definitions), 0);
  return { blocks: blocks.length, chosen: chosen.length, cost };
}

const ROOTS = `$$${'\\sqrt{'.repeat(60)}x${'}'.repeat(60)}$$\n\n`;
const TABLE = `|${'a|'.repeat(50)}\n|${'-|'.repeat(50)}\n${`|${'1|'.repeat(50)}\n`.repeat(80)}\n`;

describe('the budget of one message', () => {
  it.each<[string, string]>([
    ['roots in each other', ROOTS.repeat(300)],
    ['tables', TABLE.repeat(20)],
    ['definitions', '[a]: <>\n\n'.repeat(2500)],
    ['references', '[a][b]\n\n'.repeat(2500) + '[b]: <>\n\n'.repeat(400)],
    ['small formulas', '$x^2+y^2=z$ and '.repeat(10_000)],
    ['a matrix', `$$\\begin{matrix}${'a&b&c\\\\'.repeat(900)}\\end{matrix}$$\n\n`.repeat(20)],
    ['list items', `${'- x\n'.repeat(2000)}\n# h\n\n`.repeat(20)],
    ['headings', '# h\n'.repeat(50_000)],
    ['quotes that go on without their mark', '> a\nb\n'.repeat(50_000)],
  ])('bounds %s, however many there are', (_, text) => {
    const few = formatted(text.slice(0, text.length / 4));
    const many = formatted(text);
    expect(many.cost).toBeLessThanOrEqual(MESSAGE_BUDGET);
    expect(few.cost).toBeLessThanOrEqual(MESSAGE_BUDGET);
  });

  it('bounds whatever grows', () => {
    const piece = fc.constantFrom(
      ...['word ', '\n', '\n\n', '- ', '> ', '|', '|-|\n', '$', '$$', '\\sqrt{', '}', '[a]', ': '],
      ...['*', '_', '`', '# ', '<b>', '\\(', '\\)', '&', '1. ', '  ', '\\left(', '\\right)'],
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const unit = pieces.join('');
        const text = unit.repeat(Math.ceil(40_000 / unit.length));
        expect(formatted(text).cost).toBeLessThanOrEqual(MESSAGE_BUDGET);
      }),
      { numRuns: 60 },
    );
  });

  it('is no hindrance to what models write', () => {
    const answer =
      '## A heading\n\nSome **bold** words, `code` and a [link](https://example.org).\n\n' +
      '- one thing\n- another thing\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n' +
      'Then $a^2 + b^2 = c^2$, and:\n\n$$\\int_0^1 \\frac{x}{2}\\,dx = \\frac{1}{4}$$\n\n' +
      '```py\nprint(1)\n```\n\n';
    const { blocks, chosen } = formatted(answer.repeat(15));
    expect(chosen).toBe(blocks);
  });

  it('still reaches for a cheap block after a dear one', () => {
    const dear = splitBlocks(`${TABLE}\n`.repeat(30));
    const cheap = splitBlocks('The end.');
    const affordable = withinBudget([...dear, ...cheap], '');
    expect(affordable).toContain(false);
    expect(affordable.at(-1)).toBe(true);
  });
});
