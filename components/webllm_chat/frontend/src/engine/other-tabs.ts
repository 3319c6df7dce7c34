/** Knows when another tab of this app holds the same weights in memory: twice the memory, said. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import { usableLocks } from './locks';

const PREFIX = 'webllm-chat/loaded/';

export class OtherTabs {
  /** Models that this tab and another have loaded. */
  readonly twice: StoreApi<string[]> = createStore<string[]>(() => []);
  readonly #free = new Map<string, () => void>();

  constructor(private readonly locks: LockManager | undefined = globalThis.navigator?.locks) {}

  /** Holds a shared lock while the model is loaded; the browser frees it with the tab. */
  loaded(modelId: string): void {
    if (!this.locks || this.#free.has(modelId)) return;
    const held = new Promise<void>((free) => this.#free.set(modelId, free));
    // Refused inside another site's page; then the other tabs stay unknown.
    this.locks
      .request(PREFIX + modelId, { mode: 'shared' }, () => {
        void this.#look();
        return held;
      })
      .catch(() => {});
  }

  unloaded(modelId: string): void {
    this.#free.get(modelId)?.();
    this.#free.delete(modelId);
    void this.#look();
  }

  async #look(): Promise<void> {
    const names = ((await (await usableLocks(this.locks))?.query())?.held ?? []).map(
      ({ name }) => name,
    );
    const isTwice = (modelId: string) =>
      names.filter((name) => name === PREFIX + modelId).length > 1;
    this.twice.setState([...this.#free.keys()].filter(isTwice), true);
  }
}
