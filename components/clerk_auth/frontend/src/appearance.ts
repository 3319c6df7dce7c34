/** Clerk's interface in the page's theme. */

/** Clerk's `appearance` for the theme that `applyTheme` has set. */
export function clerkAppearance() {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(`--page-${name}`).trim();
  const muted = `color-mix(in srgb, ${value("text")} 72%, ${value("background")})`;
  return {
    variables: {
      colorPrimary: value("accent"),
      colorBackground: value("background"),
      colorForeground: value("text"),
      colorMutedForeground: muted,
      colorNeutral: value("text"),
      colorInput: value("surface"),
      colorInputForeground: value("text"),
      borderRadius: value("radius"),
      fontFamily: value("font"),
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
