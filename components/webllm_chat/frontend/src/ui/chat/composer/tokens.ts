/** How many tokens a text is, roughly: the engine counts exactly, but only when it answers. */
import { type HistoryMessage, readText } from '../../../conversation/history';

/**
 * Characters a token, in English. OpenAI's rule of thumb of four also fits the vocabularies of
 * Llama 3, Qwen 2.5 and SmolLM2 within a tenth on English prose.
 */
const CHARACTERS_A_TOKEN = 4;
/** Letters of these scripts are mostly tokens of their own. */
const DENSE = /[\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7AF\u0E00-\u0E7F]/g;
/** What a chat template writes around each message: its role, and marks of begin and end. */
const TOKENS_AROUND_MESSAGE = 5;

export function estimateTokens(text: string): number {
  const dense = text.match(DENSE)?.length ?? 0;
  return dense + Math.ceil((text.length - dense) / CHARACTERS_A_TOKEN);
}

const known = new WeakMap<object, number>();

/**
 * What an engine reads of a conversation.
 *
 * @param messages - each counted once for as long as it stays the same object.
 */
export function estimateConversation(messages: readonly HistoryMessage[]): number {
  let sum = 0;
  for (const message of messages) {
    let tokens = known.get(message);
    if (tokens === undefined) {
      const text = readText(message);
      tokens = text === '' ? 0 : estimateTokens(text) + TOKENS_AROUND_MESSAGE;
      known.set(message, tokens);
    }
    sum += tokens;
  }
  return sum;
}
