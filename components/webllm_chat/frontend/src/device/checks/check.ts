/** What a check is: a question about this browser, as data, with a way to answer it. */
import type { AdapterSearch } from '../adapter';
import type { GpuLab } from '../gpu/lab';
import type { Platform } from '../platform';

export type CheckResult = 'pass' | 'warn' | 'fail' | 'unknown';

export type CheckGroup =
  | 'page'
  | 'gpu'
  | 'compute'
  | 'storage'
  | 'workers'
  | 'cpu'
  | 'network'
  | 'memory';

export interface Finding {
  result: CheckResult;
  /** What was measured, for people. */
  value: string;
  /** What kind of failure it was, where the advice depends on it. */
  reason?: string;
  /** The same in numbers, for the report. */
  facts?: Record<string, string | number | boolean | null>;
}

export interface Check {
  id: string;
  group: CheckGroup;
  title: string;
  /** Why it matters, in a sentence. */
  why: string;
  /** Checks without whose success this one has no meaning. */
  needs?: string[];
  /** Seconds after which it is given up; 4 unless stated. */
  limitS?: number;
  /** @throws anything; the runner makes a failed finding of it. */
  run: (context: CheckContext) => Promise<Finding>;
}

/** Where a model's files would be fetched from; null where there is nothing to ask. */
export interface Places {
  config: string | null;
  library: string | null;
  embedded: string | null;
  /** Seconds the app itself waits for an answer. */
  patienceS: number;
}

/** What the checks share in one run. */
export interface CheckContext {
  signal: AbortSignal;
  /** The page's `navigator.gpu`. */
  gpu: GPU | undefined;
  secureContext: boolean;
  platform: Platform;
  /** Asked once for all checks. */
  adapter: () => Promise<AdapterSearch>;
  lab: GpuLab;
  /** Whether a model is answering now, which leaves less of the GPU to measure. */
  busy: () => boolean;
  places: Places;
  /** Bytes the default model takes on disk; null where not known. */
  modelBytes: number | null;
  /** Of the memory check: bytes to try for, and whom to tell how far it is. */
  memory: { goal: number; onStep: (bytes: number) => void };
}

export const pass = (value: string, facts?: Finding['facts']): Finding => ({
  result: 'pass',
  value,
  ...(facts && { facts }),
});

export const warn = (value: string, facts?: Finding['facts']): Finding => ({
  ...pass(value, facts),
  result: 'warn',
});

export const fail = (value: string, facts?: Finding['facts']): Finding => ({
  ...pass(value, facts),
  result: 'fail',
});
