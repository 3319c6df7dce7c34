/** Tells a thinking model's thoughts from its answer. */

export interface Thoughts {
  /** null: it did not think, or its thoughts are not marked. */
  reasoning: string | null;
  /** It is still thinking. */
  open: boolean;
  answer: string;
}

const OPENING = /^\s*<(think|thinking)>/;

/**
 * Thoughts come first, between `<think>` and `</think>`. Where a chat template has already written
 * the opening tag for the model, only the closing one is in the text.
 */
export function splitReasoning(content: string): Thoughts {
  const opening = OPENING.exec(content);
  const start = opening?.[0].length ?? 0;
  const closing = /<\/(?:think|thinking)>/.exec(content.slice(start));
  if (!opening && (!closing || content.slice(0, closing.index).includes('```'))) {
    return { reasoning: null, open: false, answer: content };
  }
  if (!closing) return { reasoning: content.slice(start).trim(), open: true, answer: '' };
  const reasoning = content.slice(start, start + closing.index).trim();
  const answer = content.slice(start + closing.index + closing[0].length).trimStart();
  return { reasoning: reasoning === '' ? null : reasoning, open: false, answer };
}
