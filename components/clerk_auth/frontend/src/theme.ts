/** Streamlit's theme, for this frame's style sheet and for Clerk's interface. */

/** What Streamlit sends; a few of its keys are absent from streamlit-component-lib's type. */
export interface Theme {
  base: string;
  primaryColor: string;
  backgroundColor: string;
  secondaryBackgroundColor: string;
  textColor: string;
  font: string;
  borderColor?: string;
  baseRadius?: string;
}

/** Sets the theme as CSS variables on the document. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  root.style.colorScheme = theme.base === "dark" ? "dark" : "light";
  const variables: Record<string, string | undefined> = {
    "--primary": theme.primaryColor,
    "--background": theme.backgroundColor,
    "--surface": theme.secondaryBackgroundColor,
    "--text": theme.textColor,
    "--font": theme.font,
    "--border": theme.borderColor,
    "--radius": theme.baseRadius,
  };
  for (const [name, value] of Object.entries(variables)) {
    if (value) root.style.setProperty(name, value);
  }
}

/** Clerk's `appearance` for the theme that `applyTheme` has set. */
export function clerkAppearance() {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    variables: {
      colorPrimary: value("--primary"),
      colorBackground: value("--background"),
      colorForeground: value("--text"),
      colorMutedForeground: value("--text"),
      colorNeutral: value("--text"),
      colorInput: value("--surface"),
      colorInputForeground: value("--text"),
      borderRadius: value("--radius"),
      fontFamily: value("--font"),
      fontSize: "0.875rem",
    },
    // The frame is the card: as wide as the place it sits in, and no second border or shadow.
    elements: {
      rootBox: { width: "100%" },
      cardBox: { width: "100%", maxWidth: "100%", boxShadow: "none", border: "none" },
      card: { padding: "0.75rem 0.75rem 1.25rem", boxShadow: "none", border: "none" },
    },
  };
}
