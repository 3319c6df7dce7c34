/**
 * What has changed in memory and is still to be written. The page never waits for the database,
 * and what cannot be written stays here, so that nothing is lost while the page is open.
 */
import type { ChatDatabase, Key, TableName } from './database';

interface Entry {
  table: TableName;
  key: Key;
  /** The whole row as this tab knows it. */
  row: Row;
  /** The fields that this tab changed; another tab may have changed others. */
  fields: Set<string>;
  /** Being written now. */
  writing: Set<string>;
  failed: boolean;
}

type Row = { updatedAt: number };

export interface WrittenKey {
  table: TableName;
  key: Key;
}

/** One row's changes, as they can be kept elsewhere. */
export interface PendingWrite extends WrittenKey {
  row: { updatedAt: number };
  fields: string[];
}

export interface WriteBufferEvents {
  written: (keys: WrittenKey[]) => void;
  failed: (error: unknown) => void;
}

/** After a failed write, the next attempt. Milliseconds. */
const RETRY_MS = 15_000;

export class WriteBuffer<Note> {
  #entries = new Map<string, Entry>();
  #db: ChatDatabase<Note> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Number.POSITIVE_INFINITY;
  #writing: Promise<void> | undefined;

  constructor(private readonly events: WriteBufferEvents) {}

  /** From now on, what is set is written there. */
  attach(db: ChatDatabase<Note>): void {
    this.#db = db;
    this.#due = Number.POSITIVE_INFINITY;
    if (this.#entries.size > 0) this.#schedule(0);
  }

  /** @param delayMs - the write may wait this long, for others to go with it. */
  set(table: TableName, key: Key, row: Row, fields: readonly string[], delayMs: number): void {
    const id = entryId(table, key);
    const entry = this.#entries.get(id);
    if (entry) {
      entry.row = row;
      for (const field of fields) entry.fields.add(field);
    } else {
      this.#entries.set(id, {
        table,
        key,
        row,
        fields: new Set(fields),
        writing: new Set(),
        failed: false,
      });
    }
    this.#schedule(delayMs);
  }

  /** Everything that waits. */
  pending(): PendingWrite[] {
    return [...this.#entries.values()].map(({ table, key, row, fields, writing }) => ({
      table,
      key,
      row,
      fields: [...writing, ...fields],
    }));
  }

  /** A row from the database as it will be once what waits here is written. */
  overlay<T extends object>(table: TableName, key: Key, row: T): T {
    const entry = this.#entries.get(entryId(table, key));
    return entry ? (merge(row, entry, [...entry.writing, ...entry.fields]) as T) : row;
  }

  /** The rows of a table that wait here. */
  *rows<T>(table: TableName): Iterable<T> {
    for (const entry of this.#entries.values()) if (entry.table === table) yield entry.row as T;
  }

  /** Forgets what waits of a row that is to be gone. */
  drop(table: TableName, key: Key): void {
    this.#entries.delete(entryId(table, key));
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** The rows whose last write failed. */
  *failedRows<T>(table: TableName): Iterable<T> {
    for (const { table: of, failed, row } of this.#entries.values()) {
      if (failed && of === table) yield row as T;
    }
  }

  /** Resolves when everything set before has been written, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
    while (this.#writing) await this.#writing;
    const db = this.#db;
    const batch = [...this.#entries.values()].filter(({ fields }) => fields.size > 0);
    if (!db || batch.length === 0) return;
    this.#writing = this.#write(db, batch).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(db: ChatDatabase<Note>, batch: Entry[]): Promise<void> {
    for (const entry of batch) {
      entry.writing = entry.fields;
      entry.fields = new Set();
    }
    try {
      await db.transaction('rw', tablesOf(db, batch), async () => {
        for (const table of tablesOf(db, batch)) {
          const entries = batch.filter((entry) => entry.table === table.name);
          const existing = await table.bulkGet(entries.map(({ key }) => key));
          // A row that is gone (site data cleared while the page was open) is written whole.
          await table.bulkPut(
            entries.map((entry, index) => {
              const row = existing[index];
              return row ? merge(row, entry, entry.writing) : entry.row;
            }),
          );
        }
      });
      for (const entry of batch) {
        entry.writing = new Set();
        entry.failed = false;
        if (entry.fields.size === 0) this.#entries.delete(entryId(entry.table, entry.key));
      }
      this.events.written(batch.map(({ table, key }) => ({ table, key })));
    } catch (error) {
      for (const entry of batch) {
        entry.fields = new Set([...entry.writing, ...entry.fields]);
        entry.writing = new Set();
        entry.failed = true;
      }
      this.#schedule(RETRY_MS);
      this.events.failed(error);
    }
  }

  #schedule(delayMs: number): void {
    const due = Date.now() + delayMs;
    if (!this.#db || due >= this.#due) return;
    this.#due = due;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), delayMs);
  }
}

function entryId(table: TableName, key: Key): string {
  return JSON.stringify([table, key]);
}

function merge(row: object, entry: Entry, fields: Iterable<string>): object {
  const own = entry.row as Record<string, unknown>;
  return { ...row, ...Object.fromEntries(Array.from(fields, (field) => [field, own[field]])) };
}

function tablesOf<Note>(db: ChatDatabase<Note>, batch: Entry[]) {
  return [...new Set(batch.map(({ table }) => table))].map((table) => db.table(table));
}
