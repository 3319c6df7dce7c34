/** What the downloader needs of the world, so that tests can give it another one. */
export interface Environment {
  fetch: typeof fetch;
  /** Resolves after so many milliseconds, sooner when the network comes back or the signal aborts. */
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
  /** Bytes this page may still store; null where the browser does not say. */
  free: () => Promise<number | null>;
}

export const browserEnvironment: Environment = {
  fetch: (input, init) => fetch(input, init),
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        globalThis.removeEventListener?.('online', done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      globalThis.addEventListener?.('online', done);
      signal?.addEventListener('abort', done);
    }),
  now: () => performance.now(),
  free: async () => {
    const { quota, usage } = (await globalThis.navigator?.storage?.estimate?.()) ?? {};
    return quota === undefined ? null : Math.max(0, quota - (usage ?? 0));
  },
};
