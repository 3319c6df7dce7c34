/** The rows in memory, kept in step with the database and with the person's other tabs. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type AnswerLocks, answerLocks } from './answer-locks';
import { Answers, isOnItsWay } from './answers';
import { isQuotaError, type User } from './database';
import { countGuestConversations } from './guest';
import { OpenMessages } from './open-messages';
import { Person } from './person';
import { Preferences } from './preferences';
import { purge, UNDO_MS } from './purge';
import { Search, type SearchHit } from './search';
import { type ConversationState, INITIAL_STATE, inOrder, kept, type StorageState } from './state';
import { recall, remember } from './tab-memory';
import type { Change } from './tabs';
import {
  type Conversation,
  fieldsOf,
  type Message,
  NEW_CONVERSATION,
  now,
  type View,
} from './types';

/** How long a change may wait for others to be written with it. Milliseconds. */
export const DELAY = { change: 0, stream: 500, typing: 300 };

/** With less room than this, a long conversation may soon not be stored. Bytes. */
const LITTLE_ROOM = 16 * 2 ** 20;

/** From this many messages on, another tab's changes are read all at once. */
const MANY = 20;

export class Records<Note> {
  readonly state: StoreApi<ConversationState<Note>> = createStore(
    () => INITIAL_STATE as ConversationState<Note>,
  );
  readonly preferences: Preferences<Note> = new Preferences(this.state, () => this.person);
  readonly messages: OpenMessages<Note> = new OpenMessages(this.state);
  readonly answers: Answers<Note>;
  /** Deleted ones that can still be brought back included. */
  readonly conversations = new Map<string, Conversation>();
  person: Person<Note> = this.#newPerson();
  /** Of people who left while the browser refused to store something. */
  #unwritten = new Map<User, Person<Note>>();
  #databaseOpened: Promise<unknown> = Promise.resolve();
  #opened: Promise<void> = Promise.resolve();
  #loaded: Promise<void> = Promise.resolve();
  #watched = new Set<string>();
  #search: Search<Note> | undefined;

  constructor(private readonly locks: AnswerLocks = answerLocks()) {
    this.answers = new Answers(locks, (row) => this.show(row));
  }

  // ---- whose ----------------------------------------------------------------------------------

  /** See `ConversationStore.setUser`. */
  setUser(user: User): Promise<void> {
    const before = this.state.getState();
    if (before.user === user) return this.#opened;
    if (before.user !== undefined) {
      this.#leave(before.user);
      this.person = this.#unwritten.get(user) ?? this.#newPerson();
      this.#search = undefined;
    }
    this.#recall(user);
    this.#opened = this.#open(this.person, user);
    return this.#opened;
  }

