/** Carries the page's look into a component's iframe. Every component's bundle has a copy of it. */

/** Values of Streamlit's theme that our styles use; newer versions send more. */
export interface PageTheme {
  base: string;
  primaryColor: string;
  backgroundColor: string;
  secondaryBackgroundColor: string;
  textColor: string;
  font: string;
  borderColor?: string;
  baseRadius?: string;
  linkColor?: string;
}

/** Sets `data-theme` to `light` or `dark`, and the theme's values as the variables `--page-…`. */
export function applyTheme(theme: PageTheme, root: HTMLElement = document.documentElement): void {
  root.dataset.theme = theme.base === 'dark' ? 'dark' : 'light';
  const variables: Record<string, string | undefined> = {
    '--page-accent': theme.primaryColor,
    '--page-background': theme.backgroundColor,
    '--page-surface': theme.secondaryBackgroundColor,
    '--page-text': theme.textColor,
    '--page-font': theme.font,
    '--page-border': theme.borderColor,
    '--page-radius': theme.baseRadius,
    '--page-link': theme.linkColor,
  };
  for (const [name, value] of Object.entries(variables)) {
    if (value) root.style.setProperty(name, value);
  }
}

/**
 * Brings the page's web fonts into the iframe, which shares nothing with it but its origin. Without
 * them the theme's font would name one that is not there.
 */
export function adoptPageFonts(page: Document, here: Document = document): void {
  const rules = [...page.styleSheets].flatMap(fontFaces);
  if (rules.length === 0) return;
  const style = here.createElement('style');
  style.textContent = rules.join('\n');
  here.head.append(style);
}

function fontFaces(sheet: CSSStyleSheet): string[] {
  try {
    return [...sheet.cssRules]
      .map((rule) => rule.cssText)
      .filter((text) => text.startsWith('@font-face'))
      .map((text) => text.replace(/url\("?([^")]+)"?\)/g, (_, url) => absolute(url, sheet)));
  } catch {
    return []; // A style sheet of another origin keeps its rules to itself.
  }
}

function absolute(url: string, sheet: CSSStyleSheet): string {
  return `url("${new URL(url, sheet.href ?? sheet.ownerNode?.baseURI).href}")`;
}
