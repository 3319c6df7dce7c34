/** What is handed to the embedding app where it shares messages; the visitor is told meanwhile. */
import type { SharedMessage } from '../bridge/protocol';
import type { Message } from '../conversation/store';

/** As many as Python takes (`MAX_SHARED_MESSAGES`, `MAX_SHARED_CHARACTERS` of `protocol.py`). */
const MOST_MESSAGES = 200;
const LONGEST_TEXT = 100_000;
/** Characters of all of them: four bytes each still fit what Python takes. */
const MOST_CHARACTERS = 400_000;

/** @returns the latest finished messages of the branch that is shown, oldest first. */
export function sharedMessages(messages: readonly Message[]): SharedMessage[] {
  const shared: SharedMessage[] = [];
  let characters = 0;
  for (const { role, content, status, modelId } of messages.toReversed()) {
    if (content === '' || (status !== 'done' && status !== 'stopped')) continue;
    const text = content.slice(0, LONGEST_TEXT);
    characters += text.length;
    if (shared.length === MOST_MESSAGES || characters > MOST_CHARACTERS) break;
    shared.push({ role, text, model_id: modelId });
  }
  return shared.reverse();
}
