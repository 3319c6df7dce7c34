/** The answers that this tab receives: shown as they grow, stored now and then, in any conversation. */
import type { AnswerLocks } from './answer-locks';
import { type Message, type MessageStatus, now } from './types';

/** An answer that streams is shown at most this often: 30 times a second reads as steady. */
const PAINT_MS = 33;

const ON_ITS_WAY: readonly MessageStatus[] = ['waiting', 'streaming'];

export function isOnItsWay({ status }: { status: MessageStatus }): boolean {
  return ON_ITS_WAY.includes(status);
}

export class Answers<Note> {
  #rows = new Map<string, Message<Note>>();
  #unpainted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly locks: AnswerLocks,
    private readonly paint: (row: Message<Note>) => void,
  ) {}

  begin(row: Message<Note>): void {
    this.#rows.set(row.id, row);
    this.locks.hold(row.id);
  }

  get(id: string): Message<Note> | undefined {
    return this.#rows.get(id);
  }

  all(): Message<Note>[] {
    return [...this.#rows.values()];
  }

  /** The same message after a change of any kind; one that has ended is let go. */
  set(row: Message<Note>): void {
    if (!this.#rows.has(row.id)) return;
    this.#unpainted.delete(row.id);
    if (isOnItsWay(row)) {
      this.#rows.set(row.id, row);
      return;
    }
    this.#rows.delete(row.id);
    this.locks.release(row.id);
  }

  /** Adds text. The first words are shown at once, the next ones together with others. */
  append(id: string, text: string): Message<Note> | undefined {
    const before = this.#rows.get(id);
    if (!before) return undefined;
    const row = { ...before, content: before.content + text, updatedAt: now() };
    this.#rows.set(id, row);
    this.#unpainted.add(id);
    if (this.#timer === undefined || before.content === '') this.#paintAll();
    return row;
  }

  clear(): void {
    for (const id of this.#rows.keys()) this.locks.release(id);
    this.#rows.clear();
    this.#unpainted.clear();
  }

  #paintAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unpainted.size === 0) return;
    for (const id of this.#unpainted) {
      const row = this.#rows.get(id);
      if (row) this.paint(row);
    }
    this.#unpainted.clear();
    this.#timer = setTimeout(() => this.#paintAll(), PAINT_MS);
  }
}
