/** Finds out when a model that is being loaded never will be. */
import { namedError } from './errors';
import { Heartbeat } from './heartbeat';
import type { EngineHandle } from './host';

/** Milliseconds that an engine may load without getting on. The longest step is a CPU engine's, which
 * reads all weights in one. */
export const STANDSTILL_MS = 120_000;

export class LoadWatch {
  readonly #heartbeat: Heartbeat;
  /** Rejects when the load is given up. */
  readonly #hung: Promise<never>;
  #giveUp: (error: Error) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(handle: Pick<EngineHandle, 'ping'>) {
    this.#hung = new Promise((_, reject) => {
      this.#giveUp = reject;
    });
    this.#heartbeat = new Heartbeat(handle, () => this.#end('It gave no sign of life.'));
    this.progressed();
  }

  progressed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end('It did not get on.'), STANDSTILL_MS);
  }

  /** @throws EngineHungError in place of a load that does not end, and what the load throws. */
  async unlessHung(load: Promise<void>): Promise<void> {
    try {
      await Promise.race([load, this.#hung]);
    } finally {
      this.#stop();
    }
  }

  #end(why: string): void {
    this.#stop();
    this.#giveUp(namedError('EngineHungError', `While it was being loaded: ${why}`));
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#heartbeat.stop();
  }
}
