/** Carries conversations out of this browser and into it, as the visitor asks. */
import { bringGuestAlong } from '../guest';
import type { Records } from '../records';
import { type ImportOptions, importInWorker } from './background-import';
import { exportJson, exportMarkdown, type MarkdownWords } from './export';
import { type ImportResult, importFile } from './import';
import type { Bundle, Merged } from './merge';

export class Transfer<Note> {
  constructor(private readonly records: Records<Note>) {}

  /**
   * All branches, with what could not be stored. Own presets go along when all conversations do.
   * @param conversationIds - by default all.
   */
  async exportJson(conversationIds?: readonly string[]): Promise<string> {
    const { presets } = this.records.state.getState();
    return exportJson(await this.#bundles(conversationIds), conversationIds ? [] : presets);
  }

  /** The branch that is shown of each conversation. */
  async exportMarkdown(words: MarkdownWords, conversationIds?: readonly string[]): Promise<string> {
    return exportMarkdown(await this.#bundles(conversationIds), words);
  }

  /** Adds what the file has and is not here yet; what is here stays as it is. */
  async importFile(file: Blob | string, options: ImportOptions = {}): Promise<ImportResult> {
    await this.records.estimate();
    const { freeBytes } = this.records.state.getState().storage;
    const result = await this.#import(file, freeBytes, options);
    if (result.kind === 'imported') await this.records.changedAtLarge();
    return result;
  }

  async #import(
    file: Blob | string,
    freeBytes: number | null,
    options: ImportOptions,
  ): Promise<ImportResult> {
    const { person, state } = this.records;
    const { user = null, storage } = state.getState();
    if (!person.db) return { kind: 'failed' };
    try {
      await person.flush();
    } catch {
      return { kind: 'failed' };
    }
    // What is kept in this page's memory alone no worker can reach.
    return storage.kind === 'database' && 'Worker' in globalThis
      ? importInWorker(user, file, freeBytes, options)
      : importFile(person.db, file, freeBytes, options.onProgress);
  }

  /** Moves the guest's conversations and settings to the signed-in person; null: it failed, and all is as it was. */
  async bringGuestAlong(): Promise<Merged | null> {
    const { person } = this.records;
    if (!person.db) return null;
    await person.flush();
    const merged = await bringGuestAlong(person.db).catch(() => null);
    if (merged) await this.records.changedAtLarge();
    await this.records.countGuestConversations();
    return merged;
  }

  async #bundles(conversationIds?: readonly string[]): Promise<Bundle<Note>[]> {
    const { person, state } = this.records;
    const { conversations } = state.getState();
    const chosen = conversationIds
      ? conversations.filter(({ id }) => conversationIds.includes(id))
      : conversations;
    const bundles: Bundle<Note>[] = [];
    for (const conversation of chosen) {
      bundles.push({ conversation, messages: await person.messagesOf(conversation.id) });
    }
    return bundles;
  }
}
