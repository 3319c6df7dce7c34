/**
 * Tells when a page or a worker is gone, however it went: each holds a Web Lock for as long as it
 * lives, and whoever wants to know asks for the same lock. (A port's `close` event did not come in
 * Chromium 156 when the frame at its other end was removed.)
 */
export interface Lifeline {
  name: string;
  /** Lets go of the lock before its holder is gone. */
  release(): void;
}

/** @returns null where there are no locks to hold: without a secure context, or embedded elsewhere. */
export async function holdLifeline(): Promise<Lifeline | null> {
  if (!('locks' in navigator)) return null;
  const name = `webllm-chat-${crypto.randomUUID()}`;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return new Promise((resolve) => {
    navigator.locks
      .request(name, () => {
        resolve({ name, release });
        return released;
      })
      .catch(() => resolve(null));
  });
}

/** @returns a function that stops watching. */
export function whenGone(name: string, listener: () => void): () => void {
  const watching = new AbortController();
  navigator.locks.request(name, { signal: watching.signal }, () => listener()).catch(() => {}); // Aborted, or this page itself is going.
  return () => watching.abort();
}

export async function isAlive(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === name);
}
