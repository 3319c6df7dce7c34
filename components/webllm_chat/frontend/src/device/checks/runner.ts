/** Runs checks one after the other, tells how far it is, and can be stopped at any time. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Platform } from '../platform';
import type { Check, CheckContext, Finding } from './check';

export interface RunState {
  /** Null before the first run. */
  platform: Platform | null;
  phase: 'idle' | 'running' | 'done' | 'stopped';
  /** The check that runs now. */
  current: string | null;
  /** Ids of this run's checks, in their order. */
  planned: string[];
  /** Findings of this run and of earlier ones, by the check's id. */
  findings: Record<string, Finding>;
  /** How long the last whole run took. */
  seconds: number | null;
}

const LIMIT_S = 4;
const INITIAL: RunState = {
  platform: null,
  phase: 'idle',
  current: null,
  planned: [],
  findings: {},
  seconds: null,
};

export class CheckRunner {
  readonly state: StoreApi<RunState> = createStore(() => INITIAL);
  #stop: AbortController | undefined;

  constructor(private readonly prepare: (signal: AbortSignal) => Promise<CheckContext>) {}

  /** Does nothing while checks run. Never rejects: what throws becomes a failed finding. */
  async run(checks: Check[]): Promise<void> {
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    const findings = { ...this.state.getState().findings };
    for (const { id } of checks) delete findings[id];
    const planned = checks.map(({ id }) => id);
    this.state.setState({ phase: 'running', current: null, planned, findings });
    const start = performance.now();
    const context = await this.prepare(stop.signal);
    this.state.setState({ platform: context.platform });
    try {
      for (const check of checks) {
        if (stop.signal.aborted) break;
        this.state.setState({ current: check.id });
        const finding = await this.#answer(check, context);
        if (stop.signal.aborted) break;
        this.#note(check.id, finding);
      }
    } finally {
      // Ends its worker, and with it everything the checks hold on the GPU.
      context.lab.close();
      this.#stop = undefined;
      const phase = stop.signal.aborted ? 'stopped' : 'done';
      const seconds = (performance.now() - start) / 1000;
      this.state.setState({ phase, current: null, seconds });
    }
  }

  stop(): void {
    this.#stop?.abort(new DOMException('The checks were stopped.', 'AbortError'));
  }

  #note(id: string, finding: Finding): void {
    this.state.setState(({ findings }) => ({ findings: { ...findings, [id]: finding } }));
  }

  async #answer(check: Check, context: CheckContext): Promise<Finding> {
    const { findings } = this.state.getState();
    const missing = check.needs?.find((id) => !isGood(findings[id]));
    if (missing) return { result: 'unknown', value: 'not looked at', reason: missing };
    const limitS = check.limitS ?? LIMIT_S;
    try {
      return await within(check.run(context), limitS, context.signal);
    } catch (error) {
      // Whatever it waits for, its worker may wait forever.
      context.lab.close();
      if (error instanceof TimeoutError) {
        return { result: 'fail', value: `no answer within ${limitS} s`, reason: 'timeout' };
      }
      const value = error instanceof Error ? error.message : String(error);
      return { result: 'fail', value: value.slice(0, 300), reason: 'error' };
    }
  }
}

function isGood(finding: Finding | undefined): boolean {
  return finding?.result === 'pass' || finding?.result === 'warn';
}

class TimeoutError extends Error {}

function within<T>(work: Promise<T>, seconds: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError()), seconds * 1000);
    const stopped = () => reject(signal.reason);
    signal.addEventListener('abort', stopped);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stopped);
    });
  });
}
