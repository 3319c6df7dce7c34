/** A smoothed speed: recent seconds count more, by an exponential moving average. */

/** Seconds after which a change of speed is shown to 63 %. */
const TIME_CONSTANT_S = 4;
/** Shorter spans say more about chance than about the connection. Seconds. */
const SHORTEST_SPAN_S = 0.5;

export class SpeedMeter {
  #last: { received: number; atMs: number } | undefined;
  #bytesPerS: number | null = null;

  /** @param received - bytes in all; the first call only sets the mark. */
  update(received: number, nowMs: number): number | null {
    this.#last ??= { received, atMs: nowMs };
    const seconds = (nowMs - this.#last.atMs) / 1000;
    if (seconds < SHORTEST_SPAN_S) return this.#bytesPerS;
    const current = Math.max(0, received - this.#last.received) / seconds;
    const weight = 1 - Math.exp(-seconds / TIME_CONSTANT_S);
    const before = this.#bytesPerS ?? current;
    this.#bytesPerS = before + (current - before) * weight;
    this.#last = { received, atMs: nowMs };
    return this.#bytesPerS;
  }
}
