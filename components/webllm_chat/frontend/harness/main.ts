/**
 * The engines on a page without an interface, for tests and benchmarks. Tests call
 * `window.harness`, name each engine they start, and get every error as the app classifies it.
 */
import type { ModelRecord } from '@mlc-ai/web-llm';
import { measureModel } from './bench';
import { type Answer, AppEngine, PlainEngine } from './engines';
import { type Outcome, outcome } from './outcome';

interface Question {
  tokens: number;
  answer: Promise<Outcome<Answer>>;
}

const engines = new Map<string, AppEngine | PlainEngine>();
const loads = new Map<string, Promise<Outcome<void>>>();
const questions = new Map<string, Question>();

const harness = {
  startApp(name: string, kind: 'backend' | 'cpu'): void {
    engines.set(name, new AppEngine(kind));
  },

  startPlain(name: string, models: ModelRecord[]): void {
    engines.set(name, new PlainEngine(models));
  },

  /** Returns at once; `loaded` waits for its end. */
  load(name: string, request: never): void {
    loads.set(name, outcome(named(engines, name).load(request)));
  },

  loaded: (name: string): Promise<Outcome<void>> => named(loads, name),

  /** Returns at once: `tokens` tells how far the answer is, `answer` waits for its end. */
  ask(name: string, request: never): void {
    const question: Question = { tokens: 0, answer: new Promise(() => {}) };
    const onToken = () => {
      question.tokens += 1;
    };
    question.answer = outcome(named(engines, name).ask(request, onToken));
    questions.set(name, question);
  },

  tokens: (name: string): number => named(questions, name).tokens,

  answer: (name: string): Promise<Outcome<Answer>> => named(questions, name).answer,

  stop: (name: string): Promise<void> => named(engines, name).stop(),

  async unload(name: string): Promise<void> {
    const engine = named(engines, name);
    if (engine instanceof PlainEngine) await engine.unload();
  },

  terminate(name: string): void {
    named(engines, name).terminate();
    engines.delete(name);
  },

  loseDevices: (name: string): Promise<number> => named(engines, name).faults.loseDevices(),

  hasDevice: (name: string): Promise<void> => named(engines, name).faults.hasDevice(),

  hideWebGPU: (name: string): Promise<void> => named(engines, name).faults.hideWebGPU(),

  lowerLimit: (name: string, limit: keyof GPUSupportedLimits, value: number): Promise<void> =>
    named(engines, name).faults.lowerLimit(limit, value),

  measureModel,
};

function named<T>(map: Map<string, T>, name: string): T {
  const found = map.get(name);
  if (!found) throw new Error(`Nothing is called ${name}.`);
  return found;
}

declare global {
  interface Window {
    harness: typeof harness;
  }
}

window.harness = harness;
