/** What can be wrong with a value from outside: codes, for which the interface has the words. */
import type { BaseIssue } from 'valibot';

export const PROBLEMS = [
  'above',
  'answers-no-question',
  'below',
  'circular',
  'id-taken',
  'missing',
  'newer-version',
  'no-id',
  'no-kind',
  'no-such-message',
  'not-a-date',
  'not-a-flag',
  'not-a-list',
  'not-a-note',
  'not-a-number',
  'not-a-time',
  'not-allowed',
  'not-an-object',
  'not-json',
  'not-ours',
  'not-short',
  'not-text',
  'not-whole',
  'reserved',
  'too-large',
  'too-long',
  'too-many',
  'unknown-field',
] as const;

export type ProblemCode = (typeof PROBLEMS)[number];

export interface Problem {
  /** As in `conversations[3].messages[0].role`; empty for the file as a whole. */
  field: string;
  code: ProblemCode;
  /** What is asked for: a bound, or the values that are allowed, as JSON writes them. */
  asked: readonly (number | string)[];
}

/** A schema's message, checked to be a code. */
export function code(problem: ProblemCode): string {
  return problem;
}

/** @param issue - of a schema whose messages are codes. */
export function problemOf(field: string, issue: BaseIssue<unknown>): Problem {
  if (issue.type === 'strict_object') return { field, code: objectProblem(issue), asked: [] };
  return { field, code: issue.message as ProblemCode, asked: askedBy(issue) };
}

function objectProblem({ expected }: BaseIssue<unknown>): ProblemCode {
  if (expected === 'never') return 'unknown-field';
  return expected === 'Object' ? 'not-an-object' : 'missing';
}

function askedBy({ type, requirement, expected }: BaseIssue<unknown>): Problem['asked'] {
  if (typeof requirement === 'number') return [requirement];
  // Valibot writes `("a" | "b")`, and `"a"` where there is one.
  const allowed = type === 'picklist' || type === 'literal' ? (expected ?? '') : '';
  return allowed === '' ? [] : allowed.replace(/^\(|\)$/g, '').split(' | ');
}
