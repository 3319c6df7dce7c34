/** What the guest of this browser has, and bringing it along into a signed-in person's own. */
import { type ChatDatabase, openDatabase } from './database';
import { deleteConversations } from './purge';
import { TabChannel } from './tabs';
import { type Bundle, type Merged, merge } from './transfer/merge';
import type { View } from './types';

export function countGuestConversations(): Promise<number> {
  return withGuest(async (guest) => {
    const conversations = await guest.conversations.toArray();
    return conversations.filter(({ deletedAt }) => deletedAt === null).length;
  }).catch(() => 0);
}

/** Moves them: first all are written here, then they are deleted there. */
export function bringGuestAlong<Note>(db: ChatDatabase<Note>): Promise<Merged> {
  return withGuest<Note, Merged>(async (guest) => {
    const bundles = await bundlesOf(guest);
    const merged = await merge(db, bundles, await guest.presets.toArray());
    const defaults = await guest.defaults.get('defaults');
    if (defaults && !(await db.defaults.get('defaults'))) await db.defaults.put(defaults);
    const ids = bundles.map(({ conversation }) => conversation.id);
    await moveViews(guest, db, ids);
    await guest.transaction('rw', guest.conversations, guest.messages, guest.views, () =>
      deleteConversations(guest, ids),
    );
    const channel = new TabChannel(null, () => {});
    channel.tell('all');
    channel.close();
    return merged;
  });
}

async function bundlesOf<Note>(guest: ChatDatabase<Note>): Promise<Bundle<Note>[]> {
  const conversations = await guest.conversations.toArray();
  const bundles = conversations
    .filter(({ deletedAt }) => deletedAt === null)
    .map(async (conversation) => ({
      conversation,
      messages: await guest.messagesOf(conversation.id).toArray(),
    }));
  return Promise.all(bundles);
}

/** Half-written questions go along; what the person has typed here stays. */
async function moveViews<Note>(
  guest: ChatDatabase<Note>,
  db: ChatDatabase<Note>,
  ids: string[],
): Promise<void> {
  const views = await guest.views.bulkGet(ids);
  const known = await db.views.bulkGet(ids);
  const moved = views.filter((view, index): view is View => Boolean(view) && !known[index]);
  await db.views.bulkPut(moved);
}

async function withGuest<Note, T>(use: (guest: ChatDatabase<Note>) => Promise<T>): Promise<T> {
  const { db } = await openDatabase<Note>(null);
  try {
    return await use(db);
  } finally {
    db.close();
  }
}
