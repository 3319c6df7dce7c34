import type { ChatTurnMessage } from './backend';

/**
 * Leaves out the oldest turns so that a conversation fits the context window again. Each further
 * trim halves what is left, so that a long conversation needs few tries; the system message and
 * the last question always stay.
 */
export function keepRecentTurns(messages: ChatTurnMessage[], trims: number): ChatTurnMessage[] {
  if (trims === 0) return messages;
  const system = messages.filter(({ role }) => role === 'system');
  const talk = messages.filter(({ role }) => role !== 'system');
  const kept = talk.slice(talk.length - Math.max(1, Math.floor(talk.length / 2 ** trims)));
  // A conversation begins with a question, whatever the cut left first.
  const question = kept.findIndex(({ role }) => role === 'user');
  return [...system, ...kept.slice(Math.max(0, question))];
}
