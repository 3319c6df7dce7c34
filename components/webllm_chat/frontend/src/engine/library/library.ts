/** The models' files in this browser: what is here, what is coming, and what it takes. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ModelEntry } from '../../bridge/protocol';
import type { LoadRequest } from '../backend';
import type { Tally } from '../download/model-files';
import { type DownloadEvent, lockName, type Priority } from '../download/service';
import type { ModelSource } from '../download/source';
import { classify, namedError } from '../errors';
import { CANCELLED, DownloadLine, type LineWork, PAUSED } from './line';
import { type LibraryConfig, sourcesOf, weightsOf } from './sources';
import { SpeedMeter } from './speed';
import {
  type LibraryState,
  type ModelFiles,
  UNKNOWN_STORAGE,
  unknownFiles,
  withTally,
} from './state';
import { askToPersist, readStorage } from './storage';
import { type TabMessage, Tabs } from './tabs';
import { type Downloads, DownloadWorker } from './worker';

export interface DownloadOptions {
  priority: Priority;
  /** The visitor asked for it: the moment to ask the browser to keep what is stored. */
  byVisitor?: boolean;
}

/** Between two messages on a download's progress to the other tabs. Milliseconds. */
const TELL_MS = 1000;

export class ModelLibrary {
  readonly state: StoreApi<LibraryState> = createStore(() => ({
    files: {},
    storage: UNKNOWN_STORAGE,
  }));
  #catalog = new Map<string, ModelEntry>();
  #sources = new Map<string, ModelSource>();
  readonly #paused = new Map<string, Priority>();
  readonly #line = new DownloadLine(this.#lineWork());
  #toldAt = 0;

