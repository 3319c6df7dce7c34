/** The sentences of the table of error kinds, which Python's pages and the docs read as well. */
import table from '../../../../errors.json';

export interface ErrorTexts {
  /** Why it happens, what the app does, and what a person can do. */
  cause: string;
  app: string;
  person: string;
}

export const ENGLISH_ERRORS: Record<string, ErrorTexts> = Object.fromEntries(
  table.map(({ kind, cause, app, person }) => [kind, { cause, app, person }]),
);
