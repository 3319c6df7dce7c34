/** The database of one person's conversations in this browser. */
import { Dexie, type IndexableType, type Table } from 'dexie';
import { adopting, scoped } from '../app-scope';
import type { ConversationSettings, Preset } from './settings';
import type { Conversation, Message, View } from './types';

/** Whose conversations: a key that stands for a signed-in user; null for the guest. */
export type User = string | null;

export interface DefaultSettings {
  key: 'defaults';
  settings: ConversationSettings;
  updatedAt: number;
}

type DatabaseApi = Pick<typeof globalThis, 'indexedDB' | 'IDBKeyRange'>;

export class ChatDatabase<Note = unknown> extends Dexie {
  declare conversations: Table<Conversation, string>;
  declare messages: Table<Message<Note>, [conversationId: string, id: string]>;
  declare views: Table<View, string>;
  declare presets: Table<Preset, string>;
  declare defaults: Table<DefaultSettings, 'defaults'>;

  /** @throws SecurityError where a browser forbids to look at its storage at all. */
  constructor(user: User, api: DatabaseApi = globalThis, name: string = databaseName(user)) {
    super(name, { indexedDB: api.indexedDB, IDBKeyRange: api.IDBKeyRange });
    // Ids are unique only within their conversation: an imported file can name any id.
    this.version(1).stores({
      conversations: 'id, deletedAt',
      messages: '[conversationId+id], updatedAt, deletedAt',
      views: 'conversationId',
      presets: 'id',
      defaults: 'key',
    });
  }

  /** All messages of one conversation, deleted ones included. */
  messagesOf(conversationId: string) {
    return this.messages
      .where('[conversationId+id]')
      .between([conversationId, Dexie.minKey], [conversationId, Dexie.maxKey]);
  }
}

export type TableName = 'conversations' | 'messages' | 'views' | 'presets' | 'defaults';
export type Key = IndexableType;

/** Each person's conversations are a database of their own: no query can reach another's, nor those
 * of another app of the same origin. */
export function databaseName(user: User): string {
  return scoped(plainName(user));
}

function plainName(user: User): string {
  return user === null ? 'webllm-chat:guest' : `webllm-chat:user:${user}`;
}

/** Takes over what a version kept that knew no paths; there it stays as it is. */
async function adoptPlainDatabase(user: User): Promise<void> {
  const own = databaseName(user);
  if ((await Dexie.exists(own)) || !(await Dexie.exists(plainName(user)))) return;
  const from = new ChatDatabase(user, globalThis, plainName(user));
  const to = new ChatDatabase(user);
  try {
    const rows = await Promise.all(from.tables.map((table) => table.toArray()));
    await to.transaction('rw', to.tables, () =>
      Promise.all(from.tables.map(({ name }, at) => to.table(name).bulkPut(rows[at] ?? []))),
    );
  } finally {
    from.close();
    to.close();
  }
}

/**
 * Why conversations are not kept, or not for long. `denied`: the browser gives this page no
 * storage; `full`: what was last written found no room; `low`: little room is left; `unreadable`:
 * the database cannot be opened or read.
 */
export type StorageProblem = 'denied' | 'full' | 'low' | 'unreadable';

export interface OpenedDatabase<Note> {
  db: ChatDatabase<Note>;
  /** `memory`: kept until the page is left. */
  kind: 'database' | 'memory';
  problem: StorageProblem | null;
}

/** Opening has been seen to hang in browsers with a damaged profile. Milliseconds. */
const LONGEST_OPENING_MS = 8000;

/** Opens the person's database, or where the browser has none, one in this page's memory. */
export async function openDatabase<Note>(user: User): Promise<OpenedDatabase<Note>> {
  let db: ChatDatabase<Note> | undefined;
  // What cannot be taken over is still where it was.
  if (adopting) await adoptPlainDatabase(user).catch(() => {});
  try {
    db = new ChatDatabase<Note>(user);
    await within(LONGEST_OPENING_MS, db.open());
    return { db, kind: 'database', problem: null };
  } catch (error) {
    db?.close();
    return { db: await openInMemory(user), kind: 'memory', problem: openingProblem(error) };
  }
}

let memory: Promise<DatabaseApi> | undefined;

async function openInMemory<Note>(user: User): Promise<ChatDatabase<Note>> {
  // One for the whole page, so that each person finds their own again until it is left.
  memory ??= import('fake-indexeddb').then(({ IDBFactory, IDBKeyRange }) => ({
    indexedDB: new IDBFactory(),
    IDBKeyRange,
  }));
  const db = new ChatDatabase<Note>(user, await memory);
  await db.open();
  return db;
}

/** A private window, an embedded page or blocked site data answer in one of these ways. */
const DENIALS = ['MissingAPIError', 'SecurityError', 'InvalidStateError', 'NotAllowedError'];

function openingProblem(error: unknown): StorageProblem {
  if (isQuotaError(error)) return 'full';
  return errorNames(error).some((name) => DENIALS.includes(name)) ? 'denied' : 'unreadable';
}

export function isQuotaError(error: unknown): boolean {
  return errorNames(error).includes('QuotaExceededError');
}

/** The names of an error and of the ones it was made of: Dexie wraps what a browser throws. */
function errorNames(error: unknown): string[] {
  const names: string[] = [];
  let cause = error;
  while (typeof cause === 'object' && cause !== null && names.length < 5) {
    if ('name' in cause) names.push(String(cause.name));
    cause = 'inner' in cause ? cause.inner : undefined;
  }
  return names;
}

function within<T>(ms: number, promise: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Opening took too long.')), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
