/** Numbers with units, for people. */

/** @param bytes - shown in binary units where `binary`, as limits are powers of two. */
export function size(bytes: number, binary = false): string {
  const base = binary ? 1024 : 1000;
  const units = binary ? ['B', 'KiB', 'MiB', 'GiB', 'TiB'] : ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit += 1;
  }
  return `${rounded(value)} ${units[unit]}`;
}

/** @param seconds - shown in ms or µs where that is easier to read. */
export function duration(seconds: number): string {
  if (seconds >= 1) return `${rounded(seconds)} s`;
  if (seconds >= 1e-3) return `${rounded(seconds * 1e3)} ms`;
  return `${rounded(seconds * 1e6)} µs`;
}

/** Three digits are what these measurements are worth. */
export function rounded(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
