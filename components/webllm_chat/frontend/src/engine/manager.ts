/** Does what the state machine decides: probes, fetches, loads, answers, and tells what came of it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Command, DeviceReport } from '../bridge/protocol';
import { probeDevice } from '../device/probe';
import type { ChatTurnMessage, GenerateResult } from './backend';
import { type EngineParts, Engines } from './engines';
import { classify, type EngineError, errorKind } from './errors';
import type { Fit } from './fit';
import { createEngine, type Placement } from './host';
import type { Rung, UpgradePolicy } from './ladder';
import { ModelLibrary } from './library/library';
import { record } from './log';
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
import { SMALLEST_CONTEXT_WINDOW } from './machine/recovery';
import { OtherTabs } from './other-tabs';
import { type EngineConfig, Planner } from './planner';
import { Preferences } from './preferences';
import { decide, type TurnOptions } from './sampling';
import { keepRecentTurns } from './trim';
import { Visits } from './visits';

/** One question and what becomes of it. The engine never keeps its text. */
export interface TurnRequest {
  id: string;
  messages: () => ChatTurnMessage[];
  options?: TurnOptions;
  /** Answer with this model: it is loaded first. Otherwise the one that is loaded answers. */
  modelId?: string;
  /** Not an answer of a conversation, and counted as none. */
  aside?: true;
  onStart: (modelId: string) => void;
  onToken: (text: string) => void;
  onNote: (note: Note) => void;
  onEnd: (outcome: TurnOutcome) => void;
}

export type TurnOutcome =
  | { kind: 'answered'; result: GenerateResult }
  | { kind: 'stopped' }
  | { kind: 'failed'; errorKind: string };

export interface EngineCounters {
  turns: number;
  tokens: number;
  lastResult: GenerateResult | null;
  /** Of the last answers, the newest last. */
  recentSpeeds: { modelId: string; decodeTokensPerS: number }[];
}

/** As many answers' speeds as Python is told of. */
const MOST_RECENT_SPEEDS = 50;

/** Milliseconds until a download that the network broke is tried again by itself. */
const STALLED_RETRY_MS = 30_000;

const SAYS_NOTHING_OF_THE_DEVICE = new Set([
  'network',
  'http',
  'corrupt-file',
  'storage-quota',
  'embedded-unavailable',
]);

export class EngineManager {
  readonly state: StoreApi<MachineState> = createStore(() => INITIAL);
  readonly counters: StoreApi<EngineCounters> = createStore(() => ({
    turns: 0,
    tokens: 0,
    lastResult: null,
    recentSpeeds: [],
  }));
  /** The last of the page's commands that was carried out. */
  readonly acknowledged: StoreApi<number> = createStore(() => 0);
  readonly library: ModelLibrary;
  readonly visits: Visits;
  readonly otherTabs: OtherTabs;
  readonly preferences = new Preferences();
  readonly #engines: Engines;
  readonly #planner: Planner;
  #turn: TurnRequest | undefined;
  #device: Promise<DeviceReport> | undefined;
  #stalled: ReturnType<typeof setTimeout> | undefined;

