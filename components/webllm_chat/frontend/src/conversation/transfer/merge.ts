/** Adds conversations to a person's own, without duplicates and without losing what is there. */
import type { ChatDatabase } from '../database';
import type { Preset } from '../settings';
import { type Conversation, type Message, now } from '../types';

export interface Bundle<Note> {
  conversation: Conversation;
  messages: Message<Note>[];
}

export interface Merged {
  /** Conversations that were not there before. */
  conversations: number;
  /** Messages that were not there before, or had less text. */
  messages: number;
  /** Messages that are there with another text, which was kept. */
  kept: number;
}

/** Messages written at once; between two such lots progress is told. */
const LOT = 2_000;

/**
 * All or nothing: if anything cannot be written, nothing is changed.
 * @param onWritten - messages that are done with so far.
 */
export function merge<Note>(
  db: ChatDatabase<Note>,
  bundles: readonly Bundle<Note>[],
  presets: readonly Preset[],
  onWritten: (messages: number) => void = () => {},
): Promise<Merged> {
  const merged: Merged = { conversations: 0, messages: 0, kept: 0 };
  let written = 0;
  return db.transaction('rw', db.conversations, db.messages, db.presets, async () => {
    await addPresets(db, presets);
    for (const { conversation, messages } of bundles) {
      const before = await db.conversations.get(conversation.id);
      const known = await db.messagesOf(conversation.id).toArray();
      const rows = toWrite(known, messages, merged);
      for (let at = 0; at < rows.length; at += LOT) {
        await db.messages.bulkPut(rows.slice(at, at + LOT));
        onWritten(written + Math.min(at + LOT, rows.length));
      }
      written += messages.length;
      await db.conversations.put(before ? withMore(before, conversation) : conversation);
      if (!before || before.deletedAt !== null) merged.conversations += 1;
    }
    return merged;
  });
}

async function addPresets<Note>(db: ChatDatabase<Note>, presets: readonly Preset[]): Promise<void> {
  const known = await db.presets.bulkGet(presets.map(({ id }) => id));
  await db.presets.bulkPut(presets.filter((_, index) => !known[index]));
}

/** Of a conversation that is there, title and settings stay; a deleted one comes back. */
function withMore(before: Conversation, { lastMessageAt }: Conversation): Conversation {
  return {
    ...before,
    lastMessageAt: Math.max(before.lastMessageAt, lastMessageAt),
    updatedAt: now(),
    deletedAt: null,
  };
}

function toWrite<Note>(
  known: Message<Note>[],
  incoming: readonly Message<Note>[],
  merged: Merged,
): Message<Note>[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  const rows: Message<Note>[] = [];
  for (const message of incoming) {
    const here = byId.get(message.id);
    if (here && here.role === message.role && here.content === message.content) {
      if (here.deletedAt !== null) rows.push({ ...here, deletedAt: null, updatedAt: now() });
      continue;
    }
    if (here && !continues(message, here)) {
      merged.kept += 1;
      continue;
    }
    merged.messages += 1;
    // The place in the tree is decided here; a file could tie a knot with it.
    rows.push(here ? { ...message, parentId: here.parentId, chosenAt: here.chosenAt } : message);
  }
  return rows;
}

/** An answer that was exported while it was still on its way is less than the whole one. */
function continues(message: Message, here: Message): boolean {
  return message.role === here.role && message.content.startsWith(here.content);
}
