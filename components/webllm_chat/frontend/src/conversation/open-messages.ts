/** The messages of the open conversation in memory, and what the interface sees of them. */
import type { StoreApi } from 'zustand/vanilla';
import { type ConversationState, kept } from './state';
import { buildTree, EMPTY_TREE, shownBranch } from './tree';
import type { Message } from './types';

/** Changes that can change which messages are shown; any other leaves the branch as it is. */
const STRUCTURE = ['parentId', 'chosenAt', 'deletedAt', 'createdAt'] as const;

export class OpenMessages<Note> {
  #rows = new Map<string, Message<Note>>();

  constructor(private readonly state: StoreApi<ConversationState<Note>>) {}

  /** Deleted ones included. */
  get(id: string): Message<Note> | undefined {
    return this.#rows.get(id);
  }

  all(): Iterable<Message<Note>> {
    return this.#rows.values();
  }

  replace(rows: Iterable<Message<Note>>): void {
    this.#rows = new Map(Array.from(rows, (row) => [row.id, row]));
    this.#show();
  }

  /** Adds or changes messages. */
  set(...rows: Message<Note>[]): void {
    let structure = false;
    for (const row of rows) {
      const before = this.#rows.get(row.id);
      structure ||= !before || STRUCTURE.some((field) => before[field] !== row[field]);
      this.#rows.set(row.id, row);
    }
    if (structure) this.#show();
    else this.#repaint(rows);
  }

  #repaint(rows: Message<Note>[]): void {
    const { tree, messageIds, messages } = this.state.getState();
    const visible = rows.filter(({ id }) => tree.messages.has(id));
    if (visible.length === 0) return;
    const byId = new Map(tree.messages);
    const branch = [...messages];
    for (const row of visible) {
      byId.set(row.id, row);
      const place = messageIds.lastIndexOf(row.id);
      if (place >= 0) branch[place] = row;
    }
    this.state.setState({ tree: { ...tree, messages: byId }, messages: branch });
  }

  #show(): void {
    const before = this.state.getState();
    const tree = this.#rows.size === 0 ? EMPTY_TREE : buildTree(this.#rows.values());
    const messageIds = kept(before.messageIds, shownBranch(tree));
    const messages = kept(
      before.messages,
      messageIds.map((id) => tree.messages.get(id) as Message<Note>),
    );
    const comparison = before.comparison?.every((id) => tree.messages.has(id))
      ? before.comparison
      : null;
    this.state.setState({ tree, messageIds, messages, comparison });
  }
}
