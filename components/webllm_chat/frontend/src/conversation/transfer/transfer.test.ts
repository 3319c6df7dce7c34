import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import '../../test/native-blob';
import { eachWithItsOwnStorage, inAnotherTab, openTab } from '../../test/browser-storage';
import { PROBLEMS, type Problem, type ProblemCode } from '../problems';
import type { ConversationStore, Message } from '../store';
import { readExport } from './check';
import { exportFileName, exportJson } from './export';
import type { ExportFile } from './format';
import type { ImportResult } from './import';

eachWithItsOwnStorage();

let store: ConversationStore<string>;

beforeEach(async () => {
  store = await openTab('ada');
});

function ask(question: string, answer: string): string {
  const id = store.addTurn(question);
  store.append(id, answer);
  store.update(id, () => ({ status: 'done', modelId: 'small' }));
  return id;
}

/** A conversation with branches, and a plain one. */
function talk(): void {
  const first = ask('Why?', 'Because.');
  ask('Really?', 'Yes.');
  const again = store.addAnswer(store.message(first)?.parentId as string) as string;
  store.update(again, () => ({
    content: 'Since.',
    status: 'stopped',
    interrupted: ['Half'],
    stats: { tokens: 3, timeToFirstTokenS: 0.5, decodeTokensPerS: 20 },
  }));
  store.setSettings({ temperature: 0.5, systemPrompt: 'Be brief.' });
  store.setPinned(store.state.getState().openId as string, true);
  store.openNew();
  ask('Two?', 'Two.');
  store.preferences.savePreset('Mine', { seed: 7 });
}

const content = async (of = store) => {
  const { exportedAt: _, ...file } = JSON.parse(await of.transfer.exportJson()) as ExportFile;
  return file;
};

async function anotherBrowser(): Promise<ConversationStore<string>> {
  inAnotherTab();
  return openTab('bob');
}

function problems(result: ImportResult): Problem[] {
  if (result.kind !== 'refused') throw new Error(`It was ${result.kind}.`);
  return result.problems;
}

