/** What is kept of a conversation. It never leaves the browser. */
import type { ConversationSettings } from './settings';

/**
 * `waiting` and `streaming` are on their way in some tab. `interrupted`: the tab that received it
 * was closed or crashed; what had come is kept.
 */
export type MessageStatus = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed' | 'interrupted';

export type MessageRole = 'user' | 'assistant';

export interface MessageStats {
  tokens: number;
  timeToFirstTokenS: number;
  decodeTokensPerS: number;
}

/**
 * A node of a conversation's tree: an edited question is a sibling of the first wording, another
 * answer a sibling of the first answer. Of siblings, the one chosen last is shown.
 */
export interface Message<Note = unknown> {
  id: string;
  conversationId: string;
  /** The message it follows; null at a conversation's beginning. */
  parentId: string | null;
  role: MessageRole;
  content: string;
  status: MessageStatus;
  modelId: string | null;
  notes: Note[];
  /** What an engine had said when it failed; another one answered after it. */
  interrupted: string[];
  errorKind: string | null;
  stats: MessageStats | null;
  /** All times: milliseconds since 1970. */
  createdAt: number;
  chosenAt: number;
  /** Of the last change of any field. */
  updatedAt: number;
  /** Set: deleted, with all that follows it; gone for good a while later. */
  deletedAt: number | null;
}

export interface Conversation {
  id: string;
  title: string;
  /** `words`: the first words of the first question, until a model or the visitor names it. */
  titledBy: 'words' | 'model' | 'visitor';
  pinned: boolean;
  /** What differs from the defaults here. */
  settings: ConversationSettings;
  /** The preset that the settings were last taken from. */
  presetId: string | null;
  createdAt: number;
  lastMessageAt: number;
  updatedAt: number;
  deletedAt: number | null;
}

/** Where the reader was: a message, and how far its top is above the view's, in CSS pixels. */
export interface ScrollAnchor {
  messageId: string;
  offsetPx: number;
}

/** What belongs to a conversation's place on the screen, not to what was said. */
export interface View {
  /** `NEW_CONVERSATION` for the one that has not begun. */
  conversationId: string;
  draft: string;
  /** null: at the end. */
  scroll: ScrollAnchor | null;
  updatedAt: number;
}

/** The key of the conversation that has no message yet. */
export const NEW_CONVERSATION = '';

let latest = 0;

/** The time, but never the same twice in one tab, so that 'later' is always decided. */
export function now(): number {
  latest = Math.max(Date.now(), latest + 1);
  return latest;
}

export function fieldsOf<T extends object>(row: T): (keyof T)[] {
  return Object.keys(row) as (keyof T)[];
}
