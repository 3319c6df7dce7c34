/** What the tabs of this app tell each other about the models' files. */
import { usableLocks } from '../locks';
import type { ModelFiles } from './state';

export type TabMessage =
  /** A download in the sender's tab. */
  | { type: 'progress'; files: ModelFiles }
  /** Something was completed, paused, or deleted: look again. */
  | { type: 'changed' }
  /** The model is to be given up: its files will be deleted. */
  | { type: 'cancel'; modelId: string };

const CHANNEL = 'webllm-chat/library';

export class Tabs {
  readonly #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : undefined;
  readonly #watched = new Set<string>();

  listen(listener: (message: TabMessage) => void): void {
    this.#channel?.addEventListener('message', ({ data }) => listener(data as TabMessage));
  }

  tell(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  /** Calls back once no tab holds the lock any more, however that came about. */
  async whenFree(lock: string, callback: () => void): Promise<void> {
    if (this.#watched.has(lock)) return;
    this.#watched.add(lock);
    const locks = await usableLocks();
    await locks?.request(lock, { mode: 'shared' }, () => {});
    this.#watched.delete(lock);
    callback();
  }

  /** Of these locks, the ones that some tab holds. */
  async held(locks: string[]): Promise<Set<string>> {
    const snapshot = await (await usableLocks())?.query();
    const held = new Set(snapshot?.held?.map(({ name }) => name ?? ''));
    return new Set(locks.filter((lock) => held.has(lock)));
  }
}
