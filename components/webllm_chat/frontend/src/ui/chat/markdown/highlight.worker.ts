/** Colours code beside the page, so that no text can keep the page from answering. */
import { expose } from 'comlink';
import { createHighlighterCore, type HighlighterCore, type LanguageInput } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';

/** One piece of a line, and its colours in the light and the dark theme. */
export type ColouredPiece = [text: string, light: string, dark: string];

const LIGHT = 'github-light-high-contrast';
const DARK = 'github-dark-high-contrast';

const LANGUAGES: Record<string, () => Promise<{ default: LanguageInput }>> = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
};

let highlighter: Promise<HighlighterCore> | undefined;

const api = {
  async highlight(code: string, language: string): Promise<ColouredPiece[][]> {
    highlighter ??= createHighlighterCore({
      themes: [
        import('shiki/themes/github-light-high-contrast.mjs'),
        import('shiki/themes/github-dark-high-contrast.mjs'),
      ],
      engine: createJavaScriptRegexEngine({ forgiving: true }),
    });
    const shiki = await highlighter;
    if (!shiki.getLoadedLanguages().includes(language)) {
      const load = LANGUAGES[language];
      if (!load) throw new Error(`No colours for ${language}.`);
      await shiki.loadLanguage((await load()).default);
    }
    const lines = shiki.codeToTokensWithThemes(code, {
      lang: language,
      themes: { light: LIGHT, dark: DARK },
    });
    return lines.map((line) =>
      line.map(({ content, variants }) => [
        content,
        variants.light?.color ?? '',
        variants.dark?.color ?? '',
      ]),
    );
  },
};

export type HighlightApi = typeof api;

expose(api);
