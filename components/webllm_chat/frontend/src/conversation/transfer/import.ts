/** Takes the conversations of an exported file over. */
import { isQuotaError } from '../database';
import type { Person } from '../person';
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
  | { kind: 'failed' };

/** In the database, text takes up to two bytes a character, and as much again while it is written. */
const STORED_PER_CHARACTER = 4;

export async function importFile<Note>(
  person: Person<Note>,
  file: Blob | string,
  freeBytes: number | null,
): Promise<ImportResult> {
  if (file instanceof Blob && file.size > LARGEST_FILE) {
    return { kind: 'refused', problems: [TOO_LARGE] };
  }
  const text = typeof file === 'string' ? file : await file.text();
  const content = readExport(text);
  if (Array.isArray(content)) return { kind: 'refused', problems: content };
  const neededBytes = text.length * STORED_PER_CHARACTER;
  if (freeBytes !== null && neededBytes > freeBytes) {
    return { kind: 'no-room', neededBytes, freeBytes };
  }
  if (!person.db) return { kind: 'failed' };
  try {
    await person.flush();
    const bundles = content.conversations.map((each) => bundleOf<Note>(each));
    return {
      kind: 'imported',
      ...(await merge(person.db, bundles, content.presets.map(presetOf))),
    };
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
