/**
 * The language of the interface: what the visitor chose, else the first of the browser's languages
 * that there is. Every language but English is fetched only when it is needed.
 */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { en, type Texts } from './en';

export type Locale = 'en' | 'de' | 'es';

/** Each language by its own name, as its speakers look for it. */
export const LOCALES: Record<Locale, string> = { en: 'English', de: 'Deutsch', es: 'Español' };

const CHOICE_KEY = 'webllm-chat.locale';

const CATALOGUES: Record<Locale, () => Promise<Texts>> = {
  en: async () => en,
  de: async () => (await import('./de')).de,
  es: async () => (await import('./es')).es,
};

interface LocaleState {
  locale: Locale;
  texts: Texts;
  /** What the visitor chose; null leaves it to the browser. */
  choice: Locale | null;
}

const state: StoreApi<LocaleState> = createStore(() => ({
  locale: 'en',
  texts: en,
  choice: storedChoice(),
}));

/** The texts now. Components that must follow a change of language call `useTexts`. */
export function texts(): Texts {
  return state.getState().texts;
}

export function useTexts(): Texts {
  return useStore(state, (current) => current.texts);
}

export function useLocale(): LocaleState {
  return useStore(state);
}

export function currentLocale(): Locale {
  return state.getState().locale;
}

/**
 * Shows the interface in the visitor's language.
 *
 * @param preferred - BCP 47 tags, most wanted first; the browser's own when left out.
 */
export async function startLocale(
  preferred: readonly string[] = browserLanguages(),
): Promise<void> {
  const locale = state.getState().choice ?? bestLocale(preferred);
  try {
    const catalogue = await CATALOGUES[locale]();
    state.setState({ locale, texts: catalogue });
    document.documentElement.lang = locale;
  } catch {
    // The language's file could not be fetched: English is here already.
    document.documentElement.lang = state.getState().locale;
  }
}

/** @param choice - null: as in the browser. */
export async function chooseLocale(choice: Locale | null): Promise<void> {
  state.setState({ choice });
  try {
    if (choice) localStorage.setItem(CHOICE_KEY, choice);
    else localStorage.removeItem(CHOICE_KEY);
  } catch {
    // Without storage the choice lasts for this visit.
  }
  await startLocale();
}

export function bestLocale(preferred: readonly string[]): Locale {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (isLocale(language)) return language;
  }
  return 'en';
}

export function browserLanguages(): readonly string[] {
  return navigator.languages?.length ? navigator.languages : [navigator.language];
}

function isLocale(value: string | null | undefined): value is Locale {
  return value !== null && value !== undefined && Object.hasOwn(LOCALES, value);
}

function storedChoice(): Locale | null {
  try {
    const stored = localStorage.getItem(CHOICE_KEY);
    return isLocale(stored) ? stored : null;
  } catch {
    return null;
  }
}
