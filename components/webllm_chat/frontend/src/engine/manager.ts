/** Does what the state machine decides: probes, fetches, loads, answers, and tells what came of it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  Command,
  DeviceReport,
  EmbeddedModel,
  EngineSettings,
  ModelEntry,
} from '../bridge/protocol';
import { isMetered } from '../device/connection';
import { probeDevice } from '../device/probe';
import type { ChatTurnMessage, GenerateResult, LoadProgress } from './backend';
import { classify, type EngineError, namedError } from './errors';
import { type Fit, fitOf } from './fit';
import { Heartbeat } from './heartbeat';
import { createEngine, type EngineHandle } from './host';
import { canBeHad } from './hub';
import {
  buildLadder,
  embeddedRung,
  gpuRung,
  type LadderInput,
  pickGpuModel,
  type Rung,
  type UpgradePolicy,
} from './ladder';
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
import { Preferences } from './preferences';
import { SYSTEM_PROMPT, samplingFor, type TurnOptions } from './sampling';
import { keepRecentTurns } from './trim';
import { Visits } from './visits';

export interface EngineConfig {
  settings: EngineSettings;
  catalog: ModelEntry[];
  embedded: EmbeddedModel | null;
  /** The app's own address, against which the models' are resolved. */
  appAddress: string;
}

/** One question and what becomes of it. The engine never keeps its text. */
export interface TurnRequest {
  id: string;
  messages: () => ChatTurnMessage[];
  options?: TurnOptions;
  /** Answer with this model: it is loaded first. Otherwise the one that is loaded answers. */
  modelId?: string;
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
}

/** An engine, or the download that comes before it. */
interface Work {
  rung: Rung;
  fetching: boolean;
  handle?: EngineHandle;
  heartbeat?: Heartbeat;
}

/** Of one bar for download and loading, the download's share. */
const DOWNLOAD_SHARE = 0.8;

/** Milliseconds an engine may take to end an answer; then it hangs, and is replaced. */
const STOP_PATIENCE_MS = 15_000;

/** Milliseconds until a download that the network broke is tried again by itself. */
const STALLED_RETRY_MS = 30_000;

