/** Makes characters visible that change the order in which text is shown. */

/** Overrides force a direction on letters of the other one: no language needs them. */
const OVERRIDES = /[\u202D\u202E]/g;
/** In code any of them can make it read as what it is not (CVE-2021-42574). */
const ALL = /[\u202A-\u202E\u2066-\u2069]/g;

export function withoutOverrides(text: string): string {
  return text.replace(OVERRIDES, named);
}

export function withVisibleControls(code: string): string {
  return code.replace(ALL, named);
}

function named(character: string): string {
  return `⟨U+${character.charCodeAt(0).toString(16).toUpperCase()}⟩`;
}
