/** What the browser says about this site's storage. */
import type { StorageReport } from './state';

export async function readStorage(durable: boolean): Promise<StorageReport> {
  const storage = globalThis.navigator?.storage;
  const { usage, quota } = (await storage?.estimate?.().catch(() => undefined)) ?? {};
  const persisted = (await storage?.persisted?.().catch(() => null)) ?? null;
  return { usage: usage ?? null, quota: quota ?? null, persisted, durable };
}

/** Asks the browser not to clear this site's storage by itself. Some browsers ask the visitor. */
export async function askToPersist(): Promise<void> {
  const storage = globalThis.navigator?.storage;
  if (await storage?.persisted?.().catch(() => true)) return;
  await storage?.persist?.().catch(() => false);
}
