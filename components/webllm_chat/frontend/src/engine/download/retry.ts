/** Milliseconds before the second, third and fourth try. */
const RETRY_DELAYS_MS = [500, 1500, 4000];

/**
 * Tries again what failed for reasons that pass: a broken connection, a busy server.
 * @throws the last try's error, and at once whatever another try would not change.
 */
export async function retrying<T>(
  work: () => Promise<T>,
  wait: (milliseconds: number) => Promise<void>,
): Promise<T> {
  for (const delay of RETRY_DELAYS_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await wait(delay);
    }
  }
  return work();
}

function isTransient(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (!(error instanceof Error)) return false;
  const busy = error.name === 'HttpError' && /HTTP (429|5\d\d)/.test(error.message);
  return busy || error.name === 'ShortReadError';
}
