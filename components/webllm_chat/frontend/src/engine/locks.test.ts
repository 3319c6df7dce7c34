import { expect, it } from 'vitest';
import { usableLocks } from './locks';

it('is there where the page may ask', async () => {
  const locks = { query: async () => ({ held: [], pending: [] }) } as unknown as LockManager;
  expect(await usableLocks(locks)).toBe(locks);
});

it('is missing where every request is refused', async () => {
  const query = async () => {
    throw new DOMException('The request was denied.', 'SecurityError');
  };
  expect(await usableLocks({ query } as unknown as LockManager)).toBeUndefined();
});
