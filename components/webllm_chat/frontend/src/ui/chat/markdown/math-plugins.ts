/** KaTeX and its fonts; only `math.ts` imports this, when there is a formula to set. */
import 'katex/dist/katex.min.css';
import rehypeKatex from 'rehype-katex';
import remarkMath from 'remark-math';
import type { MathPlugins } from './math';

export const MATH_PLUGINS: MathPlugins = {
  remark: [[remarkMath, { singleDollarTextMath: false }]],
  // Not trusted: no links, images or styles from a formula. The limits keep a hostile one small.
  rehype: [
    [
      rehypeKatex,
      { trust: false, strict: 'ignore', maxExpand: 200, maxSize: 20, errorColor: 'currentColor' },
    ],
  ],
};
