/** Finds out when an engine no longer answers, although its worker has not ended. */
import type { EngineHandle } from './host';

/** Milliseconds between two looks; browsers stretch this in hidden tabs, which only adds patience. */
export const BEAT_MS = 5000;
/** Looks without a sign of life, after which an engine counts as hung. */
export const MOST_MISSED = 6;

export class Heartbeat {
  readonly #timer: ReturnType<typeof setInterval>;
  #waiting = false;
  #missed = 0;

  constructor(
    private readonly handle: Pick<EngineHandle, 'ping'>,
    private readonly onHung: () => void,
  ) {
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    if (this.#waiting) {
      this.#missed += 1;
      if (this.#missed < MOST_MISSED) return;
      this.stop();
      this.onHung();
      return;
    }
    this.#waiting = true;
    this.#missed = 0;
    const alive = () => {
      this.#waiting = false;
    };
    // A rejection comes from a worker that has ended, and is told by itself.
    this.handle.ping().then(alive, alive);
  }
}
