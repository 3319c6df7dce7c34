import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  BrowserLocks,
  eachWithItsOwnStorage,
  inAnotherTab,
  openTab,
  until,
} from '../test/browser-storage';
import { ChatDatabase } from './database';
import { ConversationStore, type Message } from './store';

eachWithItsOwnStorage();

let store: ConversationStore<string>;

beforeEach(() => {
  store = new ConversationStore<string>(new BrowserLocks().tab());
});

const state = (of = store) => of.state.getState();
const messages = (of = store) => state(of).messages;
const texts = (of = store) => messages(of).map(({ content }) => content);
const message = (id: string, of = store) => of.message(id) as Message<string>;

function ask(question: string, answer: string, of = store): string {
  const id = of.addTurn(question);
  of.append(id, answer);
  of.update(id, () => ({ status: 'done' }));
  return id;
}

const questionOf = (answerId: string) => message(answerId).parentId as string;

describe('before the person is known', () => {
  it('begins empty', () => {
    expect(state()).toMatchObject({ messages: [], draft: '', openId: null, conversations: [] });
  });

  it('adds a question and the answer to come, in this order', () => {
    const id = store.addTurn('Why?');
    expect(messages()).toMatchObject([
      { role: 'user', content: 'Why?', status: 'done' },
      { id, role: 'assistant', content: '', status: 'waiting', notes: [], interrupted: [] },
    ]);
  });

  it('keeps what was sent and typed meanwhile for the person who turns out to be there', async () => {
    ask('Why?', 'Because.');
    store.setDraft('and');
    await store.setUser('ada');
    expect(texts()).toEqual(['Why?', 'Because.']);
    expect(state().draft).toBe('and');
    await store.flush();
    expect(texts(await openTab('ada'))).toEqual(['Why?', 'Because.']);
  });
});

describe('messages', () => {
  it('change one by one; the others stay the same objects', () => {
    store.addTurn('one');
    const id = store.addTurn('two');
    const before = messages();
    store.update(id, ({ content }) => ({ content: `${content}Be` }));
    store.update(id, ({ content }) => ({ content: `${content}cause` }));
    expect(message(id)).toMatchObject({ content: 'Because', status: 'waiting' });
    for (const [index, each] of before.slice(0, 3).entries()) expect(messages()[index]).toBe(each);
  });

  it('keep the list of their ids while one of them streams', () => {
    const id = store.addTurn('one');
    const { messageIds } = state();
    store.append(id, 'Because');
    expect(messages().at(-1)?.content).toBe('Because');
    expect(state().messageIds).toBe(messageIds);
  });

  it('are shown at once with their first words, and a moment later with the next', () => {
    vi.useFakeTimers();
    try {
      const id = store.addTurn('one');
      store.append(id, 'Be');
      store.append(id, 'cause');
      store.append(id, '.');
      expect(messages().at(-1)?.content).toBe('Be');
      expect(message(id).content).toBe('Because.');
      vi.advanceTimersByTime(40);
      expect(messages().at(-1)?.content).toBe('Because.');
    } finally {
      vi.useRealTimers();
    }
  });

  it('give an engine the branch before an answer, with its question and without itself', () => {
    const first = ask('one', 'First.');
    const second = store.addTurn('two');
    store.append(second, 'half an ans');
    expect(store.historyBefore(second)).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'First.' },
      { role: 'user', content: 'two' },
    ]);
    expect(store.historyBefore(first)).toEqual([{ role: 'user', content: 'one' }]);
  });

  it('leave thoughts out of what an engine reads, and answers that were only that', () => {
    ask('one', '<think>Hm.</think>First.');
    ask('two', '<think>Well');
    const next = store.addTurn('<think>three');
    expect(store.historyBefore(next)).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'First.' },
      { role: 'user', content: 'two' },
      { role: 'user', content: '<think>three' },
    ]);
  });

  it('leave answers that never came out of what an engine reads', () => {
    const failed = store.addTurn('one');
    store.update(failed, () => ({ status: 'failed' }));
    const next = store.addTurn('two');
    expect(store.historyBefore(next).every(({ content }) => content !== '')).toBe(true);
    expect(store.historyBefore(next).at(-1)).toEqual({ role: 'user', content: 'two' });
  });
});

