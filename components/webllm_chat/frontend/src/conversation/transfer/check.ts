/** Reads an exported file, and says field by field what is wrong with one that is not. */
import * as v from 'valibot';
import { type Problem, type ProblemCode, problemOf } from '../problems';
import {
  conversationSchema,
  type ExportedConversation,
  type ExportedMessage,
  type ExportFile,
  FORMAT,
  fileSchema,
  messageSchema,
  presetSchema,
  VERSION,
} from './format';

/** Larger files are refused unread. Bytes, or characters of a text. */
export const LARGEST_FILE = 100e6;

/** More problems than these tell a person nothing new. */
const MOST_PROBLEMS = 20;

export const TOO_LARGE: Problem = { field: '', code: 'too-large', asked: [LARGEST_FILE / 1e6] };

/** Messages between two reports of progress. */
const REPORT_EVERY = 5_000;

/**
 * @param onProgress - is told how far it is, 0 to 1.
 * @returns the file's content, or what is wrong with it, at most 20 problems.
 */
export function readExport(
  text: string,
  onProgress: (fraction: number) => void = () => {},
): ExportFile | Problem[] {
  if (text.length > LARGEST_FILE) return [TOO_LARGE];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [{ field: '', code: 'not-json', asked: [] }];
  }
  return new Check(onProgress).file(value);
}

class Check {
  readonly #problems: Problem[] = [];
  #messages = 0;
  #checked = 0;

  constructor(private readonly onProgress: (fraction: number) => void) {}

  file(value: unknown): ExportFile | Problem[] {
    if (!(value instanceof Object) || !('format' in value) || value.format !== FORMAT) {
      return [{ field: 'format', code: 'not-ours', asked: [] }];
    }
    if ('version' in value && typeof value.version === 'number' && value.version > VERSION) {
      return [{ field: 'version', code: 'newer-version', asked: [value.version] }];
    }
    const file = this.#read(fileSchema, value, '');
    if (!file) return this.#problems;
    const ids = new Set<string>();
    this.#messages = file.conversations.reduce<number>((sum, each) => sum + messagesIn(each), 0);
    const conversations = this.#each(file.conversations, 'conversations', (each, field) =>
      this.#conversation(each, field, ids),
    );
    const presets = this.#each(file.presets, 'presets', (each, field) =>
      this.#read(presetSchema, each, field),
    );
    return this.#problems.length > 0 ? this.#problems : { ...file, conversations, presets };
  }

  #conversation(value: unknown, field: string, ids: Set<string>): ExportedConversation | undefined {
    const conversation = this.#read(conversationSchema, value, field);
    if (!conversation) return undefined;
    if (ids.has(conversation.id)) this.#add(`${field}.id`, 'id-taken');
    ids.add(conversation.id);
    const path = `${field}.messages`;
    const messages = this.#each(conversation.messages, path, (each, at) => {
      this.#checked += 1;
      if (this.#checked % REPORT_EVERY === 0) this.onProgress(this.#checked / this.#messages);
      return this.#read(messageSchema, each, at);
    });
    if (messages.length === conversation.messages.length) this.#tree(messages, path);
    return { ...conversation, messages };
  }

  /** Every message leads back to a beginning, and an answer follows a question. */
  #tree(messages: ExportedMessage[], path: string): void {
    const byId = new Map(messages.map((message) => [message.id, message]));
    if (byId.size < messages.length) {
      const seen = new Set<string>();
      const twice = messages.findIndex(({ id }) => seen.size === seen.add(id).size);
      this.#add(`${path}[${twice}].id`, 'id-taken');
    }
    const rooted = new Set<string | null>([null]);
    for (const [index, message] of messages.entries()) {
      const parent = message.parentId === null ? undefined : byId.get(message.parentId);
      const at = `${path}[${index}].parentId`;
      if (message.parentId !== null && !parent) this.#add(at, 'no-such-message');
      if (message.role === 'assistant' && parent?.role !== 'user') {
        this.#add(at, 'answers-no-question');
      }
      if (!isRooted(message, byId, rooted)) this.#add(at, 'circular');
      if (this.#isEnough) return;
    }
  }

  #each<T>(
    values: unknown[],
    path: string,
    read: (value: unknown, field: string) => T | undefined,
  ): T[] {
    const all: T[] = [];
    for (const [index, value] of values.entries()) {
      const one = read(value, `${path}[${index}]`);
      if (one !== undefined) all.push(one);
      if (this.#isEnough) break;
    }
    return all;
  }

  #read<T extends v.GenericSchema>(
    schema: T,
    value: unknown,
    field: string,
  ): v.InferOutput<T> | undefined {
    const result = v.safeParse(schema, value, { abortPipeEarly: true });
    if (result.success) return result.output;
    for (const issue of result.issues.slice(0, MOST_PROBLEMS)) {
      this.#push(problemOf(pathOf(field, issue), issue));
    }
    return undefined;
  }

  #add(field: string, code: ProblemCode): void {
    this.#push({ field, code, asked: [] });
  }

  #push(problem: Problem): void {
    if (!this.#isEnough) this.#problems.push(problem);
  }

  get #isEnough(): boolean {
    return this.#problems.length >= MOST_PROBLEMS;
  }
}

/** Of a conversation that was not checked yet. */
function messagesIn(conversation: unknown): number {
  const messages = (conversation as { messages?: unknown } | null)?.messages;
  return Array.isArray(messages) ? messages.length : 0;
}

function pathOf(field: string, { path }: v.BaseIssue<unknown>): string {
  let at = field;
  for (const { key } of path ?? []) {
    // Names come from the file: a long one would fill the screen.
    const name = String(key).slice(0, 40);
    if (typeof key === 'number') at += `[${name}]`;
    else at += at === '' ? name : `.${name}`;
  }
  return at;
}

/** @param rooted - ids known to lead back to a beginning; grows. */
function isRooted(
  message: ExportedMessage,
  byId: Map<string, ExportedMessage>,
  rooted: Set<string | null>,
): boolean {
  const passed = new Set<string>();
  let at: ExportedMessage | undefined = message;
  while (at && !rooted.has(at.id)) {
    if (passed.has(at.id)) return false;
    passed.add(at.id);
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  for (const id of passed) rooted.add(id);
  return true;
}
