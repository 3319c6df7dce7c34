/** What the tabs of one person tell each other about changes. */
import { databaseName, type User } from './database';
import type { WrittenKey } from './write-buffer';

/** `all`: more changed than is worth listing. Keys only; no text is ever sent. */
export type Change = WrittenKey[] | 'all';

export class TabChannel {
  readonly #channel: BroadcastChannel | undefined;

  constructor(user: User, onChange: (change: Change) => void) {
    if (typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(databaseName(user));
    this.#channel.onmessage = ({ data }: MessageEvent<Change>) => onChange(data);
  }

  tell(change: Change): void {
    this.#channel?.postMessage(change);
  }

  close(): void {
    this.#channel?.close();
  }
}
