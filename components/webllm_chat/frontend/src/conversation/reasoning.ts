/** Tells a thinking model's thoughts from its answer. */

export interface Thoughts {
  /** null: it did not think, or its thoughts are not marked. */
  reasoning: string | null;
  /** It is still thinking, or was cut off while it did. */
  open: boolean;
  answer: string;
}

const LEADING = /^\s*<(?:think|thinking)>/;
const CLOSING = /<\/(?:think|thinking)>/;
const FENCE = '```';
/** Further on, the opening tag ends its line: models write it so, a text about the tag hardly does. */
const LATER = /<(?:think|thinking)>[ \t]*\n/;
const MARKS = new RegExp([FENCE, LATER.source, CLOSING.source].join('|'), 'g');

/**
 * Thoughts come first, between `<think>` and `</think>`. Where a chat template has already written
 * the opening tag for the model, only the closing one is in the text. An answer that was continued
 * has further thoughts where the model took it up again.
 */
export function splitReasoning(content: string): Thoughts {
  const leading = LEADING.exec(content)?.[0].length;
  const thoughts: string[] = [];
  const answers: string[] = [];
  let thinking = leading !== undefined || beginsInThoughts(content);
  let inCode = false;
  let from = leading ?? 0;
  const take = (to: number) => {
    const text = content.slice(from, to);
    if (thinking) thoughts.push(text.trim());
    else answers.push(thoughts.length === 0 ? text : text.trimStart());
  };
  for (const { index, 0: mark } of content.matchAll(MARKS)) {
    if (index < from) continue;
    if (mark === FENCE) {
      inCode = !thinking && !inCode;
      continue;
    }
    const closes = mark.startsWith('</');
    if (closes !== thinking || inCode) continue;
    take(index);
    thinking = !thinking;
    from = index + mark.length;
  }
  take(content.length);
  const reasoning = thoughts.filter((text) => text !== '').join('\n\n');
  return {
    reasoning: reasoning === '' && !thinking ? null : reasoning,
    open: thinking,
    answer: answers.map(withSpace).join(''),
  };
}

function beginsInThoughts(content: string): boolean {
  const closing = content.search(CLOSING);
  const before = content.slice(0, Math.max(0, closing));
  // An answer may also quote the closing tag.
  return closing >= 0 && !before.includes(FENCE) && !LATER.test(before);
}

/** The space that stood before an answer went on is lost among the thoughts. */
function withSpace(text: string, index: number, all: string[]): string {
  const goesOn = index < all.length - 1 && all[index + 1] !== '';
  return goesOn && /\S$/.test(text) ? `${text} ` : text;
}
