import '../../test/native-blob';
import { afterEach, expect, it, vi } from 'vitest';
import { openChunkStore } from './chunk-store';

afterEach(() => {
  vi.unstubAllGlobals();
});

async function keepsWhatItIsGiven(): Promise<void> {
  const store = await openChunkStore();
  expect(await store.get('a')).toBeUndefined();
  await store.put('a', new Blob(['words']));
  expect((await store.get('a'))?.size).toBe(5);
  await store.delete('a');
  expect(await store.get('a')).toBeUndefined();
}

it('keeps chunks in memory where the page may store nothing', async () => {
  vi.stubGlobal('caches', undefined);
  expect((await openChunkStore()).durable).toBe(false);
  await keepsWhatItIsGiven();
  vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('', 'SecurityError')) });
  expect((await openChunkStore()).durable).toBe(false);
  await keepsWhatItIsGiven();
});

it('keeps chunks in the browser’s cache where it may', async () => {
  const kept = new Map<string, Response>();
  const cache = {
    match: async (key: string) => kept.get(key)?.clone(),
    put: async (key: string, response: Response) => kept.set(key, response),
    delete: async (key: string) => kept.delete(key),
  };
  vi.stubGlobal('caches', { open: async () => cache });
  expect((await openChunkStore()).durable).toBe(true);
  await keepsWhatItIsGiven();
});
