import { describe, expect, it } from 'vitest';
import { withoutOverrides, withVisibleControls } from './bidi';
import { highlightLanguage } from './highlight';
import { holdsMath, withDollars } from './math';

describe('formulas', () => {
  it.each([
    ['$x^2$', '$$x^2$$'],
    ['so \\(a+b\\) is', 'so $$a+b$$ is'],
    ['\\[\nx\n\\]', '\n$$\nx\n$$\n'],
    ['$$\nx\n$$', '$$\nx\n$$'],
  ])('%j holds one', (text, written) => {
    expect(holdsMath(text)).toBe(true);
    expect(withDollars(text)).toBe(written);
  });

  it.each([
    'It costs $5 and $10.',
    'From $5 to $10, or $ 7 $.',
    'Set `$HOME` and `$PATH$`.',
    'US$5 or A$6$7',
    'Escaped \\$x\\$.',
    'Nothing here.',
  ])('%j holds none', (text) => {
    expect(holdsMath(text)).toBe(false);
    expect(withDollars(text)).toBe(text);
  });
});

describe('characters that turn text around', () => {
  it('are named where they override, and all of them in code', () => {
    expect(withoutOverrides('a\u202Eb')).toBe('a⟨U+202E⟩b');
    expect(withoutOverrides('\u2067عربي\u2069')).toBe('\u2067عربي\u2069');
    expect(withVisibleControls('if (x\u2066)')).toBe('if (x⟨U+2066⟩)');
  });
});

describe('highlightLanguage', () => {
  it.each([
    ['py', 'python'],
    ['JavaScript', 'javascript'],
    ['c++', 'cpp'],
    ['rust', 'rust'],
    ['brainfuck', null],
    ['', null],
    ['constructor', null],
  ])('%j', (fence, language) => {
    expect(highlightLanguage(fence)).toBe(language);
  });
});
