import { afterEach, describe, expect, it } from 'vitest';
import { bestLocale } from '../../../../../shared/locale';
import { de } from './de';
import { en } from './en';
import { es } from './es';
import { errorText, formatBytes, formatNumber, problemText, texts } from './index';
import { chooseLocale, currentLocale, startLocale } from './locale';

afterEach(async () => {
  localStorage.clear();
  await chooseLocale(null);
  await startLocale(['en']);
});

describe('the catalogue', () => {
  it.each([
    ['German', de],
    ['Spanish', es],
  ])('has words for every kind of error in %s', (_, language) => {
    expect(Object.keys(language.errors).sort()).toEqual(Object.keys(en.errors).sort());
  });

  it.each([
    ['German', de],
    ['Spanish', es],
  ])('leaves no text empty in %s', (_, language) => {
    const empty = JSON.stringify(language, (_key, value) => (value === '' ? '∅' : value));
    expect(empty).not.toContain('∅');
  });
});

describe('the language', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['fr-FR', 'es-MX', 'de'], 'es'],
    [['fr-FR'], 'en'],
    [[], 'en'],
  ])('is the first of %j that there is', (preferred, expected) => {
    expect(bestLocale(preferred as string[])).toBe(expected);
  });

  it('changes texts, numbers, errors and what a screen reader is told', async () => {
    await startLocale(['de-DE']);
    expect(texts().composer.send).toBe('Senden');
    expect(formatNumber(1234.5, 1)).toBe('1.234,5');
    expect(errorText('out-of-memory').cause).toContain('Speicher');
    expect(document.documentElement.lang).toBe('de');
  });

  it('is the visitor’s choice on the next visit as well', async () => {
    await chooseLocale('es');
    await startLocale(['de-DE']);
    expect(currentLocale()).toBe('es');
    await chooseLocale(null);
    await startLocale(['de-DE']);
    expect(currentLocale()).toBe('de');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1234, '1.2 kB'],
    [31_400_000, '31 MB'],
    [10_737_491_968, '10.7 GB'],
  ])('%i bytes are %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });

  it('are called as in the visitor’s language', async () => {
    await startLocale(['de']);
    expect(formatBytes(1)).toMatch(/^1\sByte$/);
  });
});

describe('what is wrong with a file', () => {
  const role = {
    field: 'conversations[0].messages[1].role',
    code: 'not-allowed',
    asked: ['"user"', '"assistant"'],
  } as const;
  const probability = { field: 'presets[0].settings.topP', code: 'below', asked: [0.01] } as const;
  const text = { field: '', code: 'not-json', asked: [] } as const;

  it.each([
    [
      'en',
      [
        'conversations[0].messages[1].role must be "user" or "assistant".',
        'presets[0].settings.topP must be at least 0.01.',
        'The file is not a JSON file.',
      ],
    ],
    [
      'de',
      [
        'conversations[0].messages[1].role muss "user" oder "assistant" sein.',
        'presets[0].settings.topP muss mindestens 0,01 sein.',
        'Die Datei ist keine JSON-Datei.',
      ],
    ],
    [
      'es',
      [
        'conversations[0].messages[1].role debe ser "user" o "assistant".',
        'presets[0].settings.topP debe ser como mínimo 0,01.',
        'El archivo no es un archivo JSON.',
      ],
    ],
  ])('is said in %s', async (locale, sentences) => {
    await startLocale([locale]);
    expect([role, probability, text].map(problemText)).toEqual(sentences);
  });
});

describe('errors', () => {
  it('have words for one that nobody has named', () => {
    expect(errorText('something-new')).toEqual(errorText('unknown'));
  });
});
