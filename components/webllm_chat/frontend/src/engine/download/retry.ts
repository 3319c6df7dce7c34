import { isNamed, namedError } from '../errors';

/** Milliseconds before the second, third and fourth try. */
const SOON_MS = [500, 1500, 4000];
/** Where nobody waits for the file, five minutes more. */
const LATER_MS = Array<number>(20).fill(15_000);
/** Of tries that brought nothing in time, where somebody waits: then another model is sooner there. */
const MOST_TIMEOUTS = 2;
/** Longer than this nobody is made to wait because a server asks for it. */
const LONGEST_RETRY_AFTER_MS = 30_000;

export interface Patience {
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  signal?: AbortSignal | undefined;
  /** Nobody is waiting: a network that is away may stay so for minutes. */
  patient?: boolean;
  /** Whether the try that just failed still brought the work a good way on. */
  gained?: () => boolean;
}

/** An answer of a server that is not the file. */
export class HttpError extends Error {
  constructor(
    url: string,
    readonly status: number,
    readonly retryAfterMs: number | null,
  ) {
    super(`${url} answered HTTP ${status}.`);
    this.name = 'HttpError';
  }
}

export function httpError(response: Response, url: string): HttpError {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new HttpError(url, response.status, Number.isFinite(seconds) ? seconds * 1000 : null);
}

/**
 * Tries again what failed for reasons that pass: a broken connection, a busy server.
 * @throws the last try's error; at once whatever another try would not change, and the signal's
 * reason once it aborts.
 */
export async function retrying<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const delays = patience.patient ? [...SOON_MS, ...LATER_MS] : SOON_MS;
  let timeouts = 0;
  for (let failures = 0; ; ) {
    patience.signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      patience.signal?.throwIfAborted();
      if (!isTransient(error)) throw error;
      if (patience.gained?.()) failures = timeouts = 0;
      if (isNamed(error, 'NetworkTimeoutError')) timeouts += 1;
      if (timeouts >= MOST_TIMEOUTS && !patience.patient) throw error;
      const delay = delays[failures];
      if (delay === undefined) throw error;
      failures += 1;
      await patience.wait(Math.max(delay, askedDelay(error)), patience.signal);
    }
  }
}

function askedDelay(error: unknown): number {
  const asked = error instanceof HttpError ? error.retryAfterMs : null;
  return Math.min(asked ?? 0, LONGEST_RETRY_AFTER_MS);
}

function isTransient(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (error instanceof HttpError) return error.status === 429 || error.status >= 500;
  return isNamed(error, ...TRANSIENT_NAMES);
}

const TRANSIENT_NAMES = ['ShortReadError', 'NetworkTimeoutError', 'NetworkError'];

/** A body that ended before all of the file had come. */
export function shortRead(url: string, received: number, size: number): Error {
  return namedError('ShortReadError', `network error: ${url} sent ${received} of ${size} bytes.`);
}
