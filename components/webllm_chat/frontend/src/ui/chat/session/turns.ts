/** Tells the turns of the engine apart: answers to questions, and titles. */
import type { MachineState } from '../../../engine/machine';

const TITLE = 'title:';

/** @returns the id of the turn that writes this conversation's title. */
export function titleTurn(conversationId: string): string {
  return TITLE + conversationId;
}

/** Whether the engine answers a question; a title gives way to one. */
export function isAnswering({ turn }: Pick<MachineState, 'turn'>): boolean {
  return turn !== null && !turn.id.startsWith(TITLE);
}
