/** One person's data: the database, and over it what still waits to be written there. */
import {
  type ChatDatabase,
  type DefaultSettings,
  type Key,
  type OpenedDatabase,
  openDatabase,
  type TableName,
  type User,
} from './database';
import { keepUnwritten, unwritten } from './journal';
import type { Preset } from './settings';
import { type Change, TabChannel } from './tabs';
import type { Conversation, Message, View } from './types';
import { WriteBuffer } from './write-buffer';

export interface PersonEvents {
  /** Another tab changed something. */
  changed: (change: Change) => void;
  written: () => void;
  failed: (error: unknown) => void;
  /** The browser closed the database by itself, as it does when site data are cleared. */
  closed: () => void;
}

export class Person<Note> {
  readonly #buffer: WriteBuffer<Note>;
  #db: ChatDatabase<Note> | undefined;
  #channel: TabChannel | undefined;
  #user: User | undefined;
  #leaving = false;
  #turn: Promise<unknown> = Promise.resolve();
  /** Grows with each write: what was read across one may be older than what is known. */
  #writes = 0;

  constructor(private readonly events: PersonEvents) {
    this.#buffer = new WriteBuffer({
      written: (keys) => {
        this.#writes += 1;
        this.#channel?.tell(keys);
        this.events.written();
      },
      failed: (error) => this.events.failed(error),
    });
  }

  get db(): ChatDatabase<Note> | undefined {
    return this.#db;
  }

  open(user: User): Promise<Omit<OpenedDatabase<Note>, 'db'>> {
    return this.#inTurn(() => this.#open(user));
  }

  /** @returns whether everything was written; else it still waits here. */
  close(): Promise<boolean> {
    return this.#inTurn(() => this.#close());
  }

  /** Whoever comes back while the database is still being closed opens it after that. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #open(user: User): Promise<Omit<OpenedDatabase<Note>, 'db'>> {
    this.#leaving = true;
    this.#db?.close();
    this.#leaving = false;
    this.#user = user;
    const { db, kind, problem } = await openDatabase<Note>(user);
    this.#db = db;
    this.#channel ??= new TabChannel(user, (change) => this.events.changed(change));
    db.on('close', () => {
      if (!this.#leaving) this.events.closed();
    });
    this.#buffer.attach(db);
    // What is left there must not keep anyone from what is in the database.
    await this.#recover(db, user).catch(() => {});
    return { kind, problem };
  }

  async #close(): Promise<boolean> {
    this.#leaving = true;
    this.#channel?.close();
    this.#channel = undefined;
    await this.#buffer.flush();
    if (!this.#buffer.isEmpty) return false;
    this.#db?.close();
    return true;
  }

  /** Keeps what is not written where the next page finds it: the page is being left. */
  leavePage(): void {
    if (this.#user !== undefined) keepUnwritten(this.#user, this.#buffer.pending());
  }

  /** Writes what an earlier page could not, unless it was changed since. */
  async #recover(db: ChatDatabase<Note>, user: User): Promise<void> {
    const { writes, drop } = unwritten(user);
    for (const { table, key, row, fields } of writes) {
      const stored = (await db.table(table).get(key)) as { updatedAt: number } | undefined;
      if (!stored || stored.updatedAt <= row.updatedAt)
        this.#buffer.set(table, key, row, fields, 0);
    }
    await this.#buffer.flush();
    if (this.#buffer.isEmpty) drop();
  }

  set<T extends { updatedAt: number }>(
    table: TableName,
    key: Key,
    row: T,
    fields: readonly (keyof T & string)[],
    delayMs: number,
  ): void {
    this.#buffer.set(table, key, row, fields, delayMs);
  }

  async delete(table: TableName, key: string): Promise<void> {
    this.#buffer.drop(table, key);
    await this.#db?.table(table).delete(key);
    this.#channel?.tell([{ table, key }]);
  }

  flush(): Promise<void> {
    return this.#buffer.flush();
  }

  failedRows<T>(table: TableName): Iterable<T> {
    return this.#buffer.failedRows<T>(table);
  }

  /** Tells the other tabs to look at everything again. */
  tellAll(): void {
    this.#channel?.tell('all');
  }

  conversations(): Promise<Conversation[]> {
    return this.#read<Conversation>(
      'conversations',
      async (db) => db.conversations.toArray(),
      ({ id }) => id,
    );
  }

  /** Messages of one conversation, deleted ones included: all, or the ones named. */
  messagesOf(conversationId: string, ids?: readonly string[]): Promise<Message<Note>[]> {
    return this.#read<Message<Note>>(
      'messages',
      async (db) => {
        if (!ids) return db.messagesOf(conversationId).toArray();
        const rows = await db.messages.bulkGet(ids.map((id) => [conversationId, id]));
        return rows.filter((row) => row !== undefined);
      },
      (row) => [row.conversationId, row.id],
      (row) => row.conversationId === conversationId && (!ids || ids.includes(row.id)),
    );
  }

  async view(conversationId: string): Promise<View | undefined> {
    const rows = await this.#read<View>(
      'views',
      async (db) => {
        const row = await db.views.get(conversationId);
        return row ? [row] : [];
      },
      (row) => row.conversationId,
      (row) => row.conversationId === conversationId,
    );
    return rows[0];
  }

  presets(): Promise<Preset[]> {
    return this.#read<Preset>(
      'presets',
      async (db) => db.presets.toArray(),
      ({ id }) => id,
    );
  }

  async defaults(): Promise<DefaultSettings | undefined> {
    const rows = await this.#read<DefaultSettings>(
      'defaults',
      async (db) => db.defaults.toArray(),
      ({ key }) => key,
    );
    return rows[0];
  }

  /** What is stored, with what waits over it; what waits alone, where nothing can be read. */
  async #read<T extends object>(
    table: TableName,
    query: (db: ChatDatabase<Note>) => Promise<T[]>,
    keyOf: (row: T) => Key,
    belongs: (row: T) => boolean = () => true,
  ): Promise<T[]> {
    const rows = new Map<string, T>();
    let writes: number;
    do {
      writes = this.#writes;
      const stored = this.#db ? await query(this.#db) : [];
      rows.clear();
      for (const row of stored) {
        const key = keyOf(row);
        rows.set(JSON.stringify(key), this.#buffer.overlay(table, key, row));
      }
    } while (writes !== this.#writes);
    for (const row of this.#buffer.rows<T>(table)) {
      const key = JSON.stringify(keyOf(row));
      if (belongs(row) && !rows.has(key)) rows.set(key, row);
    }
    return [...rows.values()];
  }
}
