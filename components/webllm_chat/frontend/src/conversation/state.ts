/** What the interface reads of the conversations. Everything in it keeps its identity until it changes. */
import type { StorageProblem, User } from './database';
import { BUILT_IN_PRESETS, type ConversationSettings, type Preset } from './settings';
import { EMPTY_TREE, type MessageTree } from './tree';
import type { Conversation, Message, ScrollAnchor } from './types';

export interface StorageState {
  /** `opening` until the person's database is there; what happens meanwhile is written then. */
  kind: 'opening' | 'database' | 'memory';
  problem: StorageProblem | null;
  /** Bytes that this site may still store, as the browser estimates; null: it does not say. */
  freeBytes: number | null;
}

export interface ConversationState<Note = unknown> {
  /** undefined: not known yet. */
  user: User | undefined;
  storage: StorageState;
  /** Pinned ones first, then by their last message, latest first. */
  conversations: readonly Conversation[];
  /** null: a conversation that has no message yet. */
  openId: string | null;
  /** The open conversation is being read. */
  loading: boolean;
  /** All branches of the open conversation. */
  tree: MessageTree<Note>;
  /** The ids of the branch that is shown; the same array while an answer streams. */
  messageIds: readonly string[];
  /** The branch that is shown. */
  messages: readonly Message<Note>[];
  /** Two answers shown side by side, until one is chosen. */
  comparison: readonly [answerId: string, otherId: string] | null;
  draft: string;
  scroll: ScrollAnchor | null;
  /** What differs from the defaults in the open conversation. */
  settings: ConversationSettings;
  presetId: string | null;
  defaults: ConversationSettings;
  /** The ones that come with the application, then the person's own. */
  presets: readonly Preset[];
  /** Messages that are in memory only, because the last attempt to store them failed. */
  unsaved: ReadonlySet<string>;
  /** How many conversations the guest of this browser has, for a signed-in user to bring along. */
  guestConversations: number;
}

export const INITIAL_STATE: ConversationState<never> = {
  user: undefined,
  storage: { kind: 'opening', problem: null, freeBytes: null },
  conversations: [],
  openId: null,
  loading: false,
  tree: EMPTY_TREE,
  messageIds: [],
  messages: [],
  comparison: null,
  draft: '',
  scroll: null,
  settings: {},
  presetId: null,
  defaults: {},
  presets: BUILT_IN_PRESETS,
  unsaved: new Set(),
  guestConversations: 0,
};

/** What the engine is asked to do in the open conversation. */
export function effectiveSettings({
  defaults,
  settings,
}: Pick<ConversationState, 'defaults' | 'settings'>): ConversationSettings {
  return { ...defaults, ...settings };
}

export function inOrder(conversations: Iterable<Conversation>): Conversation[] {
  return [...conversations]
    .filter(({ deletedAt }) => deletedAt === null)
    .sort(
      (a, b) =>
        Number(b.pinned) - Number(a.pinned) ||
        b.lastMessageAt - a.lastMessageAt ||
        (a.id < b.id ? -1 : 1),
    );
}

/** The array there was, if the new one has the same elements. */
export function kept<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before.length === after.length && after.every((each, index) => each === before[index])
    ? before
    : after;
}
