import { describe, expect, it } from 'vitest';
import { halfBits, halfValue } from './half';

describe('16-bit floats', () => {
  it.each([
    [0, 0x0000],
    [1, 0x3c00],
    [-1, 0xbc00],
    [0.5, 0x3800],
    [-62.75, 0xd3d8],
    [65504, 0x7bff],
  ])('%d is %d', (value, bits) => {
    expect(halfBits(value)).toBe(bits);
    expect(halfValue(bits)).toBe(value);
  });

  it('reads what no exact number is', () => {
    expect(halfValue(0x7c00)).toBe(Number.POSITIVE_INFINITY);
    expect(halfValue(0x7e00)).toBeNaN();
    expect(halfValue(0x0001)).toBe(2 ** -24);
  });
});
