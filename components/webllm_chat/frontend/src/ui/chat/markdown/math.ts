/** Formulas: which texts hold any, and the plug-ins that set them, fetched with the first formula. */
import type { Options } from 'react-markdown';

/**
 * `$…$` as pandoc reads it: nothing but the formula's own characters touch its dollar signs, and no
 * digit follows, so that '$5 and $10' stays what it is.
 */
const SINGLE = /(?<![\\$\w])\$(?=[^\s$])([^$\n]*?[^\s$\\])\$(?![\d$])/g;
const INLINE = /\\\(([\s\S]+?)\\\)/g;
const DISPLAY = /\\\[([\s\S]+?)\\\]/g;
const CODE = /(`+)[\s\S]*?\1/g;

export function holdsMath(markdown: string): boolean {
  return /\$|\\\(|\\\[/.test(markdown) && withDollars(markdown).includes('$$');
}

/** Writes every formula between double dollar signs, the one notation the parser is told of. */
export function withDollars(markdown: string): string {
  let result = '';
  let end = 0;
  for (const code of markdown.matchAll(CODE)) {
    result += rewritten(markdown.slice(end, code.index)) + code[0];
    end = code.index + code[0].length;
  }
  return result + rewritten(markdown.slice(end));
}

function rewritten(text: string): string {
  return text
    .replace(DISPLAY, (_, formula: string) => `\n$$\n${formula.trim()}\n$$\n`)
    .replace(INLINE, (_, formula: string) => `$$${formula.trim()}$$`)
    .replace(SINGLE, (_, formula: string) => `$$${formula}$$`);
}

export interface MathPlugins {
  remark: NonNullable<Options['remarkPlugins']>;
  rehype: NonNullable<Options['rehypePlugins']>;
}

let plugins: Promise<MathPlugins> | undefined;

export function loadMath(): Promise<MathPlugins> {
  plugins ??= import('./math-plugins').then((module) => module.MATH_PLUGINS);
  plugins.catch(() => {
    plugins = undefined; // The next formula tries again.
  });
  return plugins;
}
