/** A browser's storage for tests: fresh for each, with as many tabs as a test opens. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, vi } from 'vitest';
import type { AnswerLocks } from '../conversation/answer-locks';
import { ConversationStore } from '../conversation/store';

/** Tests wait for conditions; this is only for how long at most, on a machine that is busy. */
const PATIENCE_MS = 20_000;

/** jsdom has neither of them. */
export function eachWithItsOwnStorage(): void {
  vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
  const globals = { indexedDB: globalThis.indexedDB, IDBKeyRange: globalThis.IDBKeyRange };
  beforeEach(() => {
    Object.assign(globalThis, { indexedDB: new IDBFactory(), IDBKeyRange });
    sessionStorage.clear();
    localStorage.clear();
  });
  afterEach(() => {
    Object.assign(globalThis, globals);
    sessionStorage.clear();
    localStorage.clear();
  });
}

/** The locks of one browser: a tab's are released when it is closed. */
export class BrowserLocks {
  readonly #holders = new Map<string, BrowserTabLocks>();
  readonly #waiting = new Map<string, (() => void)[]>();

  tab(): BrowserTabLocks {
    return new BrowserTabLocks(this);
  }

  hold(id: string, tab: BrowserTabLocks): void {
    this.#holders.set(id, tab);
  }

  release(id: string): void {
    this.#holders.delete(id);
    for (const go of this.#waiting.get(id) ?? []) go();
    this.#waiting.delete(id);
  }

  closed(tab: BrowserTabLocks): void {
    for (const [id, holder] of this.#holders) if (holder === tab) this.release(id);
  }

  whenFree(id: string): Promise<void> {
    if (!this.#holders.has(id)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve]);
    });
  }
}

export class BrowserTabLocks implements AnswerLocks {
  constructor(private readonly browser: BrowserLocks) {}
  hold = (id: string) => this.browser.hold(id, this);
  release = (id: string) => this.browser.release(id);
  whenFree = (id: string) => this.browser.whenFree(id);
  /** What the browser does when the tab is closed or crashes. */
  closeTab = () => this.browser.closed(this);
}

/** A tab in which a person's conversations are shown. */
export async function openTab(
  user: string | null = null,
  locks: AnswerLocks = new BrowserLocks().tab(),
): Promise<ConversationStore<string>> {
  const store = new ConversationStore<string>(locks);
  await store.setUser(user);
  return store;
}

/** Waits until a check passes, however busy the machine is. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: PATIENCE_MS });
}

/** Another tab than the ones before: it remembers nothing of theirs. */
export function inAnotherTab(): void {
  sessionStorage.clear();
}
