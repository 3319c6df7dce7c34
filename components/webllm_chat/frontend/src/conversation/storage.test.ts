/** What happens to conversations when a browser's storage is full, denied, cleared or damaged. */
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import { eachWithItsOwnStorage, inAnotherTab, openTab, until } from '../test/browser-storage';
import { databaseName } from './database';
import { Person } from './person';
import type { ConversationStore } from './store';

eachWithItsOwnStorage();

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const state = (store: ConversationStore<string>) => store.state.getState();
const texts = (store: ConversationStore<string>) =>
  state(store).messages.map(({ content }) => content);

function ask(store: ConversationStore<string>, question: string, answer: string): string {
  const id = store.addTurn(question);
  store.append(id, answer);
  store.update(id, () => ({ status: 'done' }));
  return id;
}

/** Every write is refused, as browsers do when the disk or the site's share is full. */
function fillUp(): () => void {
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('No room.', 'QuotaExceededError');
  });
  return () => put.mockRestore();
}

describe('storage that is full', () => {
  beforeEach(async () => {
    const { IDBObjectStore } = await import('fake-indexeddb');
    vi.stubGlobal('IDBObjectStore', IDBObjectStore);
  });

  it('keeps every message in memory and says which are not stored', async () => {
    const store = await openTab();
    fillUp();
    ask(store, 'Why?', 'Because.');
    await store.flush();
    expect(texts(store)).toEqual(['Why?', 'Because.']);
    expect(state(store).storage.problem).toBe('full');
    expect([...state(store).unsaved].sort()).toEqual([...state(store).messageIds].sort());
  });

  it('shows and exports what is not stored like anything else', async () => {
    const store = await openTab();
    ask(store, 'one', 'First.');
    await store.flush();
    fillUp();
    store.openNew();
    ask(store, 'Why?', 'Because.');
    const unsaved = state(store).openId as string;
    await store.flush();
    store.openNew();
    await store.open(unsaved);
    expect(texts(store)).toEqual(['Why?', 'Because.']);
    expect(await store.transfer.exportJson()).toContain('Because.');
    expect(await store.transfer.exportJson()).toContain('First.');
  });

  it('shows what was changed, though it cannot be stored', async () => {
    const store = await openTab();
    const first = ask(store, 'Why?', 'Because.');
    ask(store, 'Really?', 'Yes.');
    await store.flush();
    fillUp();
    store.deleteMessage(first);
    store.setDraft('typed');
    await store.flush();
    const { openId } = state(store);
    store.openNew();
    await store.open(openId as string);
    expect(texts(store)).toEqual(['Why?']);
  });

  it('is tried again, and all is stored once there is room', async () => {
    const store = await openTab();
    const makeRoom = fillUp();
    ask(store, 'Why?', 'Because.');
    await store.flush();
    makeRoom();
    ask(store, 'Really?', 'Yes.');
    await store.flush();
    expect(state(store).storage.problem).toBeNull();
    expect(state(store).unsaved.size).toBe(0);
    expect(texts(await openTab())).toEqual(['Why?', 'Because.', 'Really?', 'Yes.']);
  });

  it('is tried again without being asked', async () => {
    const store = await openTab();
    const makeRoom = fillUp();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    ask(store, 'Why?', 'Because.');
    await store.flush();
    expect(state(store).unsaved.size).toBe(2);
    makeRoom();
    vi.advanceTimersByTime(20_000);
    await until(() => expect(state(store).unsaved.size).toBe(0));
  });

  it('keeps what a person could not store while another one is signed in', async () => {
    const store = await openTab('ada');
    const makeRoom = fillUp();
    ask(store, 'Ada’s question', 'Ada’s answer');
    const { openId } = state(store);
    await store.setUser('bob');
    expect(texts(store)).toEqual([]);
    expect(JSON.stringify(state(store))).not.toContain('Ada');
    makeRoom();
    await store.setUser('ada');
    await store.open(openId as string);
    expect(texts(store)).toEqual(['Ada’s question', 'Ada’s answer']);
  });

  it('survives a reload while another one is signed in', async () => {
    const store = await openTab('ada');
    const makeRoom = fillUp();
    ask(store, 'Ada’s question', 'Ada’s answer');
    await store.setUser('bob');
    store.leavePage();
    makeRoom();
    expect(texts(await openTab('ada'))).toEqual(['Ada’s question', 'Ada’s answer']);
  });

  it('survives a reload where the small storage for this still has room', async () => {
    const store = await openTab();
    const makeRoom = fillUp();
    ask(store, 'Why?', 'Because.');
    await store.flush();
    store.leavePage();
    makeRoom();
    expect(texts(await openTab())).toEqual(['Why?', 'Because.']);
  });

  it('refuses an import that has no room before anything is written', async () => {
    const store = await openTab();
    ask(store, 'Why?', 'Because.');
    const file = await store.transfer.exportJson();
    const estimate = vi.fn(async () => ({ quota: 1000, usage: 900 }));
    vi.stubGlobal('navigator', { storage: { estimate } });
    inAnotherTab();
    const bob = await openTab('bob');
    expect(await bob.transfer.importFile(file)).toMatchObject({ kind: 'no-room', freeBytes: 100 });
    expect(state(bob).conversations).toEqual([]);
  });

  it('changes nothing when an import runs out of room half-way', async () => {
    const store = await openTab();
    ask(store, 'one', 'First.');
    store.openNew();
    ask(store, 'two', 'Second.');
    const file = await store.transfer.exportJson();
    inAnotherTab();
    const bob = await openTab('bob');
    const { put } = IDBObjectStore.prototype;
    let puts = 0;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...given
    ) {
      puts += 1;
      if (puts > 3) throw new DOMException('No room.', 'QuotaExceededError');
      return put.apply(this, given);
    });
    expect(await bob.transfer.importFile(file)).toMatchObject({ kind: 'no-room' });
    vi.restoreAllMocks();
    inAnotherTab();
    expect(state(await openTab('bob')).conversations).toEqual([]);
  });

  it('is announced while there still is some', async () => {
    let usage = 10e6;
    vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota: 100e6, usage }) } });
    const store = await openTab();
    expect(state(store).storage).toEqual({ kind: 'database', problem: null, freeBytes: 90e6 });
    usage = 90e6;
    ask(store, 'Why?', 'Because.');
    await until(() =>
      expect(state(store).storage).toEqual({ kind: 'database', problem: 'low', freeBytes: 10e6 }),
    );
  });
});

