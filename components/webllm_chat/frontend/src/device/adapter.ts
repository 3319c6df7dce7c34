/** Asks the browser for a GPU until it gives one. */
import { sleep } from './sleep';

/**
 * The first `requestAdapter()` after the browser's GPU process starts can return null or reject
 * (measured on software and NVIDIA adapters alike), so it is asked again for some seconds.
 */
const RETRY_DELAYS_MS = [0, 100, 300, 600, 1000, 1500];

export interface AdapterSearch {
  adapter: GPUAdapter | null;
  /** How often the browser was asked. */
  tries: number;
}

export async function findAdapter(
  gpu: GPU,
  wait: (milliseconds: number) => Promise<void> = sleep,
): Promise<AdapterSearch> {
  let tries = 0;
  for (const delay of RETRY_DELAYS_MS) {
    if (delay > 0) await wait(delay);
    tries += 1;
    const adapter = await gpu
      .requestAdapter({ powerPreference: 'high-performance' })
      .catch(() => null);
    if (adapter) return { adapter, tries };
  }
  return { adapter: null, tries };
}
