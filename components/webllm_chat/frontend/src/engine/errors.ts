/**
 * Names what failed. WebLLM and llama.cpp hand errors over as text, so kinds are recognised by
 * the patterns of `errors.json`, the one table that the component, the pages and the docs share.
 */
import table from '../../../errors.json';

export type Remedy =
  | 'same-model-once'
  | 'smaller-context'
  | 'step-down'
  | 'f32-sibling'
  | 'trim'
  | 'refuse'
  | 'none';

export interface ErrorKind {
  kind: string;
  patterns: string[];
  /** Messages as browsers and engines print them. */
  seen: string[];
  remedy: Remedy;
  /** Sentences for people: why it happens, what the app does, what a person can do. */
  cause: string;
  app: string;
  person: string;
  /** Buttons that help, best first. */
  actions: Action[];
}

export type Action = 'reset-gpu' | 'smaller-model' | 'smaller-context' | 'clear-cache';

export interface EngineError {
  kind: string;
  /** The raw text, kept for the report; it never holds any part of a conversation. */
  detail: string;
}

const KINDS = table as ErrorKind[];
const UNKNOWN = KINDS[KINDS.length - 1] as ErrorKind;
const MATCHERS = KINDS.map((row) => ({ row, patterns: row.patterns.map((p) => new RegExp(p)) }));

export function errorKind(kind: string): ErrorKind {
  return KINDS.find((row) => row.kind === kind) ?? UNKNOWN;
}

/** @param thrown - anything: an Error, WebLLM's string, or an object without a message. */
export function classify(thrown: unknown): EngineError {
  const detail = errorText(thrown);
  const match = MATCHERS.find(({ patterns }) => patterns.some((p) => p.test(detail)));
  return { kind: (match?.row ?? UNKNOWN).kind, detail: detail.slice(0, 2000) };
}

function errorText(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) {
    return String(thrown);
  }
  return 'name' in thrown ? `${thrown.name}: ${thrown.message}` : String(thrown.message);
}

const ABOUT_SIZE = new Set([
  'out-of-memory',
  'device-lost',
  'buffer-map-failed',
  'storage-quota',
  'crashed-while-loading',
]);

/** Whether a larger model would fail for the same reason. */
export function isAboutSize(kind: string): boolean {
  return ABOUT_SIZE.has(kind);
}

/** Whether the same may work a moment later, without anything being changed. */
export function isTransient({ kind }: EngineError): boolean {
  return kind === 'network';
}

export function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** An error whose name the table of kinds recognises. */
export function namedError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
