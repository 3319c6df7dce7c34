import { scoped } from '../app-scope';

/**
 * Tells an answer that another tab is still receiving from one that was cut off: the receiving
 * tab holds a lock, which the browser releases when the tab is closed or crashes.
 */
export interface AnswerLocks {
  hold(answerId: string): void;
  release(answerId: string): void;
  /** Resolves when no tab is receiving the answer any more. */
  whenFree(answerId: string): Promise<void>;
}

export function answerLocks(): AnswerLocks {
  const locks = globalThis.navigator?.locks;
  return locks ? new WebLocks(locks) : new AskedLocks();
}

export class WebLocks implements AnswerLocks {
  #held = new Map<string, () => void>();

  constructor(private readonly locks: LockManager) {}

  hold(answerId: string): void {
    if (this.#held.has(answerId)) return;
    const released = new Promise<void>((release) => this.#held.set(answerId, release));
    // Refused where the page may not store; then no other tab can hold the answer either.
    this.locks.request(lockName(answerId), () => released).catch(() => {});
  }

  release(answerId: string): void {
    this.#held.get(answerId)?.();
    this.#held.delete(answerId);
  }

  async whenFree(answerId: string): Promise<void> {
    await this.locks.request(lockName(answerId), () => {}).catch(() => {});
  }
}

function lockName(answerId: string): string {
  return scoped(`webllm-chat:answer:${answerId}`);
}

type Word = { ask: string } | { held: string };

/** A tab answers at once, even in the background. Milliseconds. */
const REPLY_MS = 500;
const ASK_AGAIN_MS = 2000;

/** Over plain HTTP browsers have no locks: there the tabs ask each other. */
export class AskedLocks implements AnswerLocks {
  #held = new Set<string>();
  #channel: BroadcastChannel | undefined;

  constructor() {
    if (typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(scoped('webllm-chat:answers'));
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Word>) => {
      if ('ask' in data && this.#held.has(data.ask)) this.#say({ held: data.ask });
    });
  }

  hold(answerId: string): void {
    this.#held.add(answerId);
  }

  release(answerId: string): void {
    this.#held.delete(answerId);
  }

  async whenFree(answerId: string): Promise<void> {
    while (await this.#isHeld(answerId)) {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  #isHeld(answerId: string): Promise<boolean> {
    const channel = this.#channel;
    if (!channel) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (held: boolean) => {
        clearTimeout(timer);
        channel.removeEventListener('message', listen);
        resolve(held);
      };
      const listen = ({ data }: MessageEvent<Word>) => {
        if ('held' in data && data.held === answerId) done(true);
      };
      const timer = setTimeout(() => done(false), REPLY_MS);
      channel.addEventListener('message', listen);
      this.#say({ ask: answerId });
    });
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word);
  }
}
