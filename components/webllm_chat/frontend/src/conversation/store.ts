/**
 * The conversations of one person in this browser. The interface reads `state` and calls the
 * methods; every change is in `state` at once and in the database a moment later.
 */
import { nanoid } from 'nanoid';
import type { StoreApi } from 'zustand/vanilla';
import type { AnswerLocks } from './answer-locks';
import type { User } from './database';
import { type HistoryMessage, historyBefore } from './history';
import type { Preferences } from './preferences';
import { DELAY, Records } from './records';
import type { SearchHit } from './search';
import {
  type ConversationSettings,
  changedSettings,
  LONGEST_NAME,
  type SettingName,
  type SettingsChange,
  wrongSettings,
} from './settings';
import type { ConversationState } from './state';
import { recall, remember } from './tab-memory';
import { firstWords } from './title';
import { Transfer } from './transfer/transfer';
import { branchTo, shownChild } from './tree';
import { type Conversation, fieldsOf, type Message, now, type ScrollAnchor } from './types';

export type { ConversationState, StorageState } from './state';
export type { Conversation, Message, MessageStats, MessageStatus } from './types';

export class ConversationStore<Note = unknown> {
  readonly state: StoreApi<ConversationState<Note>>;
  readonly preferences: Preferences<Note>;
  readonly transfer: Transfer<Note>;
  readonly #records: Records<Note>;

  /** @param locks - by default the browser's. */
  constructor(locks?: AnswerLocks) {
    this.#records = new Records(locks);
    this.state = this.#records.state;
    this.preferences = this.#records.preferences;
    this.transfer = new Transfer(this.#records);
  }

  /**
   * Shows this person's conversations, and nobody else's from the moment it is called. What was
   * written before the first call becomes this person's.
   */
  setUser(user: User): Promise<void> {
    return this.#records.setUser(user);
  }

  /** Resolves when the open conversation's messages are there. */
  whenLoaded(): Promise<void> {
    return this.#records.whenLoaded();
  }

  /** Keeps what is not written yet, at once: the page may be gone before a write has ended. */
  leavePage(): void {
    this.#records.leavePage();
  }

  /** Writes what waits. Resolves also when it could not be written. */
  flush(): Promise<void> {
    return this.#records.person.flush();
  }

  // ---- the list -----------------------------------------------------------------------------

  /** Opens a conversation; resolves when its messages are there. One that is gone opens nothing. */
  async open(conversationId: string): Promise<void> {
    const conversation = this.#records.conversations.get(conversationId);
    if (!conversation || conversation.deletedAt !== null) return;
    this.#records.turnTo(conversationId, conversation);
    await this.#records.load(conversationId);
  }

  /** Shows an empty conversation. It is stored with its first message. */
  openNew(): void {
    const { newSettings, newPresetId } = this.#recalled();
    this.#records.turnTo(null, { settings: newSettings, presetId: newPresetId });
  }

  /** Searches titles and messages; resolves within a moment even among 10,000 messages. */
  async search(query: string): Promise<SearchHit[]> {
    await this.flush();
    return this.#records.search(query);
  }

  /** @param title - an empty one changes nothing. */
  rename(conversationId: string, title: string, titledBy: 'visitor' | 'model' = 'visitor'): void {
    const clean = title.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME);
    if (clean !== '') this.#changeConversation(conversationId, { title: clean, titledBy });
  }

  setPinned(conversationId: string, pinned: boolean): void {
    this.#changeConversation(conversationId, { pinned });
  }

  /** They can be restored for ten minutes (`UNDO_MS`); then they are gone for good. */
  deleteConversations(conversationIds: readonly string[]): void {
    for (const id of conversationIds) this.#changeConversation(id, { deletedAt: now() });
    const { openId } = this.state.getState();
    if (openId !== null && conversationIds.includes(openId)) this.#records.turnToNew();
    this.#records.purgeLater();
  }

  restoreConversations(conversationIds: readonly string[]): void {
    for (const id of conversationIds) this.#changeConversation(id, { deletedAt: null });
  }

  // ---- the open conversation ----------------------------------------------------------------

  setDraft(draft: string): void {
    this.state.setState({ draft });
    this.#records.saveDraft();
  }

  /** @param scroll - null: at the end. */
  setScroll(scroll: ScrollAnchor | null): void {
    this.state.setState({ scroll });
    this.#records.saveView(['scroll']);
  }

  /** @returns what is out of bounds, by field; then nothing was changed. */
  setSettings(change: SettingsChange): SettingName[] {
    const settings = changedSettings(this.state.getState().settings, change);
    const wrong = wrongSettings(settings);
    if (wrong.length === 0) this.#setSettings({ settings });
    return wrong;
  }

  /** Takes a preset's settings over; later changes of the preset change nothing here. */
  usePreset(presetId: string): void {
    const preset = this.state.getState().presets.find(({ id }) => id === presetId);
    if (preset) this.#setSettings({ settings: preset.settings, presetId });
  }

  /** Adds a question at the end of the branch that is shown, and the answer to come. @returns the answer's id. */
  addTurn(content: string): string {
    const { openId, messageIds } = this.state.getState();
    const conversationId = openId ?? this.#begin(content);
    const question = newMessage<Note>(conversationId, messageIds.at(-1) ?? null, 'user', content);
    return this.#addWithAnswer(question);
  }

