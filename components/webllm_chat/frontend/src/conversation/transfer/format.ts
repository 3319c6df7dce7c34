/** The file that conversations are exported to and imported from. */
import * as v from 'valibot';
import { code } from '../problems';
import { LONGEST_NAME, settingsSchema } from '../settings';

export const FORMAT = 'webllm-chat';
/** Grows with every change after which an older application would misread a file. */
export const VERSION = 1;

const text = v.string(code('not-text'));
const flag = v.boolean(code('not-a-flag'));

/** What `nanoid` makes, and nothing that an object has by itself. */
const id = v.pipe(
  text,
  v.regex(/^[\w-]{1,64}$/, code('no-id')),
  v.check((value) => !(value in {}), code('reserved')),
);

const name = v.pipe(text, v.maxLength(LONGEST_NAME, code('too-long')));

/** The latest moment that a Date can hold. Milliseconds since 1970. */
const LATEST = 8.64e15;
const time = v.pipe(
  v.number(code('not-a-time')),
  v.check((at) => Number.isInteger(at) && at >= 0 && at <= LATEST, code('not-a-time')),
);

const amount = v.pipe(
  v.number(code('not-a-number')),
  v.finite(code('not-a-number')),
  v.minValue(0, code('below')),
);

const list = <T extends v.GenericSchema>(of: T) =>
  v.pipe(v.array(of, code('not-a-list')), v.maxLength(1000, code('too-many')));

/** A note names its kind; what else it says are short words and numbers. */
const note = v.pipe(
  v.record(
    v.pipe(text, v.maxLength(40, code('too-long'))),
    v.union([name, amount, flag], code('not-short')),
    code('not-a-note'),
  ),
  v.check((value) => typeof value.kind === 'string', code('no-kind')),
);

export const messageSchema = v.strictObject({
  id,
  parentId: v.nullable(id),
  role: v.picklist(['user', 'assistant'], code('not-allowed')),
  content: text,
  status: v.picklist(['done', 'stopped', 'failed', 'interrupted'], code('not-allowed')),
  modelId: v.nullable(name),
  notes: list(note),
  interrupted: list(text),
  errorKind: v.nullable(name),
  stats: v.nullable(
    v.strictObject({ tokens: amount, timeToFirstTokenS: amount, decodeTokensPerS: amount }),
  ),
  createdAt: time,
  chosenAt: time,
  updatedAt: time,
});

export const conversationSchema = v.strictObject({
  id,
  title: name,
  titledBy: v.picklist(['words', 'model', 'visitor'], code('not-allowed')),
  pinned: flag,
  settings: settingsSchema,
  presetId: v.nullable(id),
  createdAt: time,
  lastMessageAt: time,
  // Checked one by one, so that a file of a million wrong ones is refused after a few.
  messages: v.array(v.unknown(), code('not-a-list')),
});

export const presetSchema = v.strictObject({ id, name, settings: settingsSchema });

export const fileSchema = v.strictObject({
  format: v.literal(FORMAT, code('not-allowed')),
  version: v.literal(VERSION, code('not-allowed')),
  exportedAt: v.pipe(text, v.isoTimestamp(code('not-a-date'))),
  conversations: v.array(v.unknown(), code('not-a-list')),
  presets: list(v.unknown()),
});

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
