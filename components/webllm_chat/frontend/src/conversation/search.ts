/**
 * Full-text search over one person's conversations. A scan of folded text in memory, not an index:
 * it finds parts of words, works in scripts without spaces, costs nothing when a message is
 * written, and goes through 10,000 messages in some ten milliseconds.
 */
import type { ChatDatabase } from './database';
import type { Conversation, Message } from './types';

export interface SearchHit {
  conversation: Conversation;
  /** Messages that have all words; 0 when only the title has them. */
  matches: number;
  /** The latest of them, to open the conversation at. */
  messageId: string | null;
  snippet: Snippet | null;
}

export interface Snippet {
  before: string;
  match: string;
  after: string;
}

interface Entry {
  conversationId: string;
  id: string;
  parentId: string | null;
  folded: string;
  createdAt: number;
  deleted: boolean;
}

/** Read at a time, so that the page stays responsive. Messages. */
const BATCH = 1000;
/** Tabs' writes can arrive a little out of order. Milliseconds. */
const OVERLAP_MS = 10_000;
/** Around a match. Characters. */
const CONTEXT = 40;

export class Search<Note> {
  readonly #entries = new Map<string, Entry>();
  #latest = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> = Promise.resolve();

  constructor(private readonly db: ChatDatabase<Note>) {}

  /**
   * @param query - all its words must be in the same message, or in the title.
   * @returns one hit for each conversation: those found by their title first, then the latest.
   */
  async find(query: string, conversations: readonly Conversation[]): Promise<SearchHit[]> {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    this.#reading = this.#reading.then(() => this.#readNews());
    await this.#reading;
    const found = new Map<string, { matches: number; latest: Entry }>();
    for (const entry of this.#entries.values()) {
      if (!words.every((word) => entry.folded.includes(word)) || this.#isDeleted(entry)) continue;
      const before = found.get(entry.conversationId);
      const later = !before || entry.createdAt > before.latest.createdAt;
      found.set(entry.conversationId, {
        matches: (before?.matches ?? 0) + 1,
        latest: later ? entry : before.latest,
      });
    }
    const hits = conversations.flatMap((conversation) => {
      const inTitle = words.every((word) => fold(conversation.title).includes(word));
      const inText = found.get(conversation.id);
      return inTitle || inText ? [{ conversation, inTitle, inText }] : [];
    });
    hits.sort(
      (a, b) =>
        Number(b.inTitle) - Number(a.inTitle) ||
        b.conversation.lastMessageAt - a.conversation.lastMessageAt,
    );
    const latest = hits.flatMap(({ inText }) => (inText ? [inText.latest] : []));
    const rows = await this.db.messages.bulkGet(
      latest.map(({ conversationId, id }) => [conversationId, id]),
    );
    const texts = new Map(rows.map((row, index) => [latest[index], row?.content ?? '']));
    return hits.map(({ conversation, inText }) => ({
      conversation,
      matches: inText?.matches ?? 0,
      messageId: inText?.latest.id ?? null,
      snippet: inText ? snippetOf(texts.get(inText.latest) ?? '', words) : null,
    }));
  }

  /** What changed since the last search; everything at the first. */
  async #readNews(): Promise<void> {
    let from = this.#latest - OVERLAP_MS;
    for (;;) {
      const rows = await this.db.messages
        .where('updatedAt')
        .aboveOrEqual(from)
        .limit(BATCH)
        .toArray();
      for (const row of rows) this.#enter(row);
      const last = rows.at(-1)?.updatedAt ?? from;
      // Imported messages can share one moment: then the batch must reach past it.
      if (rows.length < BATCH) return;
      if (last === from) {
        const same = await this.db.messages.where('updatedAt').equals(from).toArray();
        for (const row of same) this.#enter(row);
      }
      from = last === from ? from + 1 : last;
    }
  }

  #enter({
    conversationId,
    id,
    parentId,
    content,
    createdAt,
    updatedAt,
    deletedAt,
  }: Message): void {
    this.#latest = Math.max(this.#latest, updatedAt);
    this.#entries.set(entryKey(conversationId, id), {
      conversationId,
      id,
      parentId,
      folded: fold(content),
      createdAt,
      deleted: deletedAt !== null,
    });
  }

  /** With a message, all that follows it is deleted. */
  #isDeleted(entry: Entry): boolean {
    let at: Entry | undefined = entry;
    while (at) {
      if (at.deleted) return true;
      at =
        at.parentId === null
          ? undefined
          : this.#entries.get(entryKey(at.conversationId, at.parentId));
    }
    return false;
  }
}

/** Folding changes none of its lengths. */
const ASCII = /^[\0-\x7f]*$/;

/** Case, accents and width make no difference. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

/** The first of the words in a text, with what is around it. */
export function snippetOf(text: string, words: readonly string[]): Snippet | null {
  const folded = fold(text);
  const starts = words.map((word) => folded.indexOf(word));
  const first = Math.min(...starts.filter((start) => start >= 0));
  const word = words[starts.indexOf(first)];
  if (word === undefined) return null;
  const { start, end } = unfolded(text, first, first + word.length);
  const from = Math.max(0, start - CONTEXT);
  const to = end + CONTEXT;
  const line = (part: string) => part.replace(/\s+/g, ' ');
  return {
    before: (from > 0 ? '…' : '') + line(text.slice(from, start)),
    match: line(text.slice(start, end)),
    after: line(text.slice(end, to)) + (to < text.length ? '…' : ''),
  };
}

/** The characters of a text that a part of its folded form comes from: folding changes lengths. */
function unfolded(text: string, foldedStart: number, foldedEnd: number) {
  if (ASCII.test(text)) return { start: foldedStart, end: foldedEnd };
  let folded = 0;
  let index = 0;
  let start = 0;
  for (const character of text) {
    if (folded >= foldedEnd) break;
    if (folded <= foldedStart) start = index;
    folded += fold(character).length;
    index += character.length;
  }
  return { start, end: index };
}

function entryKey(conversationId: string, id: string): string {
  return `${conversationId} ${id}`;
}
