/** What an engine reads of a conversation. */
import { splitReasoning } from './reasoning';
import { branchTo, type MessageTree } from './tree';
import type { Message } from './types';

export type HistoryMessage = Pick<Message, 'role' | 'content'>;

/**
 * Of an answer, without its thoughts: they were for that answer only, and the chat templates of
 * thinking models leave them out of what follows.
 */
export function readText({ role, content }: HistoryMessage): string {
  return role === 'assistant' ? splitReasoning(content).answer : content;
}

/** @returns those that have text, as an engine reads them. */
export function historyOf(messages: readonly HistoryMessage[]): HistoryMessage[] {
  return messages
    .map((message) => ({ role: message.role, content: readText(message) }))
    .filter(({ content }) => content !== '');
}

/** The branch before an answer, its question last, without answers that never came. */
export function historyBefore(tree: MessageTree, answerId: string): HistoryMessage[] {
  return historyOf(branchTo(tree, answerId).slice(0, -1));
}