describe('export and import', () => {
  it('carry everything into another browser', async () => {
    talk();
    const file = await store.transfer.exportJson();
    const other = await anotherBrowser();
    expect(await other.transfer.importFile(file)).toEqual({
      kind: 'imported',
      conversations: 2,
      messages: 7,
      kept: 0,
    });
    expect(await content(other)).toEqual(await content());
    expect(other.state.getState().conversations[0]).toMatchObject({
      title: 'Why?',
      pinned: true,
      settings: { temperature: 0.5, systemPrompt: 'Be brief.' },
    });
  });

  it('carry any text', async () => {
    ask('Why?', 'Because.');
    const { conversations, messages } = store.state.getState();
    const [conversation] = conversations;
    if (!conversation) throw new Error('There is none.');
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const rows = texts.map((content, index) => ({
          ...messages[0],
          id: `message-${index}`,
          createdAt: index,
          content,
        })) as Message<string>[];
        const read = readExport(exportJson([{ conversation, messages: rows }], [])) as ExportFile;
        expect(read.conversations[0]?.messages.map(({ content }) => content)).toEqual(texts);
      }),
    );
  });

  it('make no duplicates, and change nothing that is here', async () => {
    talk();
    const file = await store.transfer.exportJson();
    const before = await content();
    const again = { kind: 'imported', conversations: 0, messages: 0, kept: 0 };
    expect(await store.transfer.importFile(file)).toEqual(again);
    expect(await store.transfer.importFile(new Blob([file]))).toEqual(again);
    expect(await content()).toEqual(before);
  });

  it('bring back what was deleted here since', async () => {
    talk();
    const file = await store.transfer.exportJson();
    const before = await content();
    const ids = store.state.getState().conversations.map(({ id }) => id);
    store.deleteConversations(ids);
    await store.transfer.importFile(file);
    expect(await content()).toEqual(before);
  });

  it('keep the longer of two states of an answer', async () => {
    const id = store.addTurn('Why?');
    store.append(id, 'Beca');
    const early = await store.transfer.exportJson();
    store.append(id, 'use.');
    store.update(id, () => ({ status: 'done' }));
    const late = await store.transfer.exportJson();
    expect(await store.transfer.importFile(early)).toMatchObject({ messages: 0, kept: 1 });
    const other = await anotherBrowser();
    await other.transfer.importFile(early);
    expect(await other.transfer.importFile(late)).toMatchObject({ messages: 1, kept: 0 });
    const { conversations } = await content(other);
    expect(conversations[0]?.messages[1]).toMatchObject({ content: 'Because.', status: 'done' });
  });

  it('put nothing of one conversation into another that has messages of the same id', async () => {
    ask('Mine?', 'Mine.');
    const file = await content();
    const [conversation] = file.conversations;
    if (!conversation) throw new Error('nothing exported');
    const forged = {
      ...conversation,
      id: 'another',
      messages: conversation.messages.map((each) => ({ ...each, content: 'Forged' })),
    };
    const text = JSON.stringify({ ...file, exportedAt: now(), conversations: [forged] });
    expect(await store.transfer.importFile(text)).toMatchObject({ conversations: 1, messages: 2 });
    expect((await content()).conversations.find(({ id }) => id === conversation.id)).toEqual(
      conversation,
    );
  });

  it('show what was imported, here and in other tabs', async () => {
    talk();
    const file = await store.transfer.exportJson();
    const bob = await anotherBrowser();
    await bob.transfer.importFile(file);
    expect(bob.state.getState().conversations).toHaveLength(2);
    expect(bob.state.getState().presets.at(-1)).toMatchObject({ name: 'Mine', builtIn: false });
  });

  it('take a time that is still to come for now', async () => {
    ask('Why?', 'Because.');
    const file = await content();
    const later = JSON.stringify({ ...file, exportedAt: now() }).replaceAll(
      /"(chosenAt|createdAt|lastMessageAt)":\d+/g,
      '"$1":8640000000000000',
    );
    const bob = await anotherBrowser();
    await bob.transfer.importFile(later);
    const [conversation] = bob.state.getState().conversations;
    expect(conversation?.lastMessageAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });
});

const now = () => new Date().toISOString();

/** A valid file, to be spoiled. */
function valid(): Record<string, unknown> & { conversations: Record<string, unknown>[] } {
  const message = (id: string, parentId: string | null, role: string) => ({
    id,
    parentId,
    role,
    content: 'text',
    status: 'done',
    modelId: null,
    notes: [],
    interrupted: [],
    errorKind: null,
    stats: null,
    createdAt: 1,
    chosenAt: 1,
    updatedAt: 1,
  });
  return {
    format: 'webllm-chat',
    version: 1,
    exportedAt: now(),
    conversations: [
      {
        id: 'one',
        title: 'One',
        titledBy: 'words',
        pinned: false,
        settings: {},
        presetId: null,
        createdAt: 1,
        lastMessageAt: 1,
        messages: [message('q', null, 'user'), message('a', 'q', 'assistant')],
      },
    ],
    presets: [],
  };
}

type Spoil = (file: ReturnType<typeof valid>) => void;

const conversation = (file: ReturnType<typeof valid>) =>
  file.conversations[0] as never as {
    messages: Record<string, unknown>[];
  } & Record<string, unknown>;
const answer = (file: ReturnType<typeof valid>) =>
  conversation(file).messages[1] as Record<string, unknown>;