describe('storage that is denied', () => {
  it.each([
    ['there is none', undefined],
    [
      'opening is forbidden',
      {
        open: () => {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      },
    ],
  ])('keeps conversations until the page is left, and says so: %s', async (why, indexedDB) => {
    Object.assign(globalThis, { indexedDB });
    const store = await openTab(why);
    expect(state(store).storage).toMatchObject({ kind: 'memory', problem: 'denied' });
    ask(store, 'one', 'First.');
    const first = state(store).openId as string;
    store.openNew();
    ask(store, 'two', 'Second.');
    await store.flush();
    await store.open(first);
    expect(texts(store)).toEqual(['one', 'First.']);
    expect(state(store).conversations).toHaveLength(2);
    expect(state(store).unsaved.size).toBe(0);
    expect((await store.search('second')).map((hit) => hit.conversation.title)).toEqual(['two']);
  });

  it('keeps people apart in memory too', async () => {
    Object.assign(globalThis, { indexedDB: undefined });
    const store = await openTab('eve');
    ask(store, 'Eve’s question', 'Eve’s answer');
    const { openId } = state(store);
    await store.setUser('fay');
    expect(state(store)).toMatchObject({ conversations: [], messages: [] });
    await store.setUser('eve');
    await store.open(openId as string);
    expect(texts(store)).toEqual(['Eve’s question', 'Eve’s answer']);
  });

  it('works without the small storages as well', async () => {
    const denied = {
      get length(): number {
        throw new DOMException('Denied.', 'SecurityError');
      },
    };
    vi.stubGlobal('sessionStorage', denied);
    vi.stubGlobal('localStorage', denied);
    const store = await openTab();
    store.setDraft('typed');
    ask(store, 'Why?', 'Because.');
    store.leavePage();
    expect(texts(store)).toEqual(['Why?', 'Because.']);
  });
});

describe('storage that is cleared while the page is open', () => {
  it('gets what is shown once more', async () => {
    const store = await openTab();
    ask(store, 'Why?', 'Because.');
    await store.flush();
    await clearSiteData();
    expect(texts(store)).toEqual(['Why?', 'Because.']);
    ask(store, 'Really?', 'Yes.');
    await store.flush();
    expect(texts(await openTab())).toEqual(['Why?', 'Because.', 'Really?', 'Yes.']);
  });

  it('gets an answer that comes in another conversation, too', async () => {
    const store = await openTab();
    const answer = store.addTurn('one');
    const { openId } = state(store);
    store.append(answer, 'Fir');
    store.openNew();
    ask(store, 'two', 'Second.');
    await store.flush();
    await clearSiteData();
    store.append(answer, 'st.');
    store.update(answer, () => ({ status: 'done' }));
    await store.flush();
    const after = await openTab();
    expect(
      state(after)
        .conversations.map(({ title }) => title)
        .sort(),
    ).toEqual(['one', 'two']);
    await after.open(openId as string);
    expect(texts(after)).toEqual(['First.']);
  });
});

describe('a row', () => {
  const preset = { id: 'p', name: 'before', builtIn: false, settings: {}, updatedAt: 1 };
  let person: Person<string>;
  let failed: Mock<(error: unknown) => void>;

  beforeEach(async () => {
    const ignore = () => {};
    failed = vi.fn();
    person = new Person({ changed: ignore, written: ignore, failed, closed: ignore });
    await person.open(null);
  });
  afterEach(() => person.close());

  it('that is gone when one of its fields is written, is written whole', async () => {
    person.set('presets', 'p', preset, ['name'], 0);
    await person.flush();
    expect(await person.db?.presets.get('p')).toEqual(preset);
  });

  it('is written when its person comes back while the database is still being closed', async () => {
    for (let index = 0; index < 300; index += 1) {
      person.set('presets', `p${index}`, { ...preset, id: `p${index}` }, ['id', 'name'], 0);
    }
    const closing = person.close();
    await person.open(null);
    await closing;
    person.set('presets', 'p', preset, ['id', 'name'], 0);
    await person.flush();
    expect(await person.db?.presets.count()).toBe(301);
    expect(failed).not.toHaveBeenCalled();
  });

  it('is never read older than it was written', async () => {
    person.set('presets', 'p', preset, ['id', 'name'], 0);
    await person.flush();
    const table = person.db?.presets;
    if (!table) throw new Error('There is no database.');
    const read = table.toArray.bind(table);
    vi.spyOn(table, 'toArray').mockImplementationOnce((async () => {
      const rows = await read();
      person.set('presets', 'p', { ...preset, name: 'after' }, ['name'], 0);
      await person.flush();
      return rows;
    }) as unknown as typeof table.toArray);
    expect((await person.presets())[0]?.name).toBe('after');
  });
});

/** What a browser does: it closes every connection and deletes every database. */
async function clearSiteData(): Promise<void> {
  for (const connection of connections) forceCloseDatabase(connection as never);
  connections.length = 0;
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseName(null));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

const connections: IDBDatabase[] = [];

beforeEach(() => {
  const { open } = IDBFactory.prototype;
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...given) {
    const request = open.apply(this, given);
    request.addEventListener('success', () => connections.push(request.result as never));
    return request;
  });
});