  /** Adds another wording of a question, and the answer to come. @returns the answer's id. */
  editQuestion(questionId: string, content: string): string | null {
    const first = this.#records.messages.get(questionId);
    if (first?.role !== 'user') return null;
    return this.#addWithAnswer(newMessage(first.conversationId, first.parentId, 'user', content));
  }

  /** Adds another answer to come. @returns its id. */
  addAnswer(questionId: string): string | null {
    const question = this.#records.messages.get(questionId);
    if (question?.role !== 'user') return null;
    return this.#addAnswer(question);
  }

  /** Shows the branch that leads to a message. */
  choose(messageId: string): void {
    const { tree } = this.state.getState();
    for (const { id, parentId } of branchTo(tree, messageId)) {
      const shown = shownChild(tree, parentId);
      if (shown === id) continue;
      const other = shown === null ? undefined : tree.messages.get(shown);
      // An import can hold times that are still to come.
      this.update(id, () => ({ chosenAt: Math.max(now(), (other?.chosenAt ?? 0) + 1) }));
    }
    this.state.setState({ comparison: null });
  }

  /** Shows two answers to the same question side by side, until one is chosen. */
  compare(answerId: string, otherId: string): void {
    this.state.setState({ comparison: [answerId, otherId] });
  }

  /** Deletes a message and what follows it; it can be restored for ten minutes. */
  deleteMessage(messageId: string): void {
    this.update(messageId, () => ({ deletedAt: now() }));
    this.#records.purgeLater();
  }

  restoreMessage(messageId: string): void {
    this.update(messageId, () => ({ deletedAt: null, chosenAt: now() }));
  }

  // ---- answers ------------------------------------------------------------------------------

  /** What an engine reads to answer: the branch before this answer, its question last, no thoughts. */
  historyBefore(answerId: string): HistoryMessage[] {
    return historyBefore(this.state.getState().tree, answerId);
  }

  message(id: string): Message<Note> | undefined {
    return this.#records.answers.get(id) ?? this.#records.messages.get(id);
  }

  /** Changes a message of the open conversation, or an answer that this tab receives. */
  update(id: string, change: (message: Message<Note>) => Partial<Message<Note>>): void {
    const before = this.message(id);
    if (!before) return;
    const fields = change(before);
    const row = { ...before, ...fields, updatedAt: now() };
    this.#records.answers.set(row);
    this.#records.saveMessage(row, fieldsOf(fields), DELAY.change);
    this.#records.show(row);
  }

  /** Lets an answer that has ended grow again. */
  resume(id: string): void {
    const row = this.message(id);
    if (!row) return;
    this.#records.answers.begin({ ...row, status: 'waiting' });
    this.update(id, () => ({ status: 'waiting', errorKind: null }));
  }

  append(id: string, text: string): void {
    const row = this.#records.answers.append(id, text);
    if (row) this.#records.saveMessage(row, ['content', 'status'], DELAY.stream);
  }

  // ---- inside -------------------------------------------------------------------------------

  #changeConversation(id: string, fields: Partial<Conversation>): void {
    const before = this.#records.conversations.get(id);
    if (!before) return;
    const row = { ...before, ...fields, updatedAt: now() };
    this.#records.saveConversation(row, fieldsOf(fields));
  }

  #setSettings(change: { settings: ConversationSettings; presetId?: string }): void {
    this.state.setState(change);
    const { user, openId, settings, presetId } = this.state.getState();
    if (openId !== null) this.#changeConversation(openId, change);
    else if (user !== undefined) remember(user, { newSettings: settings, newPresetId: presetId });
  }

  #recalled(): ReturnType<typeof recall> {
    const { user } = this.state.getState();
    return recall(user ?? null);
  }

  #remember(change: Parameters<typeof remember>[1]): void {
    const { user } = this.state.getState();
    if (user !== undefined) remember(user, change);
  }

  #begin(question: string): string {
    const { settings, presetId } = this.state.getState();
    const time = now();
    const conversation: Conversation = {
      id: nanoid(),
      title: firstWords(question),
      titledBy: 'words',
      pinned: false,
      settings,
      presetId,
      createdAt: time,
      lastMessageAt: time,
      updatedAt: time,
      deletedAt: null,
    };
    this.state.setState({ openId: conversation.id });
    this.#remember({ openId: conversation.id, newSettings: {}, newPresetId: null });
    this.#records.saveConversation(conversation, fieldsOf(conversation));
    return conversation.id;
  }

  #addWithAnswer(question: Message<Note>): string {
    this.#add(question);
    return this.#addAnswer(question);
  }

  #addAnswer(question: Message<Note>): string {
    const { conversationId, id } = question;
    const answer = newMessage<Note>(conversationId, id, 'assistant', '');
    this.#records.answers.begin(answer);
    this.#add(answer);
    this.#changeConversation(conversationId, { lastMessageAt: answer.createdAt });
    // A model on its way can fill the storage between two questions.
    void this.#records.estimate();
    return answer.id;
  }

  #add(message: Message<Note>): void {
    this.#records.saveMessage(message, fieldsOf(message), DELAY.change);
    this.#records.show(message);
  }
}

function newMessage<Note>(
  conversationId: string,
  parentId: string | null,
  role: Message['role'],
  content: string,
): Message<Note> {
  const time = now();
  return {
    id: nanoid(),
    conversationId,
    parentId,
    role,
    content,
    status: role === 'user' ? 'done' : 'waiting',
    modelId: null,
    notes: [],
    interrupted: [],
    errorKind: null,
    stats: null,
    createdAt: time,
    chosenAt: time,
    updatedAt: time,
    deletedAt: null,
  };
}