  /** What the tab itself remembers, at once; what was begun before the person was known stays. */
  #recall(user: User): void {
    const { openId: begun, draft } = this.state.getState();
    const { openId, drafts, newSettings, newPresetId } = recall(user);
    const open = begun ?? openId;
    this.state.setState({
      user,
      openId: open,
      loading: open !== begun,
      draft: draft || (drafts[open ?? NEW_CONVERSATION] ?? ''),
    });
    if (open === null) this.state.setState({ settings: newSettings, presetId: newPresetId });
    if (begun !== null) remember(user, { openId: begun });
    if (draft !== '') this.saveDraft();
  }

  #leave(user: User): void {
    const { person } = this;
    for (const row of this.answers.all()) {
      this.saveMessage({ ...row, status: 'interrupted' }, ['status'], DELAY.change);
    }
    this.answers.clear();
    this.#unwritten.set(user, person);
    void person.close().then((written) => {
      if (written && this.person !== person) this.#unwritten.delete(user);
    });
    this.conversations.clear();
    this.messages.replace([]);
    this.state.setState(INITIAL_STATE as ConversationState<Note>, true);
  }

  async #open(person: Person<Note>, user: User): Promise<void> {
    const opening = person.open(user);
    this.#databaseOpened = opening;
    const { kind, problem } = await opening;
    if (person !== this.person) return;
    this.#setStorage({ kind, problem });
    await this.reload();
    const { openId } = this.state.getState();
    await Promise.all([
      openId === null ? this.#loadDraft(NEW_CONVERSATION) : this.load(openId),
      this.#purge(),
      this.estimate(),
      this.countGuestConversations(),
    ]);
  }

  /** See `ConversationStore.leavePage`. */
  leavePage(): void {
    for (const person of new Set([this.person, ...this.#unwritten.values()])) person.leavePage();
  }

  async countGuestConversations(): Promise<void> {
    const { person } = this;
    const { user } = this.state.getState();
    const guestConversations = user ? await countGuestConversations() : 0;
    if (person === this.person) this.state.setState({ guestConversations });
  }

  // ---- reading --------------------------------------------------------------------------------

  /** Resolves when the open conversation's messages are there. */
  async whenLoaded(): Promise<void> {
    await this.#opened;
    await this.#loaded;
  }

  /** Shows another conversation, or a new one; its messages are still to be read. */
  turnTo(
    openId: string | null,
    { settings, presetId }: Pick<Conversation, 'settings' | 'presetId'>,
    draft = '',
  ): void {
    const { user } = this.state.getState();
    this.messages.replace([]);
    this.state.setState({
      openId,
      loading: openId !== null,
      draft: (user !== undefined && recall(user).drafts[openId ?? NEW_CONVERSATION]) || draft,
      scroll: null,
      comparison: null,
      settings,
      presetId,
    });
    if (user !== undefined) remember(user, { openId });
  }

  /** Leaves a conversation that is gone. What was being typed there goes along. */
  turnToNew(): void {
    const { user, draft } = this.state.getState();
    const { newSettings, newPresetId } = recall(user ?? null);
    this.turnTo(null, { settings: newSettings, presetId: newPresetId }, draft);
  }

  /** Reads the messages of the conversation that was just opened. */
  load(conversationId: string): Promise<void> {
    this.#loaded = this.#load(conversationId);
    return this.#loaded;
  }

  async #load(conversationId: string): Promise<void> {
    const { person } = this;
    await this.#databaseOpened;
    const isCurrent = () =>
      person === this.person && this.state.getState().openId === conversationId;
    try {
      await this.#loadDraft(conversationId);
      const rows = await person.messagesOf(conversationId);
      if (!isCurrent()) return;
      this.messages.replace(rows);
      for (const row of rows) this.#watch(row);
    } catch {
      if (isCurrent()) this.#setStorage({ problem: 'unreadable' });
    } finally {
      if (isCurrent()) this.state.setState({ loading: false });
    }
  }

  /** A draft that this tab does not remember may be in the database. */
  async #loadDraft(key: string): Promise<void> {
    const { person } = this;
    const view = await person.view(key).catch(() => undefined);
    const { openId, draft } = this.state.getState();
    if (!view || person !== this.person || (openId ?? NEW_CONVERSATION) !== key) return;
    this.state.setState({ scroll: view.scroll, draft: draft || view.draft });
  }

  /** Reads the list, the settings and the presets. */
  async reload(): Promise<void> {
    const { person } = this;
    try {
      await this.preferences.load();
      const rows = await person.conversations();
      if (person !== this.person) return;
      const before = new Map(this.conversations);
      this.conversations.clear();
      for (const row of rows) {
        const known = before.get(row.id);
        this.conversations.set(row.id, known?.updatedAt === row.updatedAt ? known : row);
      }
      this.#showList();
      const { openId } = this.state.getState();
      if (openId !== null && this.conversations.get(openId)?.deletedAt !== null) this.turnToNew();
    } catch {
      if (person === this.person) this.#setStorage({ problem: 'unreadable' });
    }
  }

  /** After many rows were written at once: looks at everything again, here and in other tabs. */
  async changedAtLarge(): Promise<void> {
    await this.#takeOver(this.person, 'all');
    this.person.tellAll();
  }

  search(query: string): Promise<SearchHit[]> {
    const { db } = this.person;
    if (!db) return Promise.resolve([]);
    this.#search ??= new Search(db);
    return this.#search.find(query, this.state.getState().conversations);
  }

  async #takeOver(person: Person<Note>, change: Change): Promise<void> {
    if (person !== this.person) return;
    const { openId } = this.state.getState();
    const everything = change === 'all';
    // What was imported carries times of long ago, at which the search looks no more.
    if (everything) this.#search = undefined;
    if (everything || change.some(({ table }) => table !== 'messages' && table !== 'views')) {
      await this.reload();
    }
    const ids = everything
      ? []
      : change.flatMap(({ table, key }) => {
          const [conversationId, id] = table === 'messages' ? (key as [string, string]) : [];
          return id !== undefined && conversationId === openId ? [id] : [];
        });
    if (openId === null || !(everything || ids.length > 0)) return;
    const rows =
      everything || ids.length > MANY
        ? await person.messagesOf(openId)
        : await person.messagesOf(openId, ids);
    if (person !== this.person || this.state.getState().openId !== openId) return;
    this.messages.set(...rows.map((row) => this.#ownOr(row)));
    for (const row of rows) this.#watch(row);
  }

  /** Of an answer that this tab receives, another tab can only have moved or deleted the place. */
  #ownOr(row: Message<Note>): Message<Note> {
    const own = this.answers.get(row.id);
    if (!own) return row;
    const { chosenAt, deletedAt } = row;
    const both = { ...own, chosenAt, deletedAt };
    this.answers.set(both);
    return both;
  }

  /** An answer that no tab receives any more was interrupted. */
  #watch({ conversationId, id, status }: Message<Note>): void {
    const known = this.#watched.has(id) || this.answers.get(id) !== undefined;
    if (known || !isOnItsWay({ status })) return;
    const { person } = this;
    this.#watched.add(id);
    void this.locks.whenFree(id).then(async () => {
      this.#watched.delete(id);
      const [row] = await person.messagesOf(conversationId, [id]);
      if (!row || !isOnItsWay(row) || this.answers.get(id) || person !== this.person) return;
      const ended: Message<Note> = { ...row, status: 'interrupted', updatedAt: now() };
      this.saveMessage(ended, ['status'], DELAY.change);
      this.show(ended);
    });
  }

  // ---- writing --------------------------------------------------------------------------------

  saveMessage(row: Message<Note>, fields: readonly (keyof Message)[], delayMs: number): void {
    const key = [row.conversationId, row.id];
    this.person.set('messages', key, row, [...fields, 'updatedAt'], delayMs);
  }

  show(row: Message<Note>): void {
    if (row.conversationId === this.state.getState().openId) this.messages.set(row);
  }

  saveConversation(row: Conversation, fields: readonly (keyof Conversation)[]): void {
    this.conversations.set(row.id, row);
    this.person.set('conversations', row.id, row, [...fields, 'updatedAt'], DELAY.change);
    this.#showList();
  }

  saveDraft(): void {
    const { user, openId, draft } = this.state.getState();
    if (user !== undefined) {
      const { [openId ?? NEW_CONVERSATION]: _, ...others } = recall(user).drafts;
      const own = draft === '' ? {} : { [openId ?? NEW_CONVERSATION]: draft };
      remember(user, { drafts: { ...others, ...own } });
    }
    this.saveView(['draft']);
  }

  saveView(fields: readonly ('draft' | 'scroll')[]): void {
    const { openId, draft, scroll } = this.state.getState();
    const conversationId = openId ?? NEW_CONVERSATION;
    const row: View = { conversationId, draft, scroll, updatedAt: now() };
    const changed = ['conversationId', 'updatedAt', ...fields] as const;
    this.person.set('views', conversationId, row, changed, DELAY.typing);
  }

  #showList(): void {
    const { conversations, openId } = this.state.getState();
    this.state.setState({
      conversations: kept(conversations, inOrder(this.conversations.values())),
    });
    const open = openId === null ? undefined : this.conversations.get(openId);
    if (open) this.state.setState({ settings: open.settings, presetId: open.presetId });
  }

  // ---- what can go wrong ----------------------------------------------------------------------

  #newPerson(): Person<Note> {
    const person: Person<Note> = new Person({
      changed: (change) => void this.#takeOver(person, change),
      written: () => {
        if (person === this.person) this.#written();
      },
      failed: (error) => {
        if (person === this.person) this.#writeFailed(error);
      },
      closed: () => {
        if (person === this.person) this.#writeAllAgain();
      },
    });
    return person;
  }

  #written(): void {
    const { unsaved, storage } = this.state.getState();
    if (unsaved.size === 0 && storage.problem !== 'full') return;
    this.#showUnsaved();
    this.#setStorage({ problem: null });
    void this.estimate();
  }

  #writeFailed(error: unknown): void {
    this.#showUnsaved();
    this.#setStorage({ problem: isQuotaError(error) ? 'full' : 'unreadable' });
  }

  #showUnsaved(): void {
    const rows = this.person.failedRows<Message>('messages');
    this.state.setState({ unsaved: new Set(Array.from(rows, ({ id }) => id)) });
  }

  /** When site data are cleared under an open page, what is in memory is stored again. */
  #writeAllAgain(): void {
    const rows = new Map(Array.from(this.messages.all(), (row) => [row.id, row]));
    for (const row of this.answers.all()) rows.set(row.id, row);
    const ids = new Set(Array.from(rows.values(), ({ conversationId }) => conversationId));
    for (const id of ids) {
      const conversation = this.conversations.get(id);
      if (conversation) this.saveConversation(conversation, fieldsOf(conversation));
    }
    for (const row of rows.values()) this.saveMessage(row, fieldsOf(row), DELAY.change);
  }

  /** Asks the browser how much room is left, and says so when it is little. */
  async estimate(): Promise<void> {
    const estimate = await globalThis.navigator?.storage?.estimate().catch(() => undefined);
    if (!estimate) return;
    const { quota, usage = 0 } = estimate;
    const freeBytes = quota === undefined ? null : Math.max(0, quota - usage);
    const { problem } = this.state.getState().storage;
    const low = freeBytes !== null && freeBytes < LITTLE_ROOM;
    this.#setStorage({
      freeBytes,
      ...(problem === null || problem === 'low' ? { problem: low ? 'low' : null } : {}),
    });
  }

  #setStorage(change: Partial<StorageState>): void {
    this.state.setState(({ storage }) => ({ storage: { ...storage, ...change } }));
  }

  // ---- what was deleted -----------------------------------------------------------------------

  purgeLater(): void {
    setTimeout(() => void this.#purge(), UNDO_MS + 1000);
  }

  async #purge(): Promise<void> {
    const { person } = this;
    if (!person.db) return;
    const gone = await purge(person.db, now() - UNDO_MS).catch(() => []);
    if (person !== this.person) return;
    for (const id of gone) this.conversations.delete(id);
  }
}
