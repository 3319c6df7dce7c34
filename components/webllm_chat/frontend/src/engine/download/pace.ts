/** Gives a connection up that brings nothing, or next to nothing. */
import { namedError } from '../errors';

/** Milliseconds until something must have come. Hubs answer within a few seconds, also from afar. */
export const FIRST_BYTES_MS = 15_000;
/** So many bytes must come in each … */
export const LEAST_BYTES = 16 * 1024;
/** … so many milliseconds: half a KiB a second, less than any line on which a model is worth fetching. */
export const WINDOW_MS = 30_000;

/**
 * Runs a request, which gives up with the pace's signal.
 * @throws NetworkTimeoutError when too little comes, the signal's reason, and what `work` throws.
 */
export async function atPace<T>(
  signal: AbortSignal | undefined,
  work: (pace: Pace) => Promise<T>,
): Promise<T> {
  const pace = new Pace(signal);
  try {
    return await work(pace);
  } catch (error) {
    signal?.throwIfAborted();
    throw pace.signal.aborted ? pace.signal.reason : error;
  } finally {
    pace.end();
  }
}

/** What comes of a body; of one that is left before its end the rest is not waited for. */
export async function* piecesOf<T extends Uint8Array>(
  body: ReadableStream<T>,
  pace: Pace,
): AsyncGenerator<T, void, void> {
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      pace.arrived(read.value.length);
      yield read.value;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

export function tooLong(url: string, most: number): Error {
  return namedError(
    'CorruptFileError',
    `${url} is longer than the ${most} bytes it may have; it was thrown away.`,
  );
}

/** Aborts when the connection is too slow to be of any use, or when it is told to. */
class Pace {
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
