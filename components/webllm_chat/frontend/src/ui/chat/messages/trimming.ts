/** Where a conversation was cut because the model could not read all of it. */
import { historyOf, readText } from '../../../conversation/history';
import type { Message } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import { keepRecentTurns } from '../../../engine/trim';

/**
 * @param messages - the branch that is shown.
 * @returns the first message that the model read for its last answer, or null if it read them all.
 */
export function firstReadMessage(messages: readonly Message<Note>[]): string | null {
  const last = messages.findLastIndex(
    ({ role, content }) => role === 'assistant' && content !== '',
  );
  const note = messages[last]?.notes.find(({ kind }) => kind === 'trimmed');
  if (note?.kind !== 'trimmed') return null;
  const read = messages.slice(0, last).filter((message) => readText(message) !== '');
  const kept = keepRecentTurns(historyOf(read), note.turns);
  const first = read[read.length - kept.length];
  return first === undefined || first === read[0] ? null : first.id;
}
