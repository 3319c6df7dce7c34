/** Gives a connection up that brings nothing, or next to nothing. */
import { namedError } from '../errors';

/** Milliseconds until something must have come. Hubs answer within a few seconds, also from afar. */
export const FIRST_BYTES_MS = 15_000;
/** So many bytes must come in each … */
export const LEAST_BYTES = 16 * 1024;
/** … so many milliseconds. The slowest mobile data (GPRS) brings ten times as much. */
export const WINDOW_MS = 30_000;

/** Aborts when the connection is too slow to be of any use, or when it is told to. */
export class Pace {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #inWindow = 0;

  constructor(signal?: AbortSignal) {
    const own = this.#controller.signal;
    this.signal = signal ? AbortSignal.any([signal, own]) : own;
    this.#allow(FIRST_BYTES_MS);
  }

  /** @param bytes - that came just now. */
  arrived(bytes: number): void {
    const first = this.#inWindow === 0 && bytes > 0;
    this.#inWindow += bytes;
    const enough = this.#inWindow >= LEAST_BYTES;
    if (enough) this.#inWindow = 0;
    if (first || enough) this.#allow(WINDOW_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #allow(milliseconds: number): void {
    this.end();
    this.#timer = setTimeout(() => {
      const seconds = milliseconds / 1000;
      this.#controller.abort(
        namedError('NetworkTimeoutError', `network error: next to nothing came for ${seconds} s.`),
      );
    }, milliseconds);
  }
}