export class EngineManager {
  readonly state: StoreApi<MachineState> = createStore(() => INITIAL);
  readonly counters: StoreApi<EngineCounters> = createStore(() => ({
    turns: 0,
    tokens: 0,
    lastResult: null,
  }));
  /** The last of the page's commands that was carried out. */
  readonly acknowledged: StoreApi<number> = createStore(() => 0);
  readonly library = new ModelLibrary();
  readonly visits = new Visits();
  readonly preferences = new Preferences();
  readonly otherTabs = new OtherTabs();
  #config: EngineConfig | undefined;
  readonly #work = new Map<number, Work>();
  #turn: TurnRequest | undefined;
  #device: Promise<DeviceReport> | undefined;
  #stalled: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.library.state.subscribe(() => this.#filesChanged());
    globalThis.addEventListener?.('online', () => this.#dispatch({ type: 'retry' }));
    globalThis.addEventListener?.('pagehide', () => {
      for (const { handle } of this.#work.values()) handle?.release();
    });
  }

  /** Call with each render's arguments; the first call looks at the device. */
  configure(config: EngineConfig): void {
    const first = this.#config === undefined;
    this.#config = config;
    this.library.configure(config);
    if (first) void this.#lookAtDevice();
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

  /** Ids of the models whose files are all in the browser. */
  cachedModels(): string[] {
    const files = Object.values(this.library.state.getState().files);
    return files.filter(({ state }) => state === 'complete').map(({ modelId }) => modelId);
  }

  /** Whether a model fits this device, and why; null before the device was looked at. */
  fit(modelId: string): Fit | null {
    const { device } = this.state.getState();
    const entry = this.#entry(modelId);
    if (!device || !entry) return null;
    const { catalog } = this.#requireConfig();
    const history = this.visits.history.getState();
    return fitOf(entry, { device, settings: this.#settings(), catalog, history, now: Date.now() });
  }

  #dispatch(event: MachineEvent): void {
    record(event);
    const { state, effects } = step(this.state.getState(), event);
    this.state.setState(state, true);
    for (const effect of effects) this.#perform(effect);
    this.#pauseUnwanted(effects);
    this.#retryLater(state);
  }

  #perform(effect: MachineEffect): void {
    switch (effect.type) {
      case 'plan':
        void this.#plan();
        return;
      case 'load':
        void this.#load(effect.epoch, effect.rung);
        return;
      case 'fetch':
        void this.#fetchInBackground(effect.epoch, effect.rung);
        return;
      case 'discard':
        this.#discard(effect.epoch);
        return;
      case 'generate':
        void this.#generate(effect.epoch, effect.turn);
        return;
      case 'interrupt':
        void this.#interrupt();
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
    const [device, crashed] = await Promise.all([
      this.#lookAtDevice(),
      this.visits.takeCrashed(),
      this.library.refresh(),
    ]);
    const { settings, appAddress } = this.#requireConfig();
    const input = { ...this.#ladderInput(device), crashed };
    const pick = pickGpuModel(input);
    const reachable =
      typeof pick !== 'string' &&
      (input.cached.has(pick.entry.model_id) ||
        (await canBeHad(pick.entry, settings.hub_timeout_s, appAddress)));
    this.#dispatch({ type: 'planned', ladder: buildLadder(input, pick, reachable) });
  }

  #ladderInput(device: DeviceReport): Omit<LadderInput, 'crashed'> {
    const { catalog, embedded } = this.#requireConfig();
    return {
      device,
      settings: this.#settings(),
      catalog,
      embedded,
      history: this.visits.history.getState(),
      cached: this.#cached(),
      metered: isMetered(),
      now: Date.now(),
    };
  }

  /** The operator's, with what the visitor chose otherwise. */
  #settings(): EngineSettings {
    const { settings } = this.#requireConfig();
    return { ...settings, ...this.preferences.state.getState() };
  }

  #cached(): Set<string> {
    return new Set(this.cachedModels());
  }

  #rungOf(modelId: string, contextWindow?: number): Rung | undefined {
    const config = this.#requireConfig();
    const known = this.state.getState().rungs.find((rung) => rung.modelId === modelId);
    if (known && contextWindow === undefined) return known;
    const input = { ...config, cached: this.#cached() };
    if (modelId === config.embedded?.model_id) return embeddedRung(config.embedded, input);
    const entry = this.#entry(modelId);
    return entry && gpuRung(entry, input, contextWindow ?? config.settings.context_window);
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

  // Loading ---------------------------------------------------------------------------------

  async #load(epoch: number, rung: Rung): Promise<void> {
    const { modelId, backend, contextWindow } = rung;
    const work: Work = { rung, fetching: true };
    this.#work.set(epoch, work);
    const started = performance.now();
    const cached = this.#cached().has(modelId);
    try {
      await this.#fetch(work, 'foreground');
      if (!this.#isWanted(epoch)) return;
      const files = await this.library.loadFiles(modelId);
      this.visits.begun(modelId);
      const handle = await createEngine(backend, 'dedicated', modelId);
      if (!this.#isWanted(epoch)) return handle.terminate();
      work.handle = handle;
      handle.onLost((error) => this.#dispatch({ type: 'lost', epoch, error }));
      await handle.load({ modelId, contextWindow, ...files }, (progress) =>
        this.#dispatch({ type: 'progress', epoch, progress: afterDownload(progress) }),
      );
      if (!this.#isWanted(epoch)) return;
      this.visits.loaded(modelId, (performance.now() - started) / 1000, cached);
      this.#watch(epoch, work, handle);
      this.#dispatch({ type: 'loaded', epoch });
    } catch (error) {
      this.#downloadEnded(epoch, work, error);
    } finally {
      this.visits.ended();
    }
  }

  async #fetchInBackground(epoch: number, rung: Rung): Promise<void> {
    const work: Work = { rung, fetching: true };
    this.#work.set(epoch, work);
    try {
      await this.#fetch(work, 'background');
      this.#dispatch({ type: 'downloaded', epoch });
    } catch (error) {
      this.#downloadEnded(epoch, work, error);
    }
  }

  /** Sees to it that the model's files are in the browser. */
  async #fetch(work: Work, priority: 'foreground' | 'background'): Promise<void> {
    const { modelId } = work.rung;
    if (!this.#cached().has(modelId)) await this.#requireRoom(modelId);
    await this.library.download(modelId, { priority });
    work.fetching = false;
  }

  /** Said before the download, with numbers, instead of after most of it. */
  async #requireRoom(modelId: string): Promise<void> {
    const room = await this.library.room(modelId).catch(() => 'unknown' as const);
    if (room === 'unknown' || room.needed <= room.free) return;
    const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
    throw namedError(
      'QuotaExceededError',
      `${modelId} needs ${megabytes(room.needed)}; the browser gives this site ${megabytes(room.free)} more.`,
    );
  }

  #downloadEnded(epoch: number, work: Work, error: unknown): void {
    const isPaused = isNamed(error, 'DownloadPausedError');
    const isCancelled = isNamed(error, 'DownloadCancelledError');
    if (!this.#isWanted(epoch)) return;
    if (!isPaused && !isCancelled) {
      this.#dispatch({ type: 'load-failed', epoch, error: classify(error) });
    } else if (epoch === this.state.getState().epoch) {
      this.suspend();
    } else if (isPaused) {
      this.#dispatch({ type: 'download-paused', epoch });
    } else {
      this.declineUpgrade();
    }
    work.fetching = false;
  }

  /** Files that came or went, and how far the downloads are that the engine waits for. */
  #filesChanged(): void {
    const { files } = this.library.state.getState();
    for (const [epoch, { rung, fetching }] of this.#work) {
      const known = files[rung.modelId];
      if (!fetching || known?.state !== 'downloading') continue;
      const { received, total, bytesPerS, onServer } = known;
      // What the server fetches counts as nothing yet: the browser still has all of it to do.
      const share = onServer || total === 0 ? 0 : Math.min(1, received / total) * DOWNLOAD_SHARE;
      this.#dispatch({
        type: 'progress',
        epoch,
        progress: {
          stage: 'download',
          fraction: share,
          received,
          total,
          onServer,
          ...(bytesPerS === null ? {} : { bytesPerS }),
        },
      });
    }
    for (const { modelId, cached } of this.state.getState().rungs) {
      const isHere = files[modelId]?.state === 'complete';
      if (files[modelId] && isHere !== cached) {
        this.#dispatch({ type: 'files', modelId, cached: isHere });
      }
    }
  }

