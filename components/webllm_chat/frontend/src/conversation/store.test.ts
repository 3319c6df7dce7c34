import { beforeEach, describe, expect, it } from 'vitest';
import { ConversationStore, type Message } from './store';

let store: ConversationStore<string>;

beforeEach(() => {
  store = new ConversationStore<string>();
});

const messages = () => store.state.getState().messages;
const message = (id: string) => messages().find((each) => each.id === id) as Message<string>;

describe('ConversationStore', () => {
  it('begins empty', () => {
    expect(store.state.getState()).toEqual({ messages: [], draft: '' });
  });

  it('adds a question and the answer to come, in this order', () => {
    const id = store.addTurn('Why?');
    expect(messages()).toMatchObject([
      { role: 'user', content: 'Why?', status: 'done' },
      { id, role: 'assistant', content: '', status: 'waiting', notes: [], interrupted: [] },
    ]);
  });

  it('gives each message an id of its own', () => {
    store.addTurn('one');
    store.addTurn('one');
    expect(new Set(messages().map(({ id }) => id)).size).toBe(4);
  });

  it('changes one message by what it is, and leaves the others the same objects', () => {
    store.addTurn('one');
    const id = store.addTurn('two');
    const before = messages();
    store.update(id, ({ content }) => ({ content: `${content}Be` }));
    store.update(id, ({ content }) => ({ content: `${content}cause` }));
    expect(message(id)).toMatchObject({ content: 'Because', status: 'waiting' });
    expect(messages().slice(0, 3)).toEqual(before.slice(0, 3));
    for (const [index, each] of before.slice(0, 3).entries()) expect(messages()[index]).toBe(each);
  });

  it('ignores a change of a message that is gone', () => {
    const id = store.addTurn('one');
    store.clear();
    store.update(id, () => ({ content: 'late' }));
    expect(messages()).toEqual([]);
  });

  it('lets an engine read all turns before an answer, with its question and without itself', () => {
    const first = store.addTurn('one');
    store.update(first, () => ({ content: 'First.', status: 'done' }));
    const second = store.addTurn('two');
    store.update(second, () => ({ content: 'half an ans' }));
    expect(store.historyBefore(second)).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'First.' },
      { role: 'user', content: 'two' },
    ]);
    expect(store.historyBefore(first)).toEqual([{ role: 'user', content: 'one' }]);
  });

  it('leaves answers that never came out of what an engine reads', () => {
    const failed = store.addTurn('one');
    store.update(failed, () => ({ status: 'failed' }));
    const next = store.addTurn('two');
    expect(store.historyBefore(next).every(({ content }) => content !== '')).toBe(true);
    expect(store.historyBefore(next).at(-1)).toEqual({ role: 'user', content: 'two' });
  });

  it('keeps the draft when the conversation is cleared', () => {
    store.addTurn('one');
    store.setDraft('half a thought');
    store.clear();
    expect(store.state.getState()).toEqual({ messages: [], draft: 'half a thought' });
  });
});
