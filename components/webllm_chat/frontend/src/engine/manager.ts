/** Does what the state machine decides: probes, loads, answers, and tells it what came of it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DeviceReport, EmbeddedModel, EngineSettings, ModelEntry } from '../bridge/protocol';
import { probeDevice } from '../device/probe';
import type { ChatTurnMessage, GenerateResult, LoadProgress, LoadRequest } from './backend';
import { classify, type EngineError } from './errors';
import { createEngine, type EngineHandle } from './host';
import { canBeHad } from './hub';
import { buildLadder, gpuRung, pickGpuModel, type Rung } from './ladder';
import { ModelLibrary } from './library/library';
import {
  activeRung,
  INITIAL,
  type MachineEffect,
  type MachineEvent,
  type MachineState,
  type Note,
  step,
  type Turn,
} from './machine';
import { keepRecentTurns } from './trim';

export interface EngineConfig {
  settings: EngineSettings;
  catalog: ModelEntry[];
  embedded: EmbeddedModel | null;
  /** The app's own address, against which the embedded model's are resolved. */
  appAddress: string;
}

/** One question and what becomes of it. The engine never keeps its text. */
export interface TurnRequest {
  id: string;
  messages: () => ChatTurnMessage[];
  onStart: (modelId: string) => void;
  onToken: (text: string) => void;
  onNote: (note: Note) => void;
  onEnd: (outcome: TurnOutcome) => void;
}

export type TurnOutcome =
  | { kind: 'answered'; result: GenerateResult }
  | { kind: 'stopped' }
  | { kind: 'failed'; errorKind: string };

/** Temperature and top-p as SmolLM2's model card recommends for its instruct models. */
const SAMPLING = { temperature: 0.2, topP: 0.9, repetitionPenalty: 1 };

/** The smallest models lose the thread at any temperature: SmolLM2-135M answered 'la France, la
 * France, …' in 6 of 12 tries with the values above, and right in every try without chance. */
const GREEDY = { temperature: 0, topP: 1, repetitionPenalty: 1 };
const SMALLEST_PARAMETERS = 200e6;

const SYSTEM_PROMPT = { role: 'system', content: 'You are a helpful assistant.' } as const;

export interface EngineCounters {
  turns: number;
  tokens: number;
  lastResult: GenerateResult | null;
  /** Of the last answers, the newest last. */
  recentSpeeds: { modelId: string; decodeTokensPerS: number }[];
}

/** As many answers' speeds as Python is told of. */
const MOST_RECENT_SPEEDS = 50;

export class EngineManager {
  readonly library = new ModelLibrary();
  readonly state: StoreApi<MachineState> = createStore(() => INITIAL);
  readonly counters: StoreApi<EngineCounters> = createStore(() => ({
    turns: 0,
    tokens: 0,
    lastResult: null,
    recentSpeeds: [],
  }));
  #config: EngineConfig | undefined;
  #host: EngineHandle | undefined;
  #downloading: string | undefined;
  #turn: TurnRequest | undefined;
  #device: Promise<DeviceReport> | undefined;

  /** Call with each render's arguments; the first call looks at the device. */
  configure(config: EngineConfig): void {
    const first = this.#config === undefined;
    this.#config = config;
    this.library.configure({ ...config, cacheBackend: config.settings.cache_backend });
    if (first) void this.#lookAtDevice();
  }

  /** Chooses and loads a model; does nothing once that has begun. */
  start(): void {
    this.#dispatch({ type: 'start' });
  }

  ask(turn: TurnRequest): void {
    if (this.state.getState().turn) return;
    this.#turn = turn;
    this.#dispatch({ type: 'ask', turnId: turn.id });
  }

  stop(): void {
    this.#dispatch({ type: 'stop' });
  }

  /** Ends the engine with its GPU device and loads the first choice again. */
  reset(): void {
    this.#dispatch({ type: 'reset' });
  }

  switchModel(modelId: string): void {
    const config = this.#requireConfig();
    const entry = this.#entry(modelId);
    const known = this.state.getState().rungs.find((rung) => rung.modelId === modelId);
    const rung = known ?? (entry && gpuRung(entry, config.settings));
    if (rung) this.#dispatch({ type: 'choose', rung });
  }

