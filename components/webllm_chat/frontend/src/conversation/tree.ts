/** The tree of a conversation's messages, and the branch of it that is shown. Pure. */
import type { Message } from './types';

export interface MessageTree<Note = unknown> {
  /** Every message that was not deleted and does not follow a deleted one. */
  readonly messages: ReadonlyMap<string, Message<Note>>;
  /** The messages that follow each, oldest first; those of null begin the conversation. */
  readonly children: ReadonlyMap<string | null, readonly string[]>;
}

export const EMPTY_TREE: MessageTree<never> = { messages: new Map(), children: new Map() };

export function buildTree<Note>(rows: Iterable<Message<Note>>): MessageTree<Note> {
  const all = new Map<string, Message<Note>>();
  for (const row of rows) all.set(row.id, row);
  const following = new Map<string | null, Message<Note>[]>();
  for (const row of all.values()) {
    if (row.deletedAt !== null) continue;
    // Whatever became of the message before it, one that is there is shown.
    const parentId = row.parentId !== null && all.has(row.parentId) ? row.parentId : null;
    const siblings = following.get(parentId);
    if (siblings) siblings.push(row);
    else following.set(parentId, [row]);
  }
  const messages = new Map<string, Message<Note>>();
  const children = new Map<string | null, string[]>();
  const open: (string | null)[] = [null];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const siblings = following.get(id)?.sort(byAge);
    if (!siblings) continue;
    children.set(
      id,
      siblings.map((sibling) => sibling.id),
    );
    for (const sibling of siblings) {
      messages.set(sibling.id, sibling);
      open.push(sibling.id);
    }
  }
  return { messages, children };
}

/** The ids of the branch that is shown, from the first question on. */
export function shownBranch(tree: MessageTree): string[] {
  const branch: string[] = [];
  let id = shownChild(tree, null);
  while (id !== null) {
    branch.push(id);
    id = shownChild(tree, id);
  }
  return branch;
}

/** Of the messages that follow one, the one chosen last; null when none follows. */
export function shownChild(tree: MessageTree, parentId: string | null): string | null {
  let shown: Message | null = null;
  for (const id of tree.children.get(parentId) ?? []) {
    const child = tree.messages.get(id) as Message;
    if (!shown || child.chosenAt >= shown.chosenAt) shown = child;
  }
  return shown?.id ?? null;
}

const NONE: readonly string[] = [];

/** The ids of a message and its siblings, oldest first. */
export function variantsOf(tree: MessageTree, id: string): readonly string[] {
  const message = tree.messages.get(id);
  if (!message) return NONE;
  return tree.children.get(message.parentId) ?? tree.children.get(null) ?? NONE;
}

/** The messages from the first question down to this one, itself included. */
export function branchTo<Note>(tree: MessageTree<Note>, id: string): Message<Note>[] {
  const branch: Message<Note>[] = [];
  let message = tree.messages.get(id);
  while (message) {
    branch.push(message);
    message = message.parentId === null ? undefined : tree.messages.get(message.parentId);
  }
  return branch.reverse();
}

/** The ids of all messages that follow one, on every branch. */
export function descendantsOf(tree: MessageTree, id: string): string[] {
  const found: string[] = [];
  const open = [...(tree.children.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next);
    open.push(...(tree.children.get(next) ?? []));
  }
  return found;
}

function byAge(a: Message, b: Message): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}
