/**
 * How much formatting one message may take. What it costs is estimated from its characters, so that
 * the same text is always shown the same way. One unit is about 10 µs where it was measured (static
 * rendering in Node on a shared machine of two cores): react-markdown took 7 µs for a character of
 * prose, up to 60 µs for one of short list items, KaTeX 80 to 110 µs for one of a usual formula and
 * 550 µs for one of sixty roots in each other.
 */
import type { Block } from './blocks';
import { withDollars } from './math';

/** Of one message: about a second. */
export const MESSAGE_BUDGET = 100_000;
/** Of one block. */
export const BLOCK_BUDGET = 40_000;
/** Of the block that grows, which is formatted again with every update. */
export const GROWING_BUDGET = 12_000;
/** Up to here a message is formatted at once; above, in slices, between which the page listens. */
export const AT_ONCE = 5_000;

const LINE = 12;
const CELL = 6;
const FORMULA_CHARACTER = 10;
/** Formulas in each other cost so much more for each level. */
const NESTING = 0.1;

const FORMULA = /\$\$([\s\S]*?)\$\$/g;

/** @returns units that formatting it takes, about. */
export function costOf(text: string): number {
  const lines = count(text, '\n');
  const cells = count(text, '|');
  return text.length + lines * LINE + cells * CELL + costOfFormulas(text);
}

function costOfFormulas(text: string): number {
  if (!/\$|\\\(|\\\[/.test(text)) return 0;
  let cost = 0;
  for (const [, formula = ''] of withDollars(text).matchAll(FORMULA)) {
    cost += formula.length * FORMULA_CHARACTER * (1 + depthOf(formula) * NESTING);
  }
  return Math.round(cost);
}

/** Of the braces and pairs of a formula in each other. */
function depthOf(formula: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [mark] of formula.matchAll(/[{}]|\\left\b|\\right\b|\\begin\b|\\end\b/g)) {
    const opens = mark === '{' || mark === '\\left' || mark === '\\begin';
    depth = Math.max(0, depth + (opens ? 1 : -1));
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

/** Block objects stay the same while a text grows, so each is measured once. */
const measured = new WeakMap<Block, number>();

/** @param definitions - that go with each block which refers to any. */
export function costOfBlock(block: Block, definitions: string): number {
  // Code is shown as it is; its colours come from a worker.
  if (block.kind === 'code') return 0;
  const own = measured.get(block) ?? costOf(block.text);
  measured.set(block, own);
  return own + (block.text.includes('[') ? definitions.length : 0);
}

/**
 * @returns of each block, whether the message's budget reaches for it; a cheap one after a dear one
 * may still be formatted.
 */
export function withinBudget(blocks: readonly Block[], definitions: string): boolean[] {
  let left = MESSAGE_BUDGET;
  return blocks.map((block) => {
    const cost = costOfBlock(block, definitions);
    if (cost > left) return false;
    left -= cost;
    return true;
  });
}
