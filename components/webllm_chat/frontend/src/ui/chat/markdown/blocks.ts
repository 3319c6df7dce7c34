/**
 * Cuts Markdown into blocks, each rendered by itself: while an answer streams only its last block
 * changes, and what is too large or too deeply nested to format in time is told apart.
 */
import { Lexer, type Token } from 'marked';
import { BLOCK_BUDGET, costOf, GROWING_BUDGET } from './budget';

export interface Block {
  kind: 'markdown' | 'code';
  /** Markdown; of a code block the code alone. */
  text: string;
  /** Of a code block: what its fence names. */
  language: string;
}

/** Characters. A block of this size formats in about 0.1 s; a longer one stays plain. */
const LONGEST_BLOCK = 10_000;
/** Characters of an unfinished last block that formats again with every update. */
const LONGEST_GROWING_BLOCK = 5_000;
/** Markers of quotes and lists at the beginning of one line; each is an element in the other. */
const DEEPEST_NESTING = 12;
/** Delimiters in one block: their matching takes time that grows with the square of their number. */
const MOST_DELIMITERS = 1_500;
/** Characters. Cutting a text of this length by grammar takes up to 100 ms; of twice the length, where
 * quotes go on in lines without their mark, a second. */
const LONGEST_BY_GRAMMAR = 50_000;
/** Blocks at the end that further text can still change: a list goes on after an empty line. */
const UNSETTLED = 2;

const NESTED = new RegExp(
  `^(?:[ \\t]*(?:>|[-*+](?=\\s)|\\d{1,9}[.)](?=\\s))){${DEEPEST_NESTING},}`,
  'm',
);
const INDENTED = new RegExp(`^[ \\t]{${DEEPEST_NESTING * 4},}\\S`, 'm');
const DELIMITER = /[[\]*_`~<>$&!]/g;
const DEFINITION = /^ {0,3}\[[^\]\n]{1,200}\]:/;
/** Characters of all definitions that each block is given along. */
const LONGEST_DEFINITIONS = 3_000;

/** Follows a text that grows at its end; any other change starts over. */
export class BlockSplitter {
  #text = '';
  #settled: Block[] = [];
  #settledLength = 0;
  #blocks: Block[] = [];

  update(text: string): readonly Block[] {
    if (text === this.#text) return this.#blocks;
    if (!text.startsWith(this.#text.slice(0, this.#settledLength))) this.#reset();
    const { tail, settled, length } = split(text.slice(this.#settledLength));
    this.#settled = [...this.#settled, ...settled];
    this.#settledLength += length;
    this.#text = text;
    this.#blocks = [...this.#settled, ...tail];
    return this.#blocks;
  }

  #reset(): void {
    this.#settled = [];
    this.#settledLength = 0;
  }
}

export function splitBlocks(text: string): readonly Block[] {
  return new BlockSplitter().update(text);
}

/** What references and footnotes stand for: it is said in one block and used in others. */
export function definitionsIn(blocks: readonly Block[]): string {
  return blocks
    .filter(({ kind, text }) => kind === 'markdown' && DEFINITION.test(text))
    .map(({ text }) => text.trim())
    .join('\n\n')
    .slice(0, LONGEST_DEFINITIONS);
}

/** Whether formatting it takes longer than a reader should wait. */
export function isTooMuch(text: string, growing: boolean): boolean {
  return (
    text.length > (growing ? LONGEST_GROWING_BLOCK : LONGEST_BLOCK) ||
    (text.match(DELIMITER)?.length ?? 0) > MOST_DELIMITERS ||
    isTooDeep(text) ||
    costOf(text) > (growing ? GROWING_BUDGET : BLOCK_BUDGET)
  );
}

/** Whether formatting it could fail, however long a reader would wait: each level is a call in a
 * call, and an element in an element. */
export function isTooDeep(text: string): boolean {
  return NESTED.test(text) || INDENTED.test(text);
}

function split(text: string): { settled: Block[]; tail: Block[]; length: number } {
  const pieces = tokensOf(text);
  const settled: Block[] = [];
  let length = 0;
  for (const piece of pieces.slice(0, Math.max(0, pieces.length - UNSETTLED))) {
    length += piece.raw.length;
    const block = toBlock(piece);
    if (block) settled.push(block);
  }
  const tail = pieces.slice(Math.max(0, pieces.length - UNSETTLED)).flatMap((piece) => {
    const block = toBlock(piece);
    return block ? [block] : [];
  });
  return { settled, tail, length };
}

function tokensOf(text: string): Token[] {
  if (text.length > LONGEST_BY_GRAMMAR || NESTED.test(text)) return paragraphsOf(text);
  const tokens = new Lexer({ gfm: true }).blockTokens(text);
  // The lexer normalises tabs and line ends; pieces that don't add up can't be cut by length.
  return tokens.reduce((sum, { raw }) => sum + raw.length, 0) === text.length
    ? tokens
    : [{ type: 'paragraph', raw: text, text }];
}

/** Without any grammar, for what would cost the lexer too much. */
function paragraphsOf(text: string): Token[] {
  return text
    .split(/(?<=\n[ \t]*\n)/)
    .map((paragraph) => ({ type: 'paragraph', raw: paragraph, text: paragraph }));
}

function toBlock(token: Token): Block | null {
  if (token.type === 'space') return null;
  if (token.type === 'code') {
    const language = 'lang' in token && typeof token.lang === 'string' ? token.lang : '';
    const code = 'text' in token ? String(token.text) : token.raw;
    return { kind: 'code', text: code, language: language.split(/\s/)[0]?.slice(0, 40) ?? '' };
  }
  return { kind: 'markdown', text: token.raw, language: '' };
}
