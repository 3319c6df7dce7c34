/**
 * What could not be written before the page went away. A database write that begins while a page
 * is left is not finished; this storage is written at once, and read by the next page.
 */
import { nanoid } from 'nanoid';
import { databaseName, type User } from './database';
import type { PendingWrite } from './write-buffer';

const PAGE = nanoid(8);

const prefix = (user: User) => `${databaseName(user)}:unwritten:`;

/** Without anything that waits, what was kept before is dropped. */
export function keepUnwritten(user: User, writes: readonly PendingWrite[]): void {
  try {
    const key = prefix(user) + PAGE;
    if (writes.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(writes));
  } catch {
    // No storage, or too much for it: what was written up to half a second ago is kept.
  }
}

/** What earlier pages of this person left, and how to drop it once it is written. */
export function unwritten(user: User): { writes: PendingWrite[]; drop: () => void } {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix(user)));
    const writes = keys.flatMap((key) => JSON.parse(localStorage.getItem(key) ?? '[]'));
    const drop = () => {
      for (const key of keys) localStorage.removeItem(key);
    };
    return { writes, drop };
  } catch {
    return { writes: [], drop: () => {} };
  }
}
