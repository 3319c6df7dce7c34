import { beforeEach, describe, expect, it, vi } from 'vitest';
import { eachWithItsOwnStorage, inAnotherTab, openTab } from '../test/browser-storage';
import type { ConversationStore } from './store';

eachWithItsOwnStorage();

const state = (store: ConversationStore<string>) => store.state.getState();
const titles = (store: ConversationStore<string>) =>
  state(store).conversations.map(({ title }) => title);

let store: ConversationStore<string>;

function ask(question: string): void {
  store.openNew();
  const id = store.addTurn(question);
  store.update(id, () => ({ content: 'Because.', status: 'done' }));
}

/** A guest who chatted, and then signed in. */
beforeEach(async () => {
  store = await openTab();
  ask('one');
  store.setDraft('half a thought');
  ask('two');
  store.preferences.setDefaults({ temperature: 0.4 });
  store.preferences.savePreset('Mine', { seed: 1 });
  await store.setUser('ada');
});

describe('signing in', () => {
  it('shows nothing of the guest’s, but how much there is', () => {
    expect(state(store)).toMatchObject({ guestConversations: 2, conversations: [], defaults: {} });
  });

  it('brings the guest’s conversations and settings along on request; the guest has them no more', async () => {
    ask('Ada’s own');
    expect(await store.transfer.bringGuestAlong()).toEqual({
      conversations: 2,
      messages: 4,
      kept: 0,
    });
    expect(titles(store)).toEqual(['Ada’s own', 'two', 'one']);
    expect(state(store)).toMatchObject({ guestConversations: 0, defaults: { temperature: 0.4 } });
    expect(state(store).presets.at(-1)).toMatchObject({ name: 'Mine' });
    inAnotherTab();
    await store.open(state(store).conversations[2]?.id as string);
    expect(state(store)).toMatchObject({ draft: 'half a thought' });
    expect(state(store).messages.map(({ content }) => content)).toEqual(['one', 'Because.']);
    expect(titles(await openTab())).toEqual([]);
  });

  it('keeps the person’s own settings', async () => {
    store.preferences.setDefaults({ temperature: 1 });
    await store.transfer.bringGuestAlong();
    expect(state(store).defaults).toEqual({ temperature: 1 });
  });

  it('leaves everything with the guest when it cannot be written', async () => {
    const { IDBObjectStore } = await import('fake-indexeddb');
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('No room.', 'QuotaExceededError');
    });
    expect(await store.transfer.bringGuestAlong()).toBeNull();
    put.mockRestore();
    expect(state(store)).toMatchObject({ guestConversations: 2, conversations: [] });
    expect(titles(await openTab()).sort()).toEqual(['one', 'two']);
  });

  it('happens once, however often it is asked for', async () => {
    await store.transfer.bringGuestAlong();
    expect(await store.transfer.bringGuestAlong()).toMatchObject({ conversations: 0 });
    expect(titles(store)).toHaveLength(2);
  });

  it('leaves a guest’s deleted conversations deleted', async () => {
    await store.setUser(null);
    store.deleteConversations([state(store).conversations[0]?.id as string]);
    await store.setUser('ada');
    expect(state(store).guestConversations).toBe(1);
    await store.transfer.bringGuestAlong();
    expect(titles(store)).toEqual(['one']);
  });
});
