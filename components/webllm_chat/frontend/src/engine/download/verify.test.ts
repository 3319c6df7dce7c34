import '../../test/native-blob';
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { digest } from './verify';

const ALGORITHMS = ['md5', 'sha256', 'sha384', 'sha512'] as const;
/** More than is hashed at once. */
const body = new Uint8Array(9 * 1024 * 1024).map((_, index) => index % 251);

afterEach(() => vi.unstubAllGlobals());

describe.each(['with the browser’s own hashes', 'without a secure context'])('%s', (where) => {
  it.each(ALGORITHMS)('computes %s as everyone does', async (algorithm) => {
    if (where === 'without a secure context') vi.stubGlobal('crypto', {});
    const expected = createHash(algorithm).update(body).digest('hex');
    expect(await digest(algorithm, new Blob([body]))).toBe(expected);
  });
});
