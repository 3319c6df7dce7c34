import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { appPathOf, scoped } from './app-scope';

describe('the path of an app', () => {
  it.each([
    ['/component/components.webllm_chat.webllm_chat/index.html', ''],
    ['/chat/component/components.webllm_chat.webllm_chat/index.html', '/chat'],
    ['/chat/component/x/assets/import.worker-1.js', '/chat'],
    ['/team/component/app/component/x/index.html', '/team/component/app'],
    ['/~/+/component/x/index.html', '/~/+'],
    ['/', ''],
  ])('of %s is "%s"', (pathname, path) => {
    expect(appPathOf(pathname)).toBe(path);
  });

  it('is in the names of what it keeps, unless it is the root', () => {
    expect(scoped('webllm-chat:guest', '')).toBe('webllm-chat:guest');
    const names = ['', '/a', '/b', '/a/b'].map((path) => scoped('webllm-chat:guest', path));
    expect(new Set(names).size).toBe(4);
  });
});

/** Everything of the app, as a page below this path loads it. */
async function pageAt(path: string) {
  window.history.pushState(null, '', `${path}/component/x/index.html`);
  vi.resetModules();
  const database = await import('./conversation/database');
  const look = await import('./ui/chat/settings/interface-preferences');
  return {
    ids: async (user: string | null) => {
      const { db } = await database.openDatabase(user);
      const rows = await db.conversations.toArray();
      db.close();
      return rows.map(({ id }) => id);
    },
    keep: async (user: string | null, id: string) => {
      const { db } = await database.openDatabase(user);
      await db.conversations.put({ id } as never);
      db.close();
    },
    sidebar: () => look.interfacePreferences.getState().sidebar,
    hideSidebar: () => look.setInterfacePreference({ sidebar: false }),
  };
}

describe('apps of one origin', () => {
  beforeEach(async () => {
    localStorage.clear();
    for (const { name = '' } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
  });
  afterEach(() => window.history.pushState(null, '', '/'));

  it('see nothing of each other’s conversations and settings', async () => {
    await (await pageAt('/one')).keep(null, 'of one');
    (await pageAt('/one')).hideSidebar();
    await (await pageAt('')).keep(null, 'of the root');
    const two = await pageAt('/two');
    expect(await two.ids(null)).toEqual([]);
    expect(two.sidebar()).toBe(true);
    const one = await pageAt('/one');
    expect(await one.ids(null)).toEqual(['of one']);
    expect(one.sidebar()).toBe(false);
  });

  it('take over what an earlier version left, the first of them alone, and leave it there', async () => {
    const before = await pageAt('');
    await before.keep(null, 'old');
    await before.keep('ada', 'hers');
    before.hideSidebar();
    const one = await pageAt('/one');
    expect(await one.ids(null)).toEqual(['old']);
    expect(await one.ids('ada')).toEqual(['hers']);
    expect(one.sidebar()).toBe(false);
    await one.keep(null, 'new');
    expect((await (await pageAt('/one')).ids(null)).sort()).toEqual(['new', 'old']);
    const two = await pageAt('/two');
    expect(await two.ids(null)).toEqual([]);
    expect(two.sidebar()).toBe(true);
    expect(await (await pageAt('')).ids(null)).toEqual(['old']);
  });
});
