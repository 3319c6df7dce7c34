/** Conversations as a file: JSON that can be imported again, or Markdown to read. */
import { isOnItsWay } from '../answers';
import type { Preset } from '../settings';
import { buildTree, shownBranch } from '../tree';
import type { Message } from '../types';
import { type ExportedMessage, type ExportFile, FORMAT, VERSION } from './format';
import type { Bundle } from './merge';

export function exportJson<Note>(
  bundles: readonly Bundle<Note>[],
  presets: readonly Preset[],
): string {
  const file: ExportFile = {
    format: FORMAT,
    version: VERSION,
    exportedAt: new Date().toISOString(),
    conversations: bundles.map(({ conversation, messages }) => {
      const { updatedAt: _, deletedAt: __, ...fields } = conversation;
      return { ...fields, messages: ordered(messages).map(exportedMessage) };
    }),
    presets: presets
      .filter(({ builtIn }) => !builtIn)
      .map(({ id, name, settings }) => ({ id, name, settings })),
  };
  return JSON.stringify(file, null, 2);
}

/** Every branch, without what was deleted, oldest first. */
function ordered<Note>(messages: readonly Message<Note>[]): Message<Note>[] {
  return [...buildTree(messages).messages.values()].sort(
    (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
  );
}

function exportedMessage(message: Message): ExportedMessage {
  const { conversationId: _, deletedAt: __, status, notes, ...fields } = message;
  return {
    ...fields,
    status: isOnItsWay(message) ? 'interrupted' : (status as ExportedMessage['status']),
    notes: notes as ExportedMessage['notes'],
  };
}

/** The words around the messages, in the reader's language. */
export interface MarkdownWords {
  you: string;
  /** Heads an answer; the model may be unknown. */
  answer: (modelId: string | null) => string;
  /** After an answer that is not whole. */
  incomplete: string;
}

/** The branch that is shown of each conversation. */
export function exportMarkdown(bundles: readonly Bundle<unknown>[], words: MarkdownWords): string {
  return bundles
    .map(({ conversation, messages }) => {
      const tree = buildTree(messages);
      const parts = shownBranch(tree).map((id) =>
        markdownOf(tree.messages.get(id) as Message, words),
      );
      return [`# ${oneLine(conversation.title)}`, ...parts].join('\n\n');
    })
    .join('\n\n---\n\n')
    .concat('\n');
}

function markdownOf(message: Message, words: MarkdownWords): string {
  const { role, content, modelId, status } = message;
  const head = role === 'user' ? words.you : words.answer(modelId);
  const parts = [`## ${oneLine(head)}`, content];
  if (status !== 'done') parts.push(`*${words.incomplete}*`);
  return parts.filter((part) => part !== '').join('\n\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** A name that every system takes. @param extension - without its dot. */
export function exportFileName(title: string, extension: 'json' | 'md'): string {
  const words = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const day = new Date().toISOString().slice(0, 10);
  return `${words || 'conversation'}-${day}.${extension}`;
}