const SPOILED: [field: string, code: ProblemCode, asked: Problem['asked'], spoil: Spoil][] = [
  ['format', 'not-ours', [], (file) => delete file.format],
  ['format', 'not-ours', [], (file) => Object.assign(file, { format: 'chatgpt' })],
  ['version', 'newer-version', [2], (file) => Object.assign(file, { version: 2 })],
  ['version', 'not-allowed', ['1'], (file) => Object.assign(file, { version: '1' })],
  ['exportedAt', 'not-a-date', [], (file) => Object.assign(file, { exportedAt: 'yesterday' })],
  ['conversations', 'not-a-list', [], (file) => Object.assign(file, { conversations: {} })],
  [
    'conversations',
    'missing',
    [],
    (file) => delete (file as Record<string, unknown>).conversations,
  ],
  ['extra', 'unknown-field', [], (file) => Object.assign(file, { extra: 1 })],
  [
    'conversations[0]',
    'not-an-object',
    [],
    (file) => Object.assign(file, { conversations: [null] }),
  ],
  ['conversations[0].id', 'no-id', [], (file) => Object.assign(conversation(file), { id: '../x' })],
  [
    'conversations[0].id',
    'reserved',
    [],
    (file) => Object.assign(conversation(file), { id: '__proto__' }),
  ],
  [
    'conversations[0].title',
    'too-long',
    [200],
    (file) => Object.assign(conversation(file), { title: 'x'.repeat(201) }),
  ],
  [
    'conversations[0].pinned',
    'not-a-flag',
    [],
    (file) => Object.assign(conversation(file), { pinned: 1 }),
  ],
  [
    'conversations[0].settings.temperature',
    'above',
    [2],
    (file) => Object.assign(conversation(file), { settings: { temperature: 3 } }),
  ],
  [
    'conversations[0].settings.shell',
    'unknown-field',
    [],
    (file) => Object.assign(conversation(file), { settings: { shell: 'rm' } }),
  ],
  [
    'conversations[0].messages[1].role',
    'not-allowed',
    ['"user"', '"assistant"'],
    (file) => Object.assign(answer(file), { role: 'system' }),
  ],
  [
    'conversations[0].messages[1].content',
    'not-text',
    [],
    (file) => Object.assign(answer(file), { content: [] }),
  ],
  ['conversations[0].messages[1].content', 'missing', [], (file) => delete answer(file).content],
  [
    'conversations[0].messages[1].parentId',
    'no-such-message',
    [],
    (file) => Object.assign(answer(file), { parentId: 'gone' }),
  ],
  [
    'conversations[0].messages[1].parentId',
    'answers-no-question',
    [],
    (file) => Object.assign(answer(file), { parentId: null }),
  ],
  [
    'conversations[0].messages[0].parentId',
    'circular',
    [],
    (file) => Object.assign(conversation(file).messages[0] as object, { parentId: 'a' }),
  ],
  [
    'conversations[0].messages[1].id',
    'id-taken',
    [],
    (file) => Object.assign(answer(file), { id: 'q', parentId: 'q' }),
  ],
  [
    'conversations[0].messages[1].createdAt',
    'not-a-time',
    [],
    (file) => Object.assign(answer(file), { createdAt: -1 }),
  ],
  [
    'conversations[0].messages[1].notes[0]',
    'no-kind',
    [],
    (file) => Object.assign(answer(file), { notes: [{ text: 'x' }] }),
  ],
  [
    'conversations[0].messages[1].stats.tokens',
    'not-a-number',
    [],
    (file) =>
      Object.assign(answer(file), {
        stats: { tokens: '3', timeToFirstTokenS: 1, decodeTokensPerS: 1 },
      }),
  ],
  [
    'conversations[1].id',
    'id-taken',
    [],
    (file) => file.conversations.push(structuredClone(conversation(file))),
  ],
  [
    'presets[0].name',
    'not-text',
    [],
    (file) => Object.assign(file, { presets: [{ id: 'p', name: 1, settings: {} }] }),
  ],
];

