/** Carries Streamlit's theme into CSS variables, so that the component looks like the page. */

/** Values of Streamlit's theme that the component's styles use; newer versions send more. */
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

export function applyTheme(theme: PageTheme, root: HTMLElement = document.documentElement): void {
  root.dataset.theme = theme.base === 'dark' ? 'dark' : 'light';
  const variables: Record<string, string | undefined> = {
    '--page-accent': theme.primaryColor,
    '--page-background': theme.backgroundColor,
    '--page-surface': theme.secondaryBackgroundColor,
    '--page-text': theme.textColor,
    '--page-font': theme.font,
  };
  for (const [name, value] of Object.entries(variables)) {
    if (value) root.style.setProperty(name, value);
  }
}
