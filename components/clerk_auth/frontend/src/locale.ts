/** The sign-in in the visitor's language: our words, and those of Clerk's form. */

import type { LocalizationResource } from "@clerk/shared/types";
import { bestLocale, type Locale, storedLocale } from "../../../shared/locale";
import { WORDS } from "./words";

export const locale: Locale = storedLocale() ?? bestLocale();

export const words = WORDS[locale];

/** Clerk's interface speaks English by itself. */
const CLERK_WORDS: Record<Locale, () => Promise<LocalizationResource | undefined>> = {
  en: async () => undefined,
  de: async () => (await import("@clerk/localizations/de-DE")).deDE,
  es: async () => (await import("@clerk/localizations/es-ES")).esES,
};

/** The words of Clerk's form; undefined where it keeps its English. */
export async function clerkWords(): Promise<LocalizationResource | undefined> {
  try {
    return await CLERK_WORDS[locale]();
  } catch {
    return undefined; // The server is away: better to sign in in English than not at all.
  }
}
