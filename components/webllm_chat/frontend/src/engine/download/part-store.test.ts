import { afterEach, expect, it, vi } from 'vitest';
import { FakeCaches } from '../../test/downloads';
import { openShelf, PartStore } from './part-store';

afterEach(() => {
  vi.unstubAllGlobals();
});

const file = { url: 'https://a.example/shard.bin?v=2', size: 9 };

async function keepsWhatItIsGiven(): Promise<void> {
  const store = new PartStore(await openShelf());
  expect(await store.read(file)).toEqual([]);
  await store.append(file, 0, new Blob(['first']));
  await store.append(file, 1, new Blob(['2nd']));
  expect(await store.kept(file)).toBe(8);
  expect(await new Blob(await store.read(file)).text()).toBe('first2nd');
  await store.drop(file);
  expect(await store.kept(file)).toBe(0);
  expect(await store.shelf.keys()).toEqual([]);
}

it('keeps parts in memory where the page may store nothing', async () => {
  vi.stubGlobal('caches', undefined);
  expect((await openShelf()).durable).toBe(false);
  await keepsWhatItIsGiven();
  vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('', 'SecurityError')) });
  expect((await openShelf()).durable).toBe(false);
  await keepsWhatItIsGiven();
});

it('keeps parts in the browser’s cache where it may', async () => {
  vi.stubGlobal('caches', new FakeCaches());
  expect((await openShelf()).durable).toBe(true);
  await keepsWhatItIsGiven();
});
