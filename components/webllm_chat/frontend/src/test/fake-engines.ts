/** Engines that do nothing by themselves, and an engine manager around them: tests say what happens. */
import { vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { ModelEntry } from '../bridge/protocol';
import type { GenerateRequest, GenerateResult, LoadRequest } from '../engine/backend';
import { type EngineError, namedError } from '../engine/errors';
import type { EngineHandle } from '../engine/host';
import type { ModelLibrary } from '../engine/library/library';
import type { ModelFiles } from '../engine/library/state';
import type { Note } from '../engine/machine';
import { EngineManager, type TurnOutcome, type TurnRequest } from '../engine/manager';
import { OtherTabs } from '../engine/other-tabs';
import type { EngineConfig } from '../engine/planner';
import { Visits } from '../engine/visits';
import { anEntry, EMBEDDED, F32, someSettings } from './fixtures';

export const SMALL = F32;
export const BETTER = anEntry({
  ...F32,
  model_id: 'better-q4f32_1',
  name: 'Better',
  vram_mb: 945,
  parameters: 500e6,
  download_bytes: { value: 300e6, estimate: false },
});
export const OTHER = anEntry({ ...BETTER, model_id: 'other-q4f32_1', name: 'Other' });

export function aResult(fields: Partial<GenerateResult> = {}): GenerateResult {
  return {
    finish: 'stop',
    promptTokens: 12,
    completionTokens: 3,
    timeToFirstTokenS: 0.5,
    decodeTokensPerS: 20,
    ...fields,
  };
}

/** A promise that a test keeps or breaks. */
export class Held<T = void> {
  resolve!: (value: T) => void;
  reject!: (error: Error) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(0);
  else await new Promise((resolve) => setTimeout(resolve));
}

interface Answer {
  request: GenerateRequest;
  say: (text: string) => void;
  end: (result?: Partial<GenerateResult>) => Promise<void>;
  fail: (name: string) => Promise<void>;
}

/** One engine in a worker of its own. */
export class FakeEngine implements EngineHandle {
  readonly host = 'dedicated';
  readonly fallback = null;
  request: LoadRequest | undefined;
  readonly answers: Answer[] = [];
  readonly #loading = new Held();
  #lost: (error: EngineError) => void = () => {};

  constructor(
    readonly modelId: string,
    readonly log: (what: string) => void,
  ) {}

  load(request: LoadRequest): Promise<void> {
    this.request = request;
    this.log(`load ${this.modelId}`);
    return this.#loading.promise;
  }

  async loaded(): Promise<void> {
    this.#loading.resolve();
    await settled();
  }

  async refuses(name: string): Promise<void> {
    this.#loading.reject(namedError(name, ''));
    await settled();
  }

  generate(request: GenerateRequest, say: (text: string) => void): Promise<GenerateResult> {
    this.log(`generate ${this.modelId}`);
    const answer = new Held<GenerateResult>();
    this.answers.push({
      request,
      say,
      end: async (result) => {
        answer.resolve(aResult(result));
        await settled();
      },
      fail: async (name) => {
        answer.reject(namedError(name, ''));
        await settled();
      },
    });
    return answer.promise;
  }

  get answer(): Answer {
    const last = this.answers.at(-1);
    if (!last) throw new Error(`${this.modelId} was asked nothing`);
    return last;
  }

  async stop(): Promise<void> {
    this.log(`stop ${this.modelId}`);
  }

  async ping(): Promise<void> {}

  onLost(listener: (error: EngineError) => void): void {
    this.#lost = listener;
  }

  lose(kind = 'device-lost'): void {
    this.#lost({ kind, detail: '' });
  }

  terminate(): void {
    this.log(`terminate ${this.modelId}`);
  }

  release(): void {
    this.log(`release ${this.modelId}`);
  }
}

/** A question, and what the engine manager told of it. */
export class FakeTurn implements TurnRequest {
  readonly told: string[] = [];
  readonly notes: Note[] = [];
  readonly outcomes: TurnOutcome[] = [];

  constructor(
    readonly id: string,
    fields: Partial<TurnRequest> = {},
  ) {
    Object.assign(this, fields);
  }

  messages = () => [{ role: 'user' as const, content: 'Why?' }];
  onStart = (modelId: string) => void this.told.push(`start ${modelId}`);
  onToken = (text: string) => void this.told.push(text);
  onNote = (note: Note) => void this.notes.push(note);
  onEnd = (outcome: TurnOutcome) => void this.outcomes.push(outcome);
}

/** An engine manager whose engines, files and device are a test's. */
export class FakeWorld {
  /** What engines and downloads were told, in order. */
  readonly log: string[] = [];
  readonly engines: FakeEngine[] = [];
  /** What the library of models is told with each render. */
  readonly configured = vi.fn();
  readonly visits = new Visits(localStorage, undefined);
  /** By model; a download that nobody holds is done at once. */
  readonly downloads = new Map<string, Held>();
  readonly files = createStore<{ files: Record<string, Partial<ModelFiles>> }>(() => ({
    files: {},
  }));
  readonly #here = new Set<string>();
  readonly #pausing = new Map<string, () => void>();
  readonly manager: EngineManager;

  constructor(private readonly config: Partial<EngineConfig> = {}) {
    const library = {
      state: this.files,
      configure: this.configured,
      refresh: async () => {},
      cachedModels: () => [],
      room: async () => 'unknown',
      loadFiles: async () => ({}),
      download: async (modelId: string) => {
        if (this.#here.has(modelId)) return;
        this.log.push(`download ${modelId}`);
        const download = this.downloads.get(modelId);
        if (download) await Promise.race([download.promise, this.#untilPaused(modelId)]);
        this.#here.add(modelId);
      },
      pause: async (modelId: string) => this.#pausing.get(modelId)?.(),
    };
    this.manager = new EngineManager({
      library: library as unknown as ModelLibrary,
      visits: this.visits,
      otherTabs: new OtherTabs(undefined),
      pickHost: () => 'dedicated',
      createEngine: async (_, __, modelId) => {
        const engine = new FakeEngine(modelId, (what) => this.log.push(what));
        this.engines.push(engine);
        return engine;
      },
    });
  }

  configure(): void {
    const catalog: ModelEntry[] = [SMALL, BETTER, OTHER];
    this.manager.configure({
      settings: someSettings({ default_model: SMALL.model_id, upgrade: 'off' }),
      catalog,
      embedded: EMBEDDED,
      appAddress: 'https://app.example/',
      ...this.config,
    });
  }

  /** With the first model on its way. */
  async started(): Promise<FakeEngine> {
    this.configure();
    this.manager.start();
    await settled();
    return this.engine();
  }

  /** With the first model answering. */
  async ready(): Promise<FakeEngine> {
    const engine = await this.started();
    await engine.loaded();
    return engine;
  }

  /** The newest. */
  engine(): FakeEngine {
    const last = this.engines.at(-1);
    if (!last) throw new Error('No engine was started');
    return last;
  }

  ask(id: string, fields: Partial<TurnRequest> = {}): FakeTurn {
    const turn = new FakeTurn(id, fields);
    this.manager.ask(turn);
    return turn;
  }

  #untilPaused(modelId: string): Promise<never> {
    return new Promise((_, reject) => {
      this.#pausing.set(modelId, () => {
        this.log.push(`pause ${modelId}`);
        this.#pausing.delete(modelId);
        reject(namedError('DownloadPausedError', ''));
      });
    });
  }

  /** What was told since the last look. */
  news(): string[] {
    return this.log.splice(0);
  }

  /** A download that a test ends. */
  hold(modelId: string): Held {
    const held = new Held();
    this.downloads.set(modelId, held);
    return held;
  }

  get phase() {
    return this.manager.state.getState().phase;
  }

  get active(): string | undefined {
    const { rungs, rung } = this.manager.state.getState();
    return rungs[rung]?.modelId;
  }
}