  /** @param configured - resolves once `configure()` was called; what it throws ends the start. */
  constructor(
    parts: Partial<EngineParts> = {},
    private readonly configured: () => Promise<void> = async () => {},
  ) {
    this.library = parts.library ?? new ModelLibrary();
    this.visits = parts.visits ?? new Visits();
    this.otherTabs = parts.otherTabs ?? new OtherTabs();
    this.#planner = new Planner(this.library, this.visits, this.preferences);
    this.#engines = new Engines(
      {
        createEngine,
        pickHost: () => this.#planner.host(),
        ...parts,
        library: this.library,
        visits: this.visits,
        otherTabs: this.otherTabs,
      },
      (event) => this.#dispatch(event),
      (epoch) => this.#isWanted(epoch),
    );
    this.library.state.subscribe(() => this.#filesChanged());
    globalThis.addEventListener?.('online', () => this.#dispatch({ type: 'retry' }));
  }

  /** Where the engine lives that was started last; null before the first. */
  get placement(): StoreApi<Placement | null> {
    return this.#engines.placement;
  }

  /** Looks at the device, which takes a while and needs nothing of the page. */
  probe(): void {
    void this.#lookAtDevice();
  }

  /** Call with each render's arguments, and when the models on offer are here. */
  configure(config: EngineConfig): void {
    this.#planner.configure(config);
    this.library.configure({ ...config, cacheBackend: config.settings.cache_backend });
    void this.#lookAtDevice();
  }

  /** Chooses and loads a model; does nothing once that has begun. */
  start(): void {
    this.#dispatch({ type: 'start' });
  }

  /** The visitor allows the download that waits for it. */
  consent(): void {
    this.#dispatch({ type: 'consent' });
  }

  ask(turn: TurnRequest): void {
    if (this.state.getState().turn) return;
    this.#turn = turn;
    const rung = this.#rungAskedFor(turn);
    this.#dispatch({ type: 'ask', turnId: turn.id, ...(rung ? { rung } : {}) });
  }

  stop(): void {
    this.#dispatch({ type: 'stop' });
  }

  /** Ends every engine with its GPU device and loads the first choice again. */
  reset(): void {
    for (const { modelId } of this.state.getState().rungs) this.visits.forgive(modelId);
    this.#engines.distrustAll();
    this.#dispatch({ type: 'reset' });
  }

  /**
   * Answers with this model as soon as that disturbs no answer: fetched while the present one
   * goes on where there is one.
   * @param contextWindow - tokens; the model's own where it is left out.
   */
  switchModel(modelId: string, contextWindow?: number): void {
    const rung = this.#rungOf(modelId, contextWindow);
    if (!rung) return;
    this.visits.forgive(modelId);
    this.#dispatch({ type: 'choose', rung });
  }

  smallerModel(): void {
    const { rungs, rung } = this.state.getState();
    const below = rungs[rung + 1];
    if (below) this.switchModel(below.modelId);
  }

  smallerContext(): void {
    const { rungs, rung } = this.state.getState();
    const present = rungs[rung];
    if (present) this.switchModel(present.modelId, SMALLEST_CONTEXT_WINDOW);
  }

  acceptUpgrade(): void {
    this.#dispatch({ type: 'accept-upgrade' });
  }

  declineUpgrade(): void {
    this.#dispatch({ type: 'decline-upgrade' });
  }

  /** Also for the next visits of this browser. */
  setUpgrade(upgrade: UpgradePolicy): void {
    this.preferences.set({ upgrade });
    this.#dispatch({ type: 'set-upgrade', upgrade });
  }

  /** Unloads every model and frees the GPU; `resume()` or the next question loads one again. */
  suspend(): void {
    this.#dispatch({ type: 'suspend' });
  }

  resume(): void {
    this.#dispatch({ type: 'resume' });
  }

  /** Carries out what the page asks, once. */
  obey(command: Command): void {
    if (command.id <= this.acknowledged.getState()) return;
    this.acknowledged.setState(command.id, true);
    this.start();
    this.switchModel(command.model_id, command.context_window ?? undefined);
  }

  /** Whether a model fits this device, and why; null before the device was looked at. */
  fit(modelId: string): Fit | null {
    const { device } = this.state.getState();
    return device && this.#planner.fitOf(modelId, device);
  }

  /** GPU memory, in MB, that models may take together here; null without a usable GPU, and before
   * the device was looked at. */
  memoryBudgetMb(): number | null {
    const { device } = this.state.getState();
    return device && this.#planner.memoryBudgetMb(device);
  }

  #dispatch(event: MachineEvent): void {
    record(event);
    const { state, effects } = step(this.state.getState(), event);
    this.state.setState(state, true);
    for (const effect of effects) this.#perform(effect);
    this.#retryLater(state);
  }

