/** Takes the conversations of an exported file over. */
import { type ChatDatabase, isQuotaError } from '../database';
import type { Problem } from '../problems';
import type { Preset } from '../settings';
import { now } from '../types';
import { LARGEST_FILE, readExport, TOO_LARGE } from './check';
import type { ExportedConversation, ExportedPreset } from './format';
import { type Bundle, type Merged, merge } from './merge';

export type ImportResult =
  | ({ kind: 'imported' } & Merged)
  /** The file is not one of ours, or was damaged: nothing was changed. */
  | { kind: 'refused'; problems: Problem[] }
  /** Nothing was changed. `freeBytes` null: the browser does not say. */
  | { kind: 'no-room'; neededBytes: number; freeBytes: number | null }
  /** The database could not be written: nothing was changed. */
  | { kind: 'failed' }
  /** The visitor wanted it so: nothing was changed. */
  | { kind: 'cancelled' };

/** @param fraction - 0 to 1, of the whole import. */
export type OnProgress = (fraction: number) => void;

/** In the database, text takes up to two bytes a character, and as much again while it is written. */
const STORED_PER_CHARACTER = 4;

/** Of one bar, where reading ends and where checking does; the rest is writing. */
const READ = 0.1;
const CHECKED = 0.4;

export async function importFile<Note>(
  db: ChatDatabase<Note>,
  file: Blob | string,
  freeBytes: number | null,
  onProgress: OnProgress = () => {},
): Promise<ImportResult> {
  if (file instanceof Blob && file.size > LARGEST_FILE) {
    return { kind: 'refused', problems: [TOO_LARGE] };
  }
  const text = typeof file === 'string' ? file : await file.text();
  const content = readExport(text, (part) => onProgress(READ + part * (CHECKED - READ)));
  if (Array.isArray(content)) return { kind: 'refused', problems: content };
  const neededBytes = text.length * STORED_PER_CHARACTER;
  if (freeBytes !== null && neededBytes > freeBytes) {
    return { kind: 'no-room', neededBytes, freeBytes };
  }
  const total = content.conversations.reduce((sum, { messages }) => sum + messages.length, 0);
  try {
    const bundles = content.conversations.map((each) => bundleOf<Note>(each));
    const merged = await merge(db, bundles, content.presets.map(presetOf), (written) =>
      onProgress(CHECKED + (written / Math.max(1, total)) * (1 - CHECKED)),
    );
    return { kind: 'imported', ...merged };
  } catch (error) {
    return isQuotaError(error) ? { kind: 'no-room', neededBytes, freeBytes } : { kind: 'failed' };
  }
}

function bundleOf<Note>({ messages, ...fields }: ExportedConversation): Bundle<Note> {
  const time = now();
  // A time that is still to come would keep a branch shown, or a conversation on top, for ever.
  const past = (then: number) => Math.min(then, time);
  return {
    conversation: {
      ...fields,
      createdAt: past(fields.createdAt),
      lastMessageAt: past(fields.lastMessageAt),
      updatedAt: time,
      deletedAt: null,
    },
    messages: messages.map((message) => ({
      ...message,
      notes: message.notes as Note[],
      conversationId: fields.id,
      createdAt: past(message.createdAt),
      chosenAt: past(message.chosenAt),
      updatedAt: past(message.updatedAt),
      deletedAt: null,
    })),
  };
}

function presetOf(preset: ExportedPreset): Preset {
  return { ...preset, builtIn: false, updatedAt: now() };
}