  #isWanted(epoch: number): boolean {
    const { epoch: foreground, background } = this.state.getState();
    return epoch === foreground || epoch === background?.epoch;
  }

  #discard(epoch: number): void {
    const work = this.#work.get(epoch);
    this.#work.delete(epoch);
    work?.heartbeat?.stop();
    work?.handle?.terminate();
    if (work?.handle) this.otherTabs.unloaded(work.rung.modelId);
  }

  /** A download that no engine waits for any more rests; what has arrived stays. */
  #pauseUnwanted(effects: MachineEffect[]): void {
    if (!effects.some(({ type }) => type === 'discard')) return;
    const wanted = new Set([...this.#work.values()].map(({ rung }) => rung.modelId));
    for (const { modelId } of this.state.getState().rungs) {
      const isComing = this.library.state.getState().files[modelId]?.state === 'downloading';
      if (isComing && !wanted.has(modelId)) void this.library.pause(modelId);
    }
  }

  #retryLater({ background }: MachineState): void {
    if (background?.stage !== 'stalled') return;
    clearTimeout(this.#stalled);
    this.#stalled = setTimeout(() => this.#dispatch({ type: 'retry' }), STALLED_RETRY_MS);
  }

  // Watching --------------------------------------------------------------------------------

  #watch(epoch: number, work: Work, handle: EngineHandle): void {
    this.otherTabs.loaded(work.rung.modelId);
    work.heartbeat = new Heartbeat(handle, () => this.#hung(epoch, 'It gave no sign of life.'));
  }

  #hung(epoch: number, detail: string): void {
    const error = classify(namedError('EngineHungError', detail));
    this.#dispatch({ type: 'lost', epoch, error });
  }

  #rememberFailure(modelId: string, kind: string): void {
    // A broken connection says nothing about this device.
    if (!['network', 'http', 'embedded-unavailable', 'corrupt-file'].includes(kind)) {
      this.visits.failed(modelId, kind);
    }
  }

  async #interrupt(): Promise<void> {
    const { epoch, turn } = this.state.getState();
    void this.#work
      .get(epoch)
      ?.handle?.stop()
      .catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, STOP_PATIENCE_MS));
    const now = this.state.getState();
    if (now.epoch === epoch && now.turn && now.turn.id === turn?.id) {
      this.#hung(epoch, 'It did not end its answer when it was stopped.');
    }
  }

  // Answering -------------------------------------------------------------------------------

  async #generate(epoch: number, turn: Turn): Promise<void> {
    const request = this.#turn;
    const handle = this.#work.get(epoch)?.handle;
    const rung = activeRung(this.state.getState());
    if (!request || !handle || !rung) return;
    const isCurrent = () => this.state.getState().epoch === epoch && this.#turn === request;
    request.onStart(rung.modelId);
    const { options = {} } = request;
    const system = { role: 'system', content: options.systemPrompt ?? SYSTEM_PROMPT } as const;
    const messages = keepRecentTurns([system, ...request.messages()], turn.trimmed);
    const defaults = { maxTokens: this.#requireConfig().settings.max_tokens };
    const parameters = this.#entry(rung.modelId)?.parameters ?? null;
    try {
      const result = await handle.generate(
        { messages, ...samplingFor(parameters, defaults, options) },
        (text) => {
          if (isCurrent()) request.onToken(text);
        },
      );
      if (!isCurrent()) return;
      this.#turn = undefined;
      this.#count(rung.modelId, result);
      this.#dispatch({ type: 'answered', epoch, turnId: turn.id });
      request.onEnd({ kind: 'answered', result });
    } catch (error) {
      const known = asQuestionTooLong(classify(error), messages);
      this.#dispatch({ type: 'answer-failed', epoch, turnId: turn.id, error: known });
    }
  }

  #count(modelId: string, result: GenerateResult): void {
    this.visits.answered(modelId, result.decodeTokensPerS);
    this.counters.setState(({ turns, tokens }) => ({
      turns: turns + 1,
      tokens: tokens + result.completionTokens,
      lastResult: result,
    }));
  }

  #entry(modelId: string): ModelEntry | undefined {
    return this.#requireConfig().catalog.find(({ model_id }) => model_id === modelId);
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

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** An engine's own progress, from 0 to 1, as the rest of the bar. */
function afterDownload(progress: LoadProgress): LoadProgress {
  // WebLLM calls it fetching when it reads its cache.
  const stage = progress.stage === 'download' ? 'load' : progress.stage;
  return { stage, fraction: DOWNLOAD_SHARE + progress.fraction * (1 - DOWNLOAD_SHARE) };
}
