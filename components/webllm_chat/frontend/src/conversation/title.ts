/** Characters. */
const LONGEST_TITLE = 60;
/** Characters: a shorter sentence, such as a greeting, says nothing of what follows. */
const SHORTEST_SENTENCE = 15;

/** A full stop ends one after a whole word; after fewer letters it may abbreviate. */
const SENTENCE = new RegExp(
  `^.{${SHORTEST_SENTENCE},${LONGEST_TITLE - 1}}?(?:(?:[?!]|(?<=\\p{L}{4})\\.)(?=\\s)|[。？！])`,
  'u',
);
/** Characters at a text's beginning that a title is made from. */
const READ = 5_000;
/** Fences with their language, and what marks a heading, a quotation or a list. */
const MARKDOWN = /^[^\S\n]*(?:```[^\s`]*|#{1,6}(?=\s)|>+|[-*+](?=\s))/gm;

/** A conversation's title until a model or the visitor gives it a better one. */
export function firstWords(text: string): string {
  const beginning = text.trimStart().slice(0, READ);
  const words = inOneLine(beginning.replace(MARKDOWN, ' ')) || inOneLine(beginning);
  if (words.length <= LONGEST_TITLE) return words;
  const sentence = SENTENCE.exec(words)?.[0];
  if (sentence !== undefined) return sentence;
  const cut = words.slice(0, LONGEST_TITLE).replace(/[\uD800-\uDBFF]$/, ''); // No half emoji.
  const space = words.lastIndexOf(' ', LONGEST_TITLE);
  // A script without spaces, or one long word, is cut where the room ends.
  return `${(space > LONGEST_TITLE / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