describe('branches', () => {
  it('begin with another answer, which is shown; the first stays beside it', () => {
    const first = ask('Why?', 'Because.');
    const second = store.addAnswer(questionOf(first)) as string;
    store.append(second, 'Since.');
    expect(texts()).toEqual(['Why?', 'Since.']);
    store.choose(first);
    expect(texts()).toEqual(['Why?', 'Because.']);
  });

  it('begin with another wording of a question', () => {
    const first = ask('Why?', 'Because.');
    ask('Really?', 'Yes.');
    store.editQuestion(questionOf(first), 'Why not?');
    expect(texts()).toEqual(['Why not?', '']);
    store.choose(questionOf(first));
    expect(texts()).toEqual(['Why?', 'Because.', 'Really?', 'Yes.']);
  });

  it('lead to a message anywhere in the tree', () => {
    const first = ask('Why?', 'Because.');
    const deep = ask('Really?', 'Yes.');
    store.editQuestion(questionOf(first), 'Why not?');
    store.choose(deep);
    expect(texts()).toEqual(['Why?', 'Because.', 'Really?', 'Yes.']);
  });

  it('are chosen whatever the clock said before', () => {
    const first = ask('Why?', 'Because.');
    const second = store.addAnswer(questionOf(first)) as string;
    store.update(second, () => ({ content: 'Since.', chosenAt: Date.now() + 1e9 }));
    store.choose(first);
    expect(texts()).toEqual(['Why?', 'Because.']);
  });

  it('show two answers side by side until one is chosen', () => {
    const first = ask('Why?', 'Because.');
    const second = store.addAnswer(questionOf(first)) as string;
    store.compare(first, second);
    expect(state().comparison).toEqual([first, second]);
    store.choose(first);
    expect(state().comparison).toBeNull();
    expect(texts()).toEqual(['Why?', 'Because.']);
  });

  it('end when a message is deleted, with all that follows it, and come back with it', () => {
    const first = ask('Why?', 'Because.');
    ask('Really?', 'Yes.');
    store.deleteMessage(first);
    expect(texts()).toEqual(['Why?']);
    store.restoreMessage(first);
    expect(texts()).toEqual(['Why?', 'Because.', 'Really?', 'Yes.']);
  });
});

describe('conversations', () => {
  beforeEach(() => store.setUser(null));

  it('begin with their first message and take its words as their title', () => {
    ask('  Why is\nthe sky blue?', 'Scattering.');
    expect(state().conversations).toMatchObject([
      { id: state().openId, title: 'Why is the sky blue?', titledBy: 'words', pinned: false },
    ]);
  });

  it('are many, each with messages, draft and scroll position of its own', async () => {
    ask('one', 'First.');
    const first = state().openId as string;
    store.setDraft('more');
    store.setScroll({ messageId: 'm', offsetPx: 12 });
    store.openNew();
    expect(state()).toMatchObject({ openId: null, messages: [], draft: '', scroll: null });
    store.setDraft('unsent');
    ask('two', 'Second.');
    await store.open(first);
    expect(texts()).toEqual(['one', 'First.']);
    expect(state()).toMatchObject({ draft: 'more', scroll: { messageId: 'm', offsetPx: 12 } });
    store.openNew();
    expect(state().draft).toBe('unsent');
  });

  it('are listed pinned ones first, then by their last message', () => {
    ask('one', '1');
    const one = state().openId as string;
    for (const question of ['two', 'three']) {
      store.openNew();
      ask(question, '.');
    }
    const titles = () => state().conversations.map(({ title }) => title);
    expect(titles()).toEqual(['three', 'two', 'one']);
    store.setPinned(one, true);
    expect(titles()).toEqual(['one', 'three', 'two']);
  });

  it('are renamed, but not to nothing', () => {
    ask('one', '1');
    const id = state().openId as string;
    store.rename(id, '  The  first\n');
    store.rename(id, ' ');
    expect(state().conversations).toMatchObject([{ title: 'The first', titledBy: 'visitor' }]);
  });

  it('are deleted, and restored with all they had', async () => {
    ask('one', '1');
    const id = state().openId as string;
    store.setDraft('half a thought');
    store.deleteConversations([id]);
    expect(state()).toMatchObject({ conversations: [], openId: null, draft: 'half a thought' });
    store.restoreConversations([id]);
    await store.open(id);
    expect(texts()).toEqual(['one', '1']);
  });

  it('go on receiving an answer while another one is open', async () => {
    const answer = store.addTurn('one');
    const first = state().openId as string;
    store.openNew();
    store.append(answer, 'Be');
    ask('two', 'Second.');
    store.append(answer, 'cause.');
    store.update(answer, () => ({ status: 'done' }));
    expect(texts()).toEqual(['two', 'Second.']);
    await store.open(first);
    expect(messages().at(-1)).toMatchObject({ content: 'Because.', status: 'done' });
  });
});

