/** Takes what was deleted out of the database for good, once it can no longer be brought back. */
import type { ChatDatabase } from './database';
import { descendantsOf } from './tree';
import type { Message } from './types';

/** How long what was deleted can be brought back. Milliseconds. */
export const UNDO_MS = 10 * 60_000;

/**
 * @param before - milliseconds since 1970; what was deleted earlier goes.
 * @returns the ids of the conversations that are gone.
 */
export function purge<Note>(db: ChatDatabase<Note>, before: number): Promise<string[]> {
  return db.transaction('rw', db.conversations, db.messages, db.views, async () => {
    const gone = await db.conversations.where('deletedAt').below(before).primaryKeys();
    await deleteConversations(db, gone);
    for (const message of await db.messages.where('deletedAt').below(before).toArray()) {
      await db.messages.bulkDelete(await withAllThatFollow(db, message));
    }
    return gone;
  });
}

/** Within a transaction of the caller. */
export async function deleteConversations<Note>(
  db: ChatDatabase<Note>,
  ids: string[],
): Promise<void> {
  await db.conversations.bulkDelete(ids);
  await db.views.bulkDelete(ids);
  for (const id of ids) await db.messagesOf(id).delete();
}

async function withAllThatFollow<Note>(
  db: ChatDatabase<Note>,
  { conversationId, id }: Message,
): Promise<[string, string][]> {
  const rows = await db.messagesOf(conversationId).toArray();
  const children = new Map<string | null, string[]>();
  for (const row of rows) {
    const siblings = children.get(row.parentId);
    if (siblings) siblings.push(row.id);
    else children.set(row.parentId, [row.id]);
  }
  const following = descendantsOf({ messages: new Map(), children }, id);
  return [id, ...following].map((each) => [conversationId, each]);
}
