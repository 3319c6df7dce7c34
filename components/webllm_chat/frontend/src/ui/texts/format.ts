/** Numbers and sizes as the visitor's language writes them. */
import { currentLocale } from './locale';

/** @param digits - after the decimal mark. */
export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(currentLocale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

export function megabytes(bytes: number): string {
  return `${formatNumber(Math.round(bytes / 1e6))} MB`;
}

/** The unit that leaves one to three digits: '0 bytes', '1.2 kB', '31 MB', '10.7 GB'. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) {
    return new Intl.NumberFormat(currentLocale(), {
      style: 'unit',
      unit: 'byte',
      unitDisplay: 'long',
    }).format(bytes);
  }
  if (bytes < 1e6) return `${formatNumber(bytes / 1000, 1)} kB`;
  if (bytes < 1e9) return megabytes(bytes);
  return `${formatNumber(bytes / 1e9, 1)} GB`;
}

/** What may be chosen from, as in '"user" or "assistant"'; numbers with the digits they have. */
export function formatChoices(choices: readonly (number | string)[]): string {
  const numbers = new Intl.NumberFormat(currentLocale());
  return new Intl.ListFormat(currentLocale(), { type: 'disjunction' }).format(
    choices.map((choice) => (typeof choice === 'number' ? numbers.format(choice) : choice)),
  );
}