  #perform(effect: MachineEffect): void {
    switch (effect.type) {
      case 'plan':
        void this.#plan();
        return;
      case 'load':
        void this.#engines.load(effect.epoch, effect.rung);
        return;
      case 'fetch':
        void this.#engines.fetch(effect.epoch, effect.rung);
        return;
      case 'discard':
        this.#engines.discard(effect.epoch);
        return;
      case 'generate':
        void this.#generate(effect.epoch, effect.turn);
        return;
      case 'interrupt':
        this.#interrupt();
        return;
      case 'note':
        this.#turn?.onNote(effect.note);
        return;
      case 'remember-failure':
        this.#rememberFailure(effect.modelId, effect.kind);
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

  // Choosing --------------------------------------------------------------------------------

  #lookAtDevice(): Promise<DeviceReport> {
    this.#device ??= probeDevice().then((device) => {
      this.#dispatch({ type: 'probed', device });
      return device;
    });
    return this.#device;
  }

  async #plan(): Promise<void> {
    const device = this.#lookAtDevice();
    try {
      await this.configured();
    } catch (error) {
      this.#dispatch({ type: 'plan-failed', error: classify(error) });
      return;
    }
    const ladder = await this.#planner.plan(device);
    this.#dispatch({ type: 'planned', ladder });
  }

  #rungOf(modelId: string, contextWindow?: number): Rung | undefined {
    const known = this.state.getState().rungs.find((rung) => rung.modelId === modelId);
    const isKnown = known && contextWindow === undefined;
    return isKnown ? known : this.#planner.rung(modelId, contextWindow);
  }

  /** Only a longer context window than the loaded one's needs the model to be loaded anew. */
  #rungAskedFor({ modelId, options }: TurnRequest): Rung | undefined {
    const active = activeRung(this.state.getState());
    const wanted = modelId ?? active?.modelId;
    const longer = options?.contextWindow ?? 0;
    if (wanted === undefined) return undefined;
    if (wanted === active?.modelId && longer <= active.contextWindow) return undefined;
    return this.#rungOf(wanted, longer > 0 ? longer : undefined);
  }

  #isWanted(epoch: number): boolean {
    const { epoch: foreground, background } = this.state.getState();
    return epoch === foreground || epoch === background?.epoch;
  }

  // Keeping up ------------------------------------------------------------------------------

  #filesChanged(): void {
    this.#engines.downloadsChanged();
    const { files } = this.library.state.getState();
    for (const { modelId, cached } of this.state.getState().rungs) {
      const isHere = files[modelId]?.state === 'complete';
      if (files[modelId] && isHere !== cached) {
        this.#dispatch({ type: 'files', modelId, cached: isHere });
      }
    }
  }

  #retryLater({ background }: MachineState): void {
    if (background?.stage !== 'stalled') return;
    clearTimeout(this.#stalled);
    this.#stalled = setTimeout(() => this.#dispatch({ type: 'retry' }), STALLED_RETRY_MS);
  }

  #rememberFailure(modelId: string, kind: string): void {
    if (!SAYS_NOTHING_OF_THE_DEVICE.has(kind)) this.visits.failed(modelId, kind);
  }

  // Answering -------------------------------------------------------------------------------

  #interrupt(): void {
    const { epoch, turn } = this.state.getState();
    void this.#engines.interrupt(epoch, () => {
      const now = this.state.getState();
      return now.epoch === epoch && now.turn !== null && now.turn.id === turn?.id;
    });
  }

  async #generate(epoch: number, turn: Turn): Promise<void> {
    const request = this.#turn;
    const handle = this.#engines.handle(epoch);
    const rung = activeRung(this.state.getState());
    if (!request || !handle || !rung) return;
    const isCurrent = () => this.state.getState().epoch === epoch && this.#turn === request;
    request.onStart(rung.modelId);
    const { options = {} } = request;
    const { settings } = this.#planner;
    const decided = decide(options, settings, this.#planner.entry(rung.modelId));
    const system = systemMessage(decided.systemPrompt);
    const messages = keepRecentTurns([...system, ...request.messages()], turn.trimmed);
    try {
      const result = await handle.generate({ messages, ...decided.sampling }, (text) => {
        if (isCurrent()) request.onToken(text);
      });
      if (!isCurrent()) return;
      this.#turn = undefined;
      if (!request.aside) this.#count(rung.modelId, result);
      this.#dispatch({ type: 'answered', epoch, turnId: turn.id });
      request.onEnd({ kind: 'answered', result });
    } catch (error) {
      const known = asQuestionTooLong(classify(error), messages);
      if (!isOfTheQuestion(known)) this.#engines.distrust(epoch);
      this.#dispatch({ type: 'answer-failed', epoch, turnId: turn.id, error: known });
    }
  }

  #count(modelId: string, result: GenerateResult): void {
    this.visits.answered(modelId, result.decodeTokensPerS);
    const speed = { modelId, decodeTokensPerS: result.decodeTokensPerS };
    this.counters.setState(({ turns, tokens, recentSpeeds }) => ({
      turns: turns + 1,
      tokens: tokens + result.completionTokens,
      lastResult: result,
      recentSpeeds: [...recentSpeeds, speed].slice(-MOST_RECENT_SPEEDS),
    }));
  }

  #lastErrorKind(): string {
    return this.state.getState().error?.kind ?? 'unknown';
  }
}

/** Without one the model's own template puts in its own, or none. */
function systemMessage(content: string | undefined): ChatTurnMessage[] {
  return content === undefined ? [] : [{ role: 'system', content }];
}

/** The engine is well; it could not take this conversation. */
function isOfTheQuestion({ kind }: EngineError): boolean {
  const { remedy } = errorKind(kind);
  return remedy === 'trim' || remedy === 'refuse';
}

/** With only the question left, nothing more can be left out. */
function asQuestionTooLong(error: EngineError, messages: ChatTurnMessage[]): EngineError {
  const alone = messages.filter(({ role }) => role !== 'system').length === 1;
  return error.kind === 'context-exceeded' && alone
    ? { ...error, kind: 'question-too-long' }
    : error;
}
