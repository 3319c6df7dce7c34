import { describe, expect, it } from 'vitest';
import { adoptPageFonts, applyTheme } from '../../../../shared/theme';

describe('applyTheme', () => {
  it('carries the page’s colours and its scheme', () => {
    const root = document.createElement('html');
    applyTheme(
      {
        base: 'dark',
        primaryColor: '#5eead4',
        backgroundColor: '#101615',
        secondaryBackgroundColor: '#1b2422',
        textColor: '#e7efec',
        font: 'Page Sans',
      },
      root,
    );
    expect(root.dataset.theme).toBe('dark');
    expect(root.style.getPropertyValue('--page-accent')).toBe('#5eead4');
    expect(root.style.getPropertyValue('--page-font')).toBe('Page Sans');
  });
});

describe('adoptPageFonts', () => {
  const rule = (cssText: string) => ({ cssText });
  const page = (...styleSheets: object[]) => ({ styleSheets }) as unknown as Document;

  it('brings the fonts, found from the sheet they were in', () => {
    const here = document.implementation.createHTMLDocument();
    const sheet = {
      href: 'https://app.example/static/css/page.css',
      cssRules: [
        rule('@font-face { font-family: "Page Sans"; src: url("../media/page.woff2"); }'),
        rule('body { color: red }'),
      ],
    };
    adoptPageFonts(page(sheet), here);
    const text = here.head.textContent ?? '';
    expect(text).toContain('https://app.example/static/media/page.woff2');
    expect(text).not.toContain('body');
  });

  it('does without a sheet of another origin', () => {
    const here = document.implementation.createHTMLDocument();
    const foreign = {
      get cssRules(): never {
        throw new DOMException('', 'SecurityError');
      },
    };
    adoptPageFonts(page(foreign), here);
    expect(here.head.querySelector('style')).toBeNull();
  });
});