describe('a reload', () => {
  it('brings the open conversation back, with its branch, draft and scroll position', async () => {
    await store.setUser(null);
    const first = ask('Why?', 'Because.');
    store.addAnswer(questionOf(first));
    store.choose(first);
    store.setDraft('half a thou');
    store.setScroll({ messageId: first, offsetPx: 3 });
    await store.flush();
    const after = await openTab();
    expect(texts(after)).toEqual(['Why?', 'Because.']);
    expect(state(after)).toMatchObject({
      openId: state().openId,
      draft: 'half a thou',
      scroll: { messageId: first, offsetPx: 3 },
      loading: false,
    });
  });

  it('brings a draft back that was typed a moment before a crash', async () => {
    await store.setUser(null);
    store.setDraft('half a thou');
    expect(state(await openTab()).draft).toBe('half a thou');
  });

  it('keeps the last words of an answer that could not be written before the page was gone', async () => {
    await store.setUser(null);
    const id = store.addTurn('Why?');
    store.update(id, () => ({ status: 'streaming' }));
    await store.flush();
    store.append(id, 'Beca');
    store.leavePage();
    const after = await openTab();
    await until(() =>
      expect(messages(after).at(-1)).toMatchObject({ content: 'Beca', status: 'interrupted' }),
    );
    expect(localStorage).toHaveLength(0);
  });

  it('does not bring back what was changed since', async () => {
    await store.setUser(null);
    const id = store.addTurn('Why?');
    store.append(id, 'Beca');
    store.leavePage();
    store.append(id, 'use.');
    store.update(id, () => ({ status: 'done' }));
    await store.flush();
    const after = await openTab();
    expect(messages(after).at(-1)).toMatchObject({ content: 'Because.', status: 'done' });
  });

  it('keeps what an answer had, marked as interrupted', async () => {
    const locks = new BrowserLocks();
    const tab = locks.tab();
    const crashed = await openTab(null, tab);
    const id = crashed.addTurn('Why?');
    crashed.update(id, () => ({ status: 'streaming' }));
    crashed.append(id, 'Beca');
    await crashed.flush();
    tab.closeTab();
    const after = await openTab(null, locks.tab());
    await until(() =>
      expect(messages(after).at(-1)).toMatchObject({ content: 'Beca', status: 'interrupted' }),
    );
  });

  it('starts a tab of its own with an empty conversation', async () => {
    await store.setUser(null);
    ask('Why?', 'Because.');
    await store.flush();
    inAnotherTab();
    const other = await openTab();
    expect(state(other)).toMatchObject({ openId: null, messages: [] });
    expect(state(other).conversations).toHaveLength(1);
  });
});

describe('what was deleted', () => {
  afterEach(() => void vi.useRealTimers());

  it('leaves the disk after ten minutes, and nothing else does', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const opened = openTab();
    await vi.advanceTimersByTimeAsync(100);
    store = await opened;
    ask('one', 'First.');
    const first = state().openId as string;
    store.openNew();
    const kept = ask('two', 'Second.');
    ask('three', 'Third.');
    store.deleteConversations([first]);
    store.deleteMessage(kept);
    const flushed = store.flush();
    await vi.advanceTimersByTimeAsync(100);
    await flushed;
    const db = new ChatDatabase(null);
    expect(await db.messages.count()).toBe(6);
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    await until(async () => expect(await db.messages.count()).toBe(1));
    expect((await db.conversations.toArray()).map(({ title }) => title)).toEqual(['two']);
    expect(texts()).toEqual(['two']);
    store.restoreConversations([first]);
    expect(state().conversations.map(({ title }) => title)).toEqual(['two']);
    db.close();
  });
});

describe('people', () => {
  it('never see each other’s conversations', async () => {
    await store.setUser('ada');
    ask('Ada’s question', 'Ada’s answer');
    store.setDraft('Ada’s draft');
    store.preferences.setDefaults({ systemPrompt: 'Ada’s' });
    const seen: string[] = [];
    store.state.subscribe((each) => {
      if (each.user !== 'ada') seen.push(JSON.stringify([each, [...each.tree.messages]]));
    });
    await store.setUser('bob');
    await store.setUser(null);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join()).not.toContain('Ada');
    await store.setUser('ada');
    expect(texts()).toEqual(['Ada’s question', 'Ada’s answer']);
    expect(state()).toMatchObject({
      draft: 'Ada’s draft',
      defaults: { systemPrompt: 'Ada’s' },
    });
  });

  it('find everything when they come back at once', async () => {
    await store.setUser('ada');
    ask('one', 'First.');
    await store.flush();
    ask('two', 'Second.');
    void store.setUser('bob');
    void store.setUser('ada');
    void store.setUser(null);
    await store.setUser('ada');
    expect(texts()).toEqual(['one', 'First.', 'two', 'Second.']);
    ask('three', 'Third.');
    await store.flush();
    expect(state().unsaved.size).toBe(0);
    expect(texts(await openTab('ada'))).toHaveLength(6);
  });

  it('keep an answer that was on its way when they left, and nobody else receives its rest', async () => {
    await store.setUser('ada');
    const id = store.addTurn('Why?');
    store.append(id, 'Beca');
    const leaving = store.setUser('bob');
    store.append(id, 'use.');
    store.update(id, () => ({ status: 'done' }));
    await leaving;
    expect(state()).toMatchObject({ messages: [], conversations: [] });
    await store.flush();
    const bobs = new ChatDatabase('bob');
    expect(await bobs.messages.count()).toBe(0);
    bobs.close();
    await store.setUser('ada');
    expect(messages().at(-1)).toMatchObject({ content: 'Beca', status: 'interrupted' });
  });
});
