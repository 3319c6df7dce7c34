/**
 * Counts what this visit sends to the server. Every value goes through `count` on its way out, so
 * the figures are of what was sent, not of what was meant to be.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface SentToServer {
  /** How many values. */
  values: number;
  /** Bytes of all of them, as JSON in UTF-8. */
  bytes: number;
  /** Bytes of conversation text among them, in UTF-8. */
  conversationBytes: number;
  /** The last value, word for word. */
  last: string | null;
}

const NOTHING: SentToServer = { values: 0, bytes: 0, conversationBytes: 0, last: null };

export class Meter {
  readonly state: StoreApi<SentToServer> = createStore(() => NOTHING);

  /**
   * @param value - what is about to be sent.
   * @param conversation - the texts of conversations that are in it.
   */
  count(value: unknown, conversation: readonly string[] = []): void {
    const last = JSON.stringify(value, null, 2);
    this.state.setState((sent) => ({
      values: sent.values + 1,
      bytes: sent.bytes + bytesOf(JSON.stringify(value)),
      conversationBytes:
        sent.conversationBytes + conversation.reduce((sum, text) => sum + bytesOf(text), 0),
      last,
    }));
  }
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
