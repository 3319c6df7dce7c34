/** Asks the highlighting worker, remembers what it said, and does without it when it takes long. */
import { type Remote, wrap } from 'comlink';
import { useEffect, useState } from 'react';
import type { ColouredPiece, HighlightApi } from './highlight.worker';

export type ColouredLines = ColouredPiece[][];

/** What models write after a fence, by the worker's name of the language. */
const ALIASES: Record<string, string> = {
  'c++': 'cpp',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  js: 'javascript',
  jsonc: 'json',
  jsx: 'tsx',
  mjs: 'javascript',
  patch: 'diff',
  postgresql: 'sql',
  py: 'python',
  python3: 'python',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svg: 'html',
  ts: 'typescript',
  xml: 'html',
  yml: 'yaml',
  zsh: 'bash',
};
const KNOWN = new Set([
  ...['bash', 'c', 'cpp', 'css', 'diff', 'go', 'html', 'java', 'javascript', 'json', 'python'],
  ...['rust', 'sql', 'tsx', 'typescript', 'yaml'],
]);

/** Characters; longer code stays in one colour. */
const LONGEST_CODE = 50_000;
/** Milliseconds, its start included. A grammar's patterns can take for ever on hostile code. */
const LONGEST_WAIT_MS = 5_000;
const MOST_REMEMBERED = 200;

const remembered = new Map<string, ColouredLines | null>();
let worker: { thread: Worker; api: Remote<HighlightApi> } | undefined;
let queue: Promise<unknown> = Promise.resolve();

/** @returns the language's name in the worker, or null where there are no colours for it. */
export function highlightLanguage(fence: string): string | null {
  const name = fence.toLowerCase();
  const language = ALIASES[name] ?? name;
  return KNOWN.has(language) ? language : null;
}

/** @param ready - false while the code still grows. @returns null as long as there are no colours. */
export function useHighlight(code: string, fence: string, ready: boolean): ColouredLines | null {
  const language = ready && code.length <= LONGEST_CODE ? highlightLanguage(fence) : null;
  const key = language && `${language}\n${code}`;
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!key || !language || remembered.has(key)) return;
    let shown = true;
    void coloursOf(key, code, language).then(() => {
      if (shown) redraw((count) => count + 1);
    });
    return () => {
      shown = false;
    };
  }, [key, code, language]);
  return key ? (remembered.get(key) ?? null) : null;
}

/** One after the other, so that one that hangs can be told from those that wait. */
function coloursOf(key: string, code: string, language: string): Promise<unknown> {
  queue = queue.then(async () => {
    if (remembered.has(key)) return;
    remember(key, await withinTime(code, language));
  });
  return queue;
}

async function withinTime(code: string, language: string): Promise<ColouredLines | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Highlighting took too long.')), LONGEST_WAIT_MS);
  });
  try {
    worker ??= start();
    return await Promise.race([worker.api.highlight(code, language), late]);
  } catch {
    worker?.thread.terminate();
    worker = undefined;
    return null; // Without colours the code is still all there.
  } finally {
    clearTimeout(timer);
  }
}

function start() {
  const thread = new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' });
  return { thread, api: wrap<HighlightApi>(thread) };
}

function remember(key: string, lines: ColouredLines | null): void {
  remembered.set(key, lines);
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}
