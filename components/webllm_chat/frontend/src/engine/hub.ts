/** Whether a model's files can be had now from where they are kept. */
import type { ModelEntry } from '../bridge/protocol';

/** @param base - address against which the entry's own are resolved. */
export async function canBeHad(
  entry: ModelEntry,
  timeoutS: number,
  base: string,
): Promise<boolean> {
  if (!entry.model || !entry.model_lib) return false;
  const config = configAddress(new URL(entry.model, base).href);
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

async function answersWithin(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'HEAD', signal })).ok;
  } catch {
    return false;
  }
}
