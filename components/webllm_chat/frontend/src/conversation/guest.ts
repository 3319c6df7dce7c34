/** What the guest of this browser has, and taking it over into a signed-in person's own. */
import { type ChatDatabase, openDatabase } from './database';

export async function countGuestConversations(): Promise<number> {
  const { db } = await openDatabase(null);
  try {
    const rows = await (db as ChatDatabase).conversations.toArray();
    return rows.filter(({ deletedAt }) => deletedAt === null).length;
  } catch {
    return 0;
  } finally {
    db.close();
  }
}
