/** Whether a model's files can be had now: already in the browser, or from where they are kept. */
import type { ModelEntry } from '../bridge/protocol';

/** WebLLM's name for the cache that holds each model's configuration. */
const CONFIG_CACHE = 'webllm/config';

export async function canBeHad(entry: ModelEntry, timeoutS: number): Promise<boolean> {
  if (!entry.model || !entry.model_lib) return false;
  const config = configAddress(entry.model);
  if (await isCached(config)) return true;
  const signal = AbortSignal.timeout(timeoutS * 1000);
  const answers = await Promise.all(
    [config, entry.model_lib].map((url) => answersWithin(url, signal)),
  );
  return answers.every(Boolean);
}

/** WebLLM's own rule: `resolve/main/` is added unless the address names a revision. */
export function configAddress(model: string): string {
  const base = model.endsWith('/') ? model : `${model}/`;
  const revision = /\/resolve\/[^/]+\//.test(base) ? base : `${base}resolve/main/`;
  return new URL('mlc-chat-config.json', new URL(revision, location.href)).href;
}

async function isCached(url: string): Promise<boolean> {
  const cache = await globalThis.caches?.open(CONFIG_CACHE).catch(() => undefined);
  return (await cache?.match(url)) !== undefined;
}

async function answersWithin(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'HEAD', signal })).ok;
  } catch {
    return false;
  }
}
