/** Whether a model's files can be had now: already in the browser, or from where they are kept. */
import type { ModelEntry } from '../bridge/protocol';

/** WebLLM's name for the cache that holds each model's configuration. */
const CONFIG_CACHE = 'webllm/config';

/** @param base - address against which the entry's own are resolved. */
export async function canBeHad(
  entry: ModelEntry,
  timeoutS: number,
  base: string,
): Promise<boolean> {
  if (!entry.model || !entry.model_lib) return false;
  const config = configAddress(new URL(entry.model, base).href);
  if (await isCached(config)) return true;
  const signal = AbortSignal.timeout(timeoutS * 1000);
  const answers = await Promise.all(
    [config, new URL(entry.model_lib, base).href].map((url) => answersWithin(url, signal)),
  );
  return answers.every(Boolean);
}

/** WebLLM's own rule: `resolve/main/` is added unless the address names a revision. */
export function modelFolder(model: string): string {
  const base = model.endsWith('/') ? model : `${model}/`;
  return /\/resolve\/[^/]+\//.test(base) ? base : `${base}resolve/main/`;
}

export function configAddress(model: string): string {
  return new URL('mlc-chat-config.json', modelFolder(model)).href;
}

async function isCached(url: string): Promise<boolean> {
  try {
    const cache = await globalThis.caches?.open(CONFIG_CACHE);
    return (await cache?.match(url)) !== undefined;
  } catch {
    return false; // A private or embedded page may not look.
  }
}

async function answersWithin(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'HEAD', signal })).ok;
  } catch {
    return false;
  }
}
