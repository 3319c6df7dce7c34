import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { eachWithItsOwnStorage, inAnotherTab, openTab } from '../test/browser-storage';
import { fold, snippetOf } from './search';
import type { ConversationStore } from './store';

eachWithItsOwnStorage();

let store: ConversationStore<string>;

beforeEach(async () => {
  store = await openTab();
});

function ask(question: string, answer: string): string {
  const id = store.addTurn(question);
  store.update(id, () => ({ content: answer, status: 'done' }));
  return id;
}

function talk(question: string, answer: string): string {
  store.openNew();
  return ask(question, answer);
}

const found = async (query: string) =>
  (await store.search(query)).map(({ conversation }) => conversation.title);

describe('search', () => {
  it('finds words in questions and answers, wherever they stand and however they are written', async () => {
    talk('Café in Paris?', 'Try the Flore.');
    talk('The weather', 'Ask someone in PARIS, at a cafe.');
    talk('Something else', 'Nothing.');
    expect(await found('cafe paris')).toEqual(['The weather', 'Café in Paris?'].reverse());
    expect(await found('flor')).toEqual(['Café in Paris?']);
    expect(await found('paris else')).toEqual([]);
    expect(await found('  ')).toEqual([]);
  });

  it('finds parts of a script without spaces', async () => {
    talk('空はなぜ青いのですか', '光の散乱のためです。');
    expect(await found('散乱')).toHaveLength(1);
  });

  it('tells where, and shows the place', async () => {
    talk('one', 'x');
    ask('about lighthouses', 'A lighthouse is a tower.');
    const last = ask(
      'more',
      `${'Long before. '.repeat(20)}Then the LIGHTHOUSE shone over the sea.`,
    );
    const [hit] = await store.search('lighthouse');
    expect(hit).toMatchObject({ matches: 3, messageId: last });
    expect(hit?.snippet?.match).toBe('LIGHTHOUSE');
    expect(hit?.snippet?.before).toMatch(/^…/);
    expect(hit?.snippet?.after).toBe(' shone over the sea.');
  });

  it('puts what is found by its title first', async () => {
    talk('lighthouse', 'x');
    talk('two', 'a lighthouse');
    expect(await found('lighthouse')).toEqual(['lighthouse', 'two']);
  });

  it('follows changes: what is new, renamed, edited, deleted and restored', async () => {
    const first = talk('one', 'alpha');
    expect(await found('alpha')).toEqual(['one']);
    talk('two', 'alpha too');
    const id = store.state.getState().openId as string;
    expect(await found('alpha')).toHaveLength(2);
    store.rename(id, 'beta');
    expect(await found('beta')).toEqual(['beta']);
    store.deleteConversations([id]);
    expect(await found('alpha')).toEqual(['one']);
    store.restoreConversations([id]);
    expect(await found('alpha')).toHaveLength(2);
    await store.open(store.state.getState().conversations[1]?.id as string);
    const question = store.message(first)?.parentId as string;
    store.deleteMessage(question);
    expect(await found('alpha')).toEqual(['beta']);
    store.restoreMessage(question);
    expect(await found('alpha')).toHaveLength(2);
  });

  it('finds what was imported, whenever it was written', async () => {
    talk('one', 'alpha');
    const file = await store.transfer.exportJson();
    inAnotherTab();
    const other = await openTab('bob');
    other.addTurn('later');
    expect(await other.search('alpha')).toEqual([]);
    await other.transfer.importFile(file.replaceAll(/"updatedAt": \d+/g, '"updatedAt": 1'));
    expect(await other.search('alpha')).toHaveLength(1);
  });

  it('never looks into another person’s', async () => {
    talk('one', 'alpha');
    expect(await found('alpha')).toEqual(['one']);
    await store.setUser('bob');
    expect(await found('alpha')).toEqual([]);
    talk('two', 'alpha too');
    expect(await found('alpha')).toEqual(['two']);
  });

  it('reads more messages than fit one batch, even of one moment', async () => {
    talk('needle', 'x');
    const file = JSON.parse(await store.transfer.exportJson());
    const [question, answer] = file.conversations[0].messages;
    const messages = Array.from({ length: 2500 }, (_, index) => ({
      ...question,
      id: `message-${index}`,
      content: index === 2499 ? 'the needle' : 'hay',
    }));
    file.conversations[0].messages = messages;
    inAnotherTab();
    store = await openTab('bob');
    expect(answer.role).toBe('assistant');
    await store.transfer.importFile(JSON.stringify(file));
    const [hit] = await store.search('the needle');
    expect(hit).toMatchObject({ messageId: 'message-2499', matches: 1 });
  });
});

describe('a snippet', () => {
  it('has the whole of a character that folds to several', () => {
    expect(snippetOf('the ﬁrst', ['i'])).toEqual({ before: 'the ', match: 'ﬁ', after: 'rst' });
    expect(snippetOf('e\u0301te\u0301', ['te'])?.match).toBe('te');
  });

  it('is cut from the text itself, whatever folding did to its length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        (before, word, after) => {
          const text = before + word + after;
          const folded = fold(word).trim();
          if (folded === '' || /\s/.test(folded) || !fold(text).includes(folded)) return;
          const snippet = snippetOf(text, [folded]);
          expect(fold(snippet?.match ?? '')).toContain(folded);
        },
      ),
      { numRuns: 500 },
    );
  });
});
