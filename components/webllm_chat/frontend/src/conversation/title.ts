/** Characters. */
const LONGEST_TITLE = 60;

/** A conversation's title until a model or the visitor gives it a better one. */
export function firstWords(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim();
  if (words.length <= LONGEST_TITLE) return words;
  const cut = words.slice(0, LONGEST_TITLE);
  const space = cut.lastIndexOf(' ');
  // A script without spaces, or one long word, is cut where the room ends.
  return `${(space > LONGEST_TITLE / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