  constructor(
    private readonly downloads: Downloads = new DownloadWorker(),
    private readonly tabs: Tabs = new Tabs(),
  ) {
    tabs.listen((message) => this.#hear(message));
  }

  /** Call with each render's arguments; looks at the disk when the models on offer changed. */
  configure(config: LibraryConfig): void {
    const sources = sourcesOf(config);
    const known = JSON.stringify([...this.#sources]);
    this.#catalog = new Map(config.catalog.map((entry) => [entry.model_id, entry]));
    this.#sources = sources;
    if (known !== JSON.stringify([...sources])) void this.refresh();
  }

  /** Looks at what is stored, without any request. */
  async refresh(): Promise<void> {
    await this.#inspect([...this.#sources.keys()]);
    await this.#measureStorage();
  }

  /**
   * Resolves when every file of the model is here; the second call for a model joins the first.
   * Several downloads run one after another, the foreground first.
   * @throws `DownloadPausedError` or `DownloadCancelledError` when the visitor ended it; else an
   * error that `classify` knows. What has arrived is kept.
   */
  async download(modelId: string, { priority, byVisitor }: DownloadOptions): Promise<void> {
    this.#source(modelId); // throws for a model that is not in the catalog
    if (byVisitor) void askToPersist().then(() => this.#measureStorage());
    return this.#line.download(modelId, priority, () => this.isComplete(modelId));
  }

  /** Ends the download for now. What has arrived is kept, parts of files too. */
  async pause(modelId: string): Promise<void> {
    const priority = this.#line.priorityOf(modelId);
    if (!priority) return;
    this.#paused.set(modelId, priority);
    await this.#line.end(modelId, PAUSED);
  }

  /** Goes on with a paused download; as `download`. */
  resume(modelId: string): Promise<void> {
    const priority = this.#paused.get(modelId) ?? 'background';
    return this.download(modelId, { priority, byVisitor: true });
  }

  /** Gives the download up: complete files stay, parts of files go. */
  async cancel(modelId: string): Promise<void> {
    const source = this.#source(modelId);
    await this.#giveUp(modelId);
    if (this.#files(modelId).elsewhere) this.tabs.tell({ type: 'cancel', modelId });
    await this.downloads.dropParts(source);
    await this.#changed([modelId]);
  }

  /**
   * Deletes the model's files, save those another model needs that was downloaded too.
   * @returns the models for which files were kept.
   */
  async delete(modelId: string): Promise<string[]> {
    const source = this.#source(modelId);
    await this.#giveUp(modelId);
    this.tabs.tell({ type: 'cancel', modelId });
    const keptFor = await this.downloads.remove(source);
    await this.#changed([...this.#sources.keys()]);
    return keptFor;
  }

  /** Deletes all models' files, those of models no longer in the catalog too. */
  async deleteAll(): Promise<void> {
    for (const modelId of this.#sources.keys()) {
      await this.#giveUp(modelId);
      this.tabs.tell({ type: 'cancel', modelId });
    }
    await this.downloads.removeAll([...this.#sources.values()]);
    await this.#changed([...this.#sources.keys()]);
  }

  /** Whether the model can be loaded without any request. */
  async isComplete(modelId: string): Promise<boolean> {
    const [tally] = await this.#inspect([modelId]);
    return tally?.complete === true;
  }

  /** Ids of the models whose files were all in the browser when they were last looked at. */
  cachedModels(): string[] {
    const files = Object.values(this.state.getState().files);
    return files.filter(({ state }) => state === 'complete').map(({ modelId }) => modelId);
  }

  /** Bytes of the whole download, asked of the mirror where they are not known yet. */
  async sizeOf(modelId: string): Promise<{ bytes: number; exact: boolean }> {
    const { total, exact } = await this.#measure(modelId);
    return { bytes: total, exact };
  }

  /**
   * Bytes still to store, and bytes there are; to be asked before a download starts. The embedded
   * model needs none: where it cannot be stored it is kept in memory.
   */
  async room(modelId: string): Promise<{ needed: number; free: number } | 'unknown'> {
    if (this.#source(modelId).kind === 'embedded') return 'unknown';
    const { received, total } = await this.#measure(modelId);
    const { quota, usage } = await readStorage(true);
    if (quota === null || total === 0) return 'unknown';
    return { needed: total - received, free: Math.max(0, quota - (usage ?? 0)) };
  }

  /** What an engine needs in order to load a model that was downloaded. */
  async loadFiles(modelId: string): Promise<Pick<LoadRequest, 'weights' | 'gguf'>> {
    const source = this.#source(modelId);
    if (source.kind === 'webllm') {
      return { weights: weightsOf(this.#catalog.get(modelId) as ModelEntry, source) };
    }
    const gguf = await this.downloads.gguf(source);
    if (!gguf) throw namedError('ModelNotLoadedError', `${modelId} is not downloaded.`);
    return { gguf };
  }

  // Downloads -------------------------------------------------------------------------------

  #lineWork(): LineWork {
    return {
      run: (modelId, priority) => {
        const meter = new SpeedMeter();
        return this.downloads.download(this.#source(modelId), priority, (event) =>
          this.#onEvent(modelId, meter, event),
        );
      },
      stop: (modelId, reason) => this.downloads.stop(modelId, reason),
      onWaiting: (modelId) => {
        this.#paused.delete(modelId);
        const still = { bytesPerS: null, error: null, elsewhere: false };
        this.#update(modelId, { state: 'queued', ...still });
      },
      onStarted: (modelId) => this.#update(modelId, { state: 'downloading' }),
      onEnded: async (modelId, error) => {
        if (error === undefined) this.#paused.delete(modelId);
        await this.#changed([modelId]);
        if (error !== undefined && !isVisitorsOwn(error)) {
          this.#update(modelId, { error: classify(error) });
        }
      },
    };
  }

  async #giveUp(modelId: string): Promise<void> {
    this.#paused.delete(modelId);
    await this.#line.end(modelId, CANCELLED);
  }

  #onEvent(modelId: string, meter: SpeedMeter, event: DownloadEvent): void {
    // Events travel by their own channel: one can arrive after the download has ended.
    if (!this.#line.isRunning(modelId)) return;
    if (event.type === 'elsewhere') {
      this.#update(modelId, { elsewhere: true });
    } else if (event.type === 'on-server') {
      const { received, total } = event;
      this.#update(modelId, { onServer: { received, total }, elsewhere: false });
    } else {
      this.#progressed(modelId, event.tally, meter);
    }
  }

  #progressed(modelId: string, tally: Tally, meter: SpeedMeter): void {
    const now = performance.now();
    const before = this.#files(modelId);
    const received = Math.max(before.received, tally.received);
    const files = withTally(before, { ...tally, received });
    const bytesPerS = meter.update(tally.received, now);
    this.#set({ ...files, bytesPerS, elsewhere: false, onServer: null });
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.tabs.tell({ type: 'progress', files: this.#files(modelId) });
  }

  // What is on the disk -------------------------------------------------------------------

  async #changed(modelIds: string[]): Promise<void> {
    await this.#inspect(modelIds);
    await this.#measureStorage();
    this.tabs.tell({ type: 'changed' });
  }

  async #inspect(modelIds: string[]): Promise<Tally[]> {
    const sources = modelIds.map((modelId) => this.#source(modelId));
    const tallies = await this.downloads.inspect(sources);
    const held = await this.tabs.held(sources.map(lockName));
    for (const [index, source] of sources.entries()) {
      const tally = tallies[index];
      if (!tally) continue;
      this.#found(source, tally, held.has(lockName(source)));
    }
    return tallies;
  }

  /** @param held - some tab, perhaps this one, is writing the model's files. */
  #found(source: ModelSource, tally: Tally, held: boolean): void {
    const { modelId } = source;
    if (this.#line.isRunning(modelId)) return;
    const files = withTally(this.#files(modelId), tally);
    const isInLine = this.#line.has(modelId);
    // Only a download of this model in another tab is heard of by its name.
    const elsewhere = files.elsewhere && held && !isInLine && !tally.complete;
    const resting = this.#paused.has(modelId)
      ? 'paused'
      : tally.received > 0
        ? 'partial'
        : 'absent';
    const state = tally.complete ? 'complete' : elsewhere ? 'downloading' : resting;
    this.#set({
      ...files,
      state: isInLine ? 'queued' : state,
      bytesPerS: elsewhere ? files.bytesPerS : null,
      elsewhere,
      onServer: null,
    });
  }

  async #measure(modelId: string): Promise<Tally> {
    const tally = await this.downloads.measure(this.#source(modelId));
    const before = this.#files(modelId);
    if (!this.#line.isRunning(modelId)) this.#set(withTally(before, tally));
    const { total, exact } = withTally(before, tally);
    return { ...tally, total, exact };
  }

  async #measureStorage(): Promise<void> {
    const storage = await readStorage(await this.downloads.isDurable());
    this.state.setState({ storage });
  }

  // Other tabs ------------------------------------------------------------------------------

  #hear(message: TabMessage): void {
    if (message.type === 'changed') {
      void this.refresh();
    } else if (message.type === 'cancel') {
      void this.#giveUp(message.modelId);
    } else {
      this.#hearProgress(message.files);
    }
  }

  #hearProgress(files: ModelFiles): void {
    const source = this.#sources.get(files.modelId);
    const waiting = this.#line.isRunning(files.modelId);
    if (!source || (waiting && !this.#files(files.modelId).elsewhere)) return;
    this.#set({ ...files, state: 'downloading', elsewhere: true });
    // Also when that tab is closed without a word.
    void this.tabs.whenFree(lockName(source), () => void this.#inspect([files.modelId]));
  }

  // State -----------------------------------------------------------------------------------

  #source(modelId: string): ModelSource {
    const source = this.#sources.get(modelId);
    if (!source) throw namedError('UnknownModelError', `${modelId} has no address in the catalog.`);
    return source;
  }

  #files(modelId: string): ModelFiles {
    const estimate = this.#catalog.get(modelId)?.download_bytes ?? null;
    return this.state.getState().files[modelId] ?? unknownFiles(modelId, estimate);
  }

  #update(modelId: string, change: Partial<ModelFiles>): void {
    this.#set({ ...this.#files(modelId), ...change });
  }

  #set(files: ModelFiles): void {
    this.state.setState(({ files: all }) => ({ files: { ...all, [files.modelId]: files } }));
  }
}

/** Ended by the visitor, or by what the visitor did. */
function isVisitorsOwn(error: unknown): boolean {
  return error instanceof Error && [PAUSED, CANCELLED].includes(error.name);
}
