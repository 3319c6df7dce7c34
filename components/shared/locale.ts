/**
 * The language of the interface: what the visitor chose, else the first of the browser's languages
 * that there is. Every component's bundle has a copy of it.
 */

export type Locale = 'en' | 'de' | 'es';

/** Each language by its own name, as its speakers look for it. */
export const LOCALES: Record<Locale, string> = { en: 'English', de: 'Deutsch', es: 'Español' };

const CHOICE_KEY = 'webllm-chat.locale';

/** @param preferred - BCP 47 tags, most wanted first. */
export function bestLocale(preferred: readonly string[] = browserLanguages()): Locale {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (isLocale(language)) return language;
  }
  return 'en';
}

/** @returns what the visitor chose in this browser; null: nothing. */
export function storedLocale(): Locale | null {
  try {
    const stored = localStorage.getItem(CHOICE_KEY);
    return isLocale(stored) ? stored : null;
  } catch {
    return null;
  }
}

/** @param choice - null: as in the browser. */
export function storeLocale(choice: Locale | null): void {
  try {
    if (choice) localStorage.setItem(CHOICE_KEY, choice);
    else localStorage.removeItem(CHOICE_KEY);
  } catch {
    // Without storage the choice lasts for this visit.
  }
}

function browserLanguages(): readonly string[] {
  return navigator.languages?.length ? navigator.languages : [navigator.language];
}

function isLocale(value: string | null | undefined): value is Locale {
  return value !== null && value !== undefined && Object.hasOwn(LOCALES, value);
}
