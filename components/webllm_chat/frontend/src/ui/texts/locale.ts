/** The texts in the visitor's language. Every one but English is fetched only when it is needed. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { bestLocale, type Locale, storedLocale, storeLocale } from '../../../../../shared/locale';
import { en, type Texts } from './en';

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
  choice: storedLocale(),
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
export async function startLocale(preferred?: readonly string[]): Promise<void> {
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
  storeLocale(choice);
  await startLocale();
}