describe('a file that is not ours', () => {
  it('is ours to begin with', () => {
    expect(readExport(JSON.stringify(valid()))).toMatchObject({ format: 'webllm-chat' });
  });

  it.each(SPOILED)('is refused for its %s: %s %j', async (field, code, asked, spoil) => {
    const file = valid();
    spoil(file);
    const before = await content();
    const found = problems(await store.transfer.importFile(JSON.stringify(file)));
    expect(found[0]).toEqual({ field, code, asked });
    expect(await content()).toEqual(before);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '<html>'],
    ['cut off', JSON.stringify(valid()).slice(0, -5)],
    ['a list', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['a deep list', '['.repeat(200_000)],
    ['a deep list that ends', '['.repeat(200_000) + ']'.repeat(200_000)],
    [
      'a deep list in a field',
      JSON.stringify(valid()).replace('"text"', '['.repeat(100_000) + ']'.repeat(100_000)),
    ],
    [
      'a million wrong messages',
      JSON.stringify(valid()).replace(
        /"messages":\[.*?\]\}/,
        `"messages":[${'0,'.repeat(999_999)}0]}`,
      ),
    ],
    ['its prototype set', `{"__proto__":${JSON.stringify(valid())}}`],
  ])('is refused, and nothing happens: %s', async (_, text) => {
    talk();
    const before = await content();
    expect(problems(await store.transfer.importFile(text))).not.toEqual([]);
    expect(await content()).toEqual(before);
    expect(Object.prototype).not.toHaveProperty('format');
  });

  it('gives nothing a prototype that a note names', async () => {
    const file = JSON.stringify(valid()).replace(
      '"notes":[]',
      '"notes":[{"kind":"x","__proto__":{"a":1}}]',
    );
    expect(await store.transfer.importFile(file)).toMatchObject({ kind: 'imported', messages: 2 });
    const notes = (await content()).conversations[0]?.messages.flatMap(({ notes }) => notes);
    expect(notes).toEqual([{ kind: 'x' }]);
    expect(notes?.[0]).not.toHaveProperty('a');
    expect({}).not.toHaveProperty('a');
  });

  it('is refused unread when it is too large', async () => {
    const huge = Object.defineProperty(new Blob(['{}']), 'size', { value: 2e9 });
    const read = vi.spyOn(huge, 'text');
    expect(problems(await store.transfer.importFile(huge))[0]).toMatchObject({
      code: 'too-large',
      asked: [100],
    });
    expect(read).not.toHaveBeenCalled();
  });

  it('never gets anything wrong into the database, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.oneof(
          fc.jsonValue(),
          fc.constantFrom('__proto__', 'constructor', -1, 1e300, 'x'.repeat(300)),
        ),
        async (pick, value) => {
          const file = valid();
          const places = leaves(file);
          const { holder, key } = places[pick % places.length] as (typeof places)[number];
          holder[key] = value;
          const result = readExport(JSON.stringify(file));
          // What is taken over is a valid file: it can be read again.
          if (!Array.isArray(result)) {
            expect(Array.isArray(readExport(JSON.stringify(result)))).toBe(false);
          } else {
            for (const problem of result) expect(PROBLEMS).toContain(problem.code);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

function leaves(value: object): { holder: Record<string, unknown>; key: string }[] {
  return Object.entries(value).flatMap(([key, each]) => [
    { holder: value as Record<string, unknown>, key },
    ...(each instanceof Object ? leaves(each) : []),
  ]);
}

describe('Markdown', () => {
  it('has the branch that is shown, and says what is not whole', async () => {
    talk();
    const words = {
      you: 'You',
      answer: (modelId: string | null) => modelId ?? 'Answer',
      incomplete: 'not finished',
    };
    const ids = store.state.getState().conversations.map(({ id }) => id);
    expect(await store.transfer.exportMarkdown(words, [ids[0] as string])).toBe(
      '# Why?\n\n## You\n\nWhy?\n\n## Answer\n\nSince.\n\n*not finished*\n',
    );
    const all = await store.transfer.exportMarkdown(words);
    expect(all.match(/^# /gm)).toHaveLength(2);
  });

  it('gets a name that every system takes', () => {
    expect(exportFileName('Why: is/the "sky" blue?', 'md')).toMatch(
      /^Why-is-the-sky-blue-\d{4}-\d\d-\d\d\.md$/,
    );
    expect(exportFileName('../..', 'json')).toMatch(/^conversation-/);
    expect(exportFileName('空はなぜ青い', 'json')).toMatch(/^空はなぜ青い-/);
  });
});
