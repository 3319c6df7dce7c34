/** Two tabs of one browser on one person's conversations. */
import { BroadcastChannel as NodeBroadcastChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  BrowserLocks,
  type BrowserTabLocks,
  eachWithItsOwnStorage,
  inAnotherTab,
  openTab,
  until,
} from '../test/browser-storage';
import { AskedLocks } from './answer-locks';
import type { ConversationStore } from './store';

eachWithItsOwnStorage();

/** Node's, which lets no test process wait for it. */
class BroadcastChannel extends NodeBroadcastChannel {
  constructor(name: string) {
    super(name);
    this.unref();
  }
}

beforeEach(() => void vi.stubGlobal('BroadcastChannel', BroadcastChannel));
afterEach(() => void vi.unstubAllGlobals());

const state = (store: ConversationStore<string>) => store.state.getState();
const texts = (store: ConversationStore<string>) =>
  state(store).messages.map(({ content }) => content);

let one: ConversationStore<string>;
let two: ConversationStore<string>;
let oneLocks: BrowserTabLocks;
let id: string;

function ask(store: ConversationStore<string>, question: string, answer: string): string {
  const answerId = store.addTurn(question);
  store.append(answerId, answer);
  store.update(answerId, () => ({ status: 'done' }));
  return answerId;
}

/** Both show the same conversation. */
beforeEach(async () => {
  const locks = new BrowserLocks();
  oneLocks = locks.tab();
  one = await openTab('ada', oneLocks);
  ask(one, 'Why?', 'Because.');
  await one.flush();
  inAnotherTab();
  two = await openTab('ada', locks.tab());
  id = state(one).openId as string;
  await two.open(id);
});

describe('two tabs', () => {
  it('show the same conversation', () => {
    expect(texts(two)).toEqual(['Why?', 'Because.']);
  });

  it('see each other’s messages, titles and deletions', async () => {
    ask(one, 'Really?', 'Yes.');
    await until(() => expect(texts(two)).toEqual(['Why?', 'Because.', 'Really?', 'Yes.']));
    two.rename(id, 'The title');
    await until(() => expect(state(one).conversations[0]?.title).toBe('The title'));
    two.deleteMessage(state(two).messageIds[2] as string);
    await until(() => expect(texts(one)).toEqual(['Why?', 'Because.']));
  });

  it('see a new conversation, and one that is gone', async () => {
    one.openNew();
    ask(one, 'Another', 'One.');
    await until(() => expect(state(two).conversations).toHaveLength(2));
    two.setDraft('half a thought');
    one.deleteConversations([id]);
    await until(() => expect(state(two).conversations).toHaveLength(1));
    expect(state(two)).toMatchObject({ openId: null, draft: 'half a thought' });
  });

  it('lose nothing when both send at once: each is a branch', async () => {
    ask(one, 'From one', 'To one.');
    ask(two, 'From two', 'To two.');
    await until(() => {
      for (const store of [one, two]) expect(state(store).tree.messages.size).toBe(6);
    });
    await until(() => expect(texts(one)).toEqual(texts(two)));
    inAnotherTab();
    const after = await openTab('ada');
    await after.open(id);
    const all = [...state(after).tree.messages.values()].map(({ content }) => content);
    expect(all.sort()).toEqual(
      ['Because.', 'From one', 'From two', 'To one.', 'To two.', 'Why?'].sort(),
    );
  });

  it('follow an answer that the other one receives, and call it interrupted only when that is gone', async () => {
    const answer = one.addTurn('Really?');
    one.update(answer, () => ({ status: 'streaming' }));
    one.append(answer, 'Ye');
    await one.flush();
    await until(() =>
      expect(state(two).messages.at(-1)).toMatchObject({ content: 'Ye', status: 'streaming' }),
    );
    oneLocks.closeTab();
    await until(() =>
      expect(state(two).messages.at(-1)).toMatchObject({ content: 'Ye', status: 'interrupted' }),
    );
  });

  it('change different things of one message without undoing each other’s', async () => {
    const answer = one.addTurn('Really?');
    one.append(answer, 'Ye');
    await one.flush();
    await until(() => expect(state(two).messages).toHaveLength(4));
    two.deleteMessage(answer);
    await two.flush();
    await until(() => expect(state(one).messages).toHaveLength(3));
    one.append(answer, 's.');
    one.update(answer, () => ({ status: 'done' }));
    expect(state(one).messages).toHaveLength(3);
    await one.flush();
    two.restoreMessage(answer);
    await until(() => expect(texts(two).at(-1)).toBe('Yes.'));
    await until(() => expect(texts(one).at(-1)).toBe('Yes.'));
  });

  it('keep a draft each', async () => {
    one.setDraft('mine');
    two.setDraft('and mine');
    await one.flush();
    await two.flush();
    expect(state(one).draft).toBe('mine');
    expect(state(two).draft).toBe('and mine');
  });

  it('share settings and presets', async () => {
    one.preferences.setDefaults({ temperature: 0.3 });
    const preset = one.preferences.savePreset('Mine', { seed: 1 });
    await until(() => expect(state(two).defaults).toEqual({ temperature: 0.3 }));
    await until(() => expect(state(two).presets.at(-1)?.name).toBe('Mine'));
    await one.preferences.deletePreset(preset?.id as string);
    await until(() => expect(state(two).presets.at(-1)?.name).not.toBe('Mine'));
  });

  it('hear nothing of another person’s', async () => {
    inAnotherTab();
    const bob = await openTab('bob');
    ask(one, 'Really?', 'Yes.');
    await one.flush();
    await until(() => expect(texts(two)).toHaveLength(4));
    expect(state(bob)).toMatchObject({ conversations: [], messages: [] });
  });
});

describe('tabs without locks', () => {
  it('ask each other who receives an answer', async () => {
    const mine = new AskedLocks();
    const other = new AskedLocks();
    other.hold('a');
    let free = false;
    const waiting = mine.whenFree('a').then(() => {
      free = true;
    });
    await mine.whenFree('b');
    expect(free).toBe(false);
    other.release('a');
    await waiting;
    expect(free).toBe(true);
  });
});
