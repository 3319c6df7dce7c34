/** Ticks in hidden pages too, where browsers let a page's own timers run once a minute. */
export function startClock(milliseconds: number, tick: () => void): () => void {
  const worker = new Worker(new URL('./clock.worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', tick);
  worker.postMessage(milliseconds);
  return () => worker.terminate();
}
