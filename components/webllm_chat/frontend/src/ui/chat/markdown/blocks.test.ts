import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSplitter, definitionsIn, isTooMuch, splitBlocks } from './blocks';

const kinds = (text: string) => splitBlocks(text).map(({ kind }) => kind);

describe('splitBlocks', () => {
  it('cuts paragraphs, lists, tables and code apart', () => {
    const text = 'One.\n\n- a\n- b\n\n| x |\n| - |\n| 1 |\n\n```py\nprint(1)\n```\n\nEnd.';
    expect(kinds(text)).toEqual(['markdown', 'markdown', 'markdown', 'code', 'markdown']);
    expect(splitBlocks(text)[3]).toEqual({ kind: 'code', text: 'print(1)', language: 'py' });
  });

  it('takes an unclosed fence as code to the end', () => {
    expect(splitBlocks('Look:\n\n```js\nlet a = 1;\n\nlet b = 2;')).toMatchObject([
      { kind: 'markdown' },
      { kind: 'code', language: 'js', text: 'let a = 1;\n\nlet b = 2;' },
    ]);
  });

  it('finds what references and footnotes stand for, and none in code', () => {
    const text =
      'See [it][1].[^a]\n\n[1]: https://example.org\n\n[^a]: A note.\n\n```\n[x]: y\n```';
    expect(definitionsIn(splitBlocks(text))).toBe('[1]: https://example.org\n\n[^a]: A note.');
  });

  it('gives the same blocks for a text that grows as for the whole', () => {
    const piece = fc.constantFrom(
      ...['word ', '\n', '\n\n', '- item\n', '```\n', '    code\n', '> ', '| a |\n', '| - |\n'],
      ...['# head\n', '**b**', '1. x\n', '\t', '\r\n', '<div>\n', '[1]: x\n', '---\n', '$$\n'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const splitter = new BlockSplitter();
        let text = '';
        for (const next of pieces) {
          text += next;
          splitter.update(text);
        }
        expect(words(splitter.update(text))).toBe(words(splitBlocks(text)));
      }),
    );
  });

  it('starts over for another text', () => {
    const splitter = new BlockSplitter();
    splitter.update('One.\n\nTwo.\n\nThree.\n\nFour.');
    expect(splitter.update('Another.').map(({ text }) => text)).toEqual(['Another.']);
  });

  it('leaves finished blocks of a growing text the same objects', () => {
    const splitter = new BlockSplitter();
    const first = splitter.update('One.\n\nTwo.\n\nThree.\n\nFo')[0];
    expect(splitter.update('One.\n\nTwo.\n\nThree.\n\nFour.\n\nFive.')[0]).toBe(first);
  });
});

describe('isTooMuch', () => {
  it.each([
    ['a long block', 'word '.repeat(3000)],
    ['deep quotes', `${'> '.repeat(40)}deep`],
    ['deep lists', Array.from({ length: 60 }, (_, i) => `${'  '.repeat(i)}- x`).join('\n')],
    ['brackets without end', '['.repeat(5000)],
    ['emphasis without end', '*a **b '.repeat(1200)],
  ])('holds for %s', (_, text) => {
    expect(isTooMuch(text, false)).toBe(true);
  });

  it('does not hold for what people and models write', () => {
    const table = `| name | value |\n| --- | --- |\n${'| a name | 1 |\n'.repeat(200)}`;
    const list = '- one\n  - two\n    - three\n      - four\n';
    for (const text of ['A **bold** word.', table, list, '> a\n> > b']) {
      expect(isTooMuch(text, false)).toBe(false);
    }
  });
});

/** Where a block ends can differ with what was known when it was cut; its words cannot. */
function words(blocks: readonly { text: string }[]): string {
  return blocks
    .map(({ text }) => text)
    .join('')
    .replace(/\s+/g, '');
}