  #dispatch(event: MachineEvent): void {
    const { state, effects } = step(this.state.getState(), event);
    this.state.setState(state, true);
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: MachineEffect): void {
    switch (effect.type) {
      case 'plan':
        void this.#plan();
        return;
      case 'load':
        void this.#load(effect.epoch, effect.rung);
        return;
      case 'discard':
        this.#host?.terminate();
        this.#host = undefined;
        if (this.#downloading) void this.library.pause(this.#downloading);
        this.#downloading = undefined;
        return;
      case 'generate':
        void this.#generate(effect.epoch, effect.turn);
        return;
      case 'interrupt':
        void this.#host?.stop().catch(() => {});
        return;
      case 'note':
        this.#turn?.onNote(effect.note);
        return;
      case 'end-turn':
        this.#turn?.onEnd(
          effect.outcome === 'stopped'
            ? { kind: 'stopped' }
            : { kind: 'failed', errorKind: effect.errorKind ?? this.#lastErrorKind() },
        );
        this.#turn = undefined;
    }
  }

  #lookAtDevice(): Promise<DeviceReport> {
    this.#device ??= probeDevice().then((device) => {
      this.#dispatch({ type: 'probed', device });
      return device;
    });
    return this.#device;
  }

  async #plan(): Promise<void> {
    const config = this.#requireConfig();
    const device = await this.#lookAtDevice();
    const input = { device, ...config };
    const pick = pickGpuModel(input);
    const reachable =
      typeof pick !== 'string' &&
      (await canBeHad(pick.entry, config.settings.hub_timeout_s, config.appAddress));
    this.#dispatch({ type: 'planned', ladder: buildLadder(input, pick, reachable) });
  }

  async #load(epoch: number, rung: Rung): Promise<void> {
    try {
      const files = await this.#fetchFiles(epoch, rung);
      if (epoch !== this.state.getState().epoch) return;
      const host = await createEngine(rung.backend, 'dedicated', rung.modelId);
      if (epoch !== this.state.getState().epoch) return host.release();
      this.#host = host;
      await host.load(
        {
          modelId: rung.modelId,
          contextWindow: rung.contextWindow,
          ...files,
        },
        (progress) =>
          this.#dispatch({ type: 'progress', epoch, progress: afterDownload(progress) }),
      );
      this.#dispatch({ type: 'loaded', epoch });
    } catch (error) {
      this.#dispatch({ type: 'load-failed', epoch, error: classify(error) });
    }
  }

  #entry(modelId: string): ModelEntry | undefined {
    return this.#requireConfig().catalog.find(({ model_id }) => model_id === modelId);
  }

  #sampling(modelId: string): typeof SAMPLING {
    const parameters = this.#entry(modelId)?.parameters ?? Number.POSITIVE_INFINITY;
    return parameters < SMALLEST_PARAMETERS ? GREEDY : SAMPLING;
  }

  /** Sees to it that the rung's files are in the browser; returns what its engine needs of them. */
  async #fetchFiles(
    epoch: number,
    { modelId }: Rung,
  ): Promise<Pick<LoadRequest, 'gguf' | 'weights'>> {
    const unsubscribe = this.library.state.subscribe(({ files }) => {
      const known = files[modelId];
      if (known?.state !== 'downloading') return;
      this.#downloaded(epoch, { ...(known.onServer ?? known), onServer: known.onServer !== null });
    });
    this.#downloading = modelId;
    try {
      await this.library.download(modelId, { priority: 'foreground' });
      return await this.library.loadFiles(modelId);
    } finally {
      unsubscribe();
    }
  }

  #downloaded(
    epoch: number,
    { received, total, onServer = false }: { received: number; total: number; onServer?: boolean },
  ): void {
    // What the server fetches counts as nothing yet: the browser still has all of it to do.
    const fraction = onServer || total === 0 ? 0 : (received / total) * DOWNLOAD_SHARE;
    const progress = { stage: 'download' as const, fraction, received, total, onServer };
    this.#dispatch({ type: 'progress', epoch, progress });
  }

  async #generate(epoch: number, turn: Turn): Promise<void> {
    const request = this.#turn;
    const host = this.#host;
    const rung = activeRung(this.state.getState());
    if (!request || !host || !rung) return;
    const isCurrent = () => this.state.getState().epoch === epoch && this.#turn === request;
    request.onStart(rung.modelId);
    const messages = keepRecentTurns([SYSTEM_PROMPT, ...request.messages()], turn.trimmed);
    try {
      const result = await host.generate(
        {
          messages,
          maxTokens: this.#requireConfig().settings.max_tokens,
          ...this.#sampling(rung.modelId),
        },
        (text) => {
          if (isCurrent()) request.onToken(text);
        },
      );
      if (!isCurrent()) return;
      this.#turn = undefined;
      const speed = { modelId: rung.modelId, decodeTokensPerS: result.decodeTokensPerS };
      this.counters.setState(({ turns, tokens, recentSpeeds }) => ({
        turns: turns + 1,
        tokens: tokens + result.completionTokens,
        lastResult: result,
        recentSpeeds: [...recentSpeeds, speed].slice(-MOST_RECENT_SPEEDS),
      }));
      this.#dispatch({ type: 'answered', epoch, turnId: turn.id });
      request.onEnd({ kind: 'answered', result });
    } catch (error) {
      this.#dispatch({
        type: 'answer-failed',
        epoch,
        turnId: turn.id,
        error: asQuestionTooLong(classify(error), messages),
      });
    }
  }

  #lastErrorKind(): string {
    return this.state.getState().error?.kind ?? 'unknown';
  }

  #requireConfig(): EngineConfig {
    if (!this.#config) throw new Error('The engine was used before it was configured.');
    return this.#config;
  }
}

/** With only the question left, nothing more can be left out. */
function asQuestionTooLong(error: EngineError, messages: ChatTurnMessage[]): EngineError {
  const alone = messages.filter(({ role }) => role !== 'system').length === 1;
  return error.kind === 'context-exceeded' && alone
    ? { ...error, kind: 'question-too-long' }
    : error;
}

/** Of one bar for download and loading, the download's share. */
const DOWNLOAD_SHARE = 0.8;

/** An engine's own progress, from 0 to 1, as the rest of the bar. */
function afterDownload(progress: LoadProgress): LoadProgress {
  // WebLLM calls it fetching when it reads its cache.
  const stage = progress.stage === 'download' ? 'load' : progress.stage;
  return { stage, fraction: DOWNLOAD_SHARE + progress.fraction * (1 - DOWNLOAD_SHARE) };
}
