/** The file that conversations are exported to and imported from. */
import * as v from 'valibot';
import { LONGEST_NAME, settingsSchema } from '../settings';

export const FORMAT = 'webllm-chat';
/** Grows with every change after which an older application would misread a file. */
export const VERSION = 1;

const text = v.string('must be text');
const flag = v.boolean('must be true or false');

/** What `nanoid` makes, and nothing that an object has by itself. */
const id = v.pipe(
  text,
  v.regex(/^[\w-]{1,64}$/, 'must have 1 to 64 letters, digits, - or _'),
  v.check((value) => !(value in {}), 'must not be a reserved word'),
);

const name = v.pipe(
  text,
  v.maxLength(LONGEST_NAME, `must have at most ${LONGEST_NAME} characters`),
);

/** The latest moment that a Date can hold. Milliseconds since 1970. */
const LATEST = 8.64e15;
const time = v.pipe(
  v.number('must be a time in milliseconds since 1970'),
  v.integer('must be a whole number of milliseconds'),
  v.minValue(0, 'must not be before 1970'),
  v.maxValue(LATEST, 'must be a time in milliseconds since 1970'),
);

const amount = v.pipe(
  v.number('must be a number'),
  v.finite('must be a number'),
  v.minValue(0, 'must be at least 0'),
);

const list = <T extends v.GenericSchema>(of: T) =>
  v.pipe(v.array(of, 'must be a list'), v.maxLength(1000, 'must have at most 1000 entries'));

const knownFields = 'has a field that this version does not know, or lacks one';

/** A note names its kind; what else it says are short words and numbers. */
const note = v.pipe(
  v.record(
    v.pipe(text, v.maxLength(40, 'must be a short name')),
    v.union([name, amount, flag], 'must be a short text, a number, true or false'),
    'must be a note',
  ),
  v.check((value) => typeof value.kind === 'string', 'must name its kind'),
);

export const messageSchema = v.strictObject(
  {
    id,
    parentId: v.nullable(id),
    role: v.picklist(['user', 'assistant'], 'must be "user" or "assistant"'),
    content: text,
    status: v.picklist(
      ['done', 'stopped', 'failed', 'interrupted'],
      'must be "done", "stopped", "failed" or "interrupted"',
    ),
    modelId: v.nullable(name),
    notes: list(note),
    interrupted: list(text),
    errorKind: v.nullable(name),
    stats: v.nullable(
      v.strictObject(
        { tokens: amount, timeToFirstTokenS: amount, decodeTokensPerS: amount },
        knownFields,
      ),
    ),
    createdAt: time,
    chosenAt: time,
    updatedAt: time,
  },
  knownFields,
);

export const conversationSchema = v.strictObject(
  {
    id,
    title: name,
    titledBy: v.picklist(['words', 'model', 'visitor'], 'must be "words", "model" or "visitor"'),
    pinned: flag,
    settings: settingsSchema,
    presetId: v.nullable(id),
    createdAt: time,
    lastMessageAt: time,
    // Checked one by one, so that a file of a million wrong ones is refused after a few.
    messages: v.array(v.unknown(), 'must be a list'),
  },
  knownFields,
);

export const presetSchema = v.strictObject({ id, name, settings: settingsSchema }, knownFields);

export const fileSchema = v.strictObject(
  {
    format: v.literal(FORMAT, `must be "${FORMAT}"`),
    version: v.literal(VERSION, `must be ${VERSION}`),
    exportedAt: v.pipe(text, v.isoTimestamp('must be a date and time')),
    conversations: v.array(v.unknown(), 'must be a list'),
    presets: list(v.unknown()),
  },
  knownFields,
);

export type ExportedMessage = v.InferOutput<typeof messageSchema>;
export type ExportedPreset = v.InferOutput<typeof presetSchema>;
export type ExportedConversation = Omit<v.InferOutput<typeof conversationSchema>, 'messages'> & {
  messages: ExportedMessage[];
};
export interface ExportFile {
  format: typeof FORMAT;
  version: typeof VERSION;
  /** ISO 8601. */
  exportedAt: string;
  conversations: ExportedConversation[];
  presets: ExportedPreset[];
}
