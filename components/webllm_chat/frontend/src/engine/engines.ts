/** The engines and downloads that live now, each under the epoch it was started with. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { sleep } from '../device/sleep';
import type { LoadProgress } from './backend';
import { classify, type EngineError, isNamed, namedError } from './errors';
import { Heartbeat } from './heartbeat';
import type { createEngine, EngineHandle, HostKind, Placement } from './host';
import type { Rung } from './ladder';
import type { ModelLibrary } from './library/library';
import type { ModelFiles } from './library/state';
import { LoadWatch } from './load-watch';
import { recordHost } from './log';
import type { MachineEvent, Progress } from './machine';
import type { OtherTabs } from './other-tabs';
import type { Visits } from './visits';

/** What engines are made with and told to; tests put their own in its place. */
export interface EngineParts {
  library: ModelLibrary;
  visits: Visits;
  otherTabs: OtherTabs;
  createEngine: typeof createEngine;
  pickHost: () => HostKind;
}

/** An engine, or the download that comes before it. */
interface Work {
  rung: Rung;
  fetching: boolean;
  handle?: EngineHandle;
  heartbeat?: Heartbeat;
  /** It failed, or is to be ended for real: then no other tab may go on with it either. */
  distrusted?: true;
}

/** Of one bar for download and loading, the download's share. */
const DOWNLOAD_SHARE = 0.8;

/** Milliseconds an engine may take to end an answer; then it hangs, and is replaced. */
const STOP_PATIENCE_MS = 15_000;

export class Engines {
  /** Where the engine lives that was started last; null before the first. */
  readonly placement: StoreApi<Placement | null> = createStore<Placement | null>(() => null);
  readonly #work = new Map<number, Work>();

  /**
   * @param tell - what engines and downloads say.
   * @param isWanted - whether anybody still waits for this epoch.
   */
  constructor(
    private readonly parts: EngineParts,
    private readonly tell: (event: MachineEvent) => void,
    private readonly isWanted: (epoch: number) => boolean,
  ) {}

  handle(epoch: number): EngineHandle | undefined {
    return this.#work.get(epoch)?.handle;
  }

  /** Whatever is discarded from now on is ended for real, in a shared host too. */
  distrustAll(): void {
    for (const epoch of this.#work.keys()) this.distrust(epoch);
  }

  distrust(epoch: number): void {
    const work = this.#work.get(epoch);
    if (work) work.distrusted = true;
  }

  /** Fetches what is missing, and loads the model in an engine of its own. */
  async load(epoch: number, rung: Rung): Promise<void> {
    const { library, visits } = this.parts;
    const { modelId } = rung;
    const work = this.#begin(epoch, rung);
    const started = performance.now();
    const cached = this.#isComplete(modelId);
    try {
      await this.#fetch(epoch, work, 'foreground');
      if (!this.isWanted(epoch)) return;
      const files = await library.loadFiles(modelId);
      visits.begun(modelId);
      const handle = await this.#start(epoch, work);
      if (!handle) return;
      const watch = new LoadWatch(handle);
      await watch.unlessHung(
        handle.load({ modelId, contextWindow: rung.contextWindow, ...files }, (progress) => {
          watch.progressed();
          this.tell({ type: 'progress', epoch, progress: afterDownload(progress) });
        }),
      );
      if (!this.isWanted(epoch)) return;
      visits.loaded(modelId, (performance.now() - started) / 1000, cached);
      this.#watch(epoch, work, handle);
      this.tell({ type: 'loaded', epoch });
    } catch (error) {
      this.#failed(epoch, error);
    } finally {
      visits.ended();
    }
  }

  /** Only fetches, giving way to the answer in flight. */
  async fetch(epoch: number, rung: Rung): Promise<void> {
    const work = this.#begin(epoch, rung);
    try {
      await this.#fetch(epoch, work, 'background');
      this.tell({ type: 'downloaded', epoch });
    } catch (error) {
      this.#failed(epoch, error);
    }
  }

  /** Lets the engine go, its GPU device with it unless another tab goes on with it; a download that
   * nobody waits for now rests. */
  discard(epoch: number): void {
    const work = this.#work.get(epoch);
    this.#work.delete(epoch);
    work?.heartbeat?.stop();
    if (work?.distrusted) work.handle?.terminate();
    else work?.handle?.release();
    if (work?.heartbeat) this.parts.otherTabs.unloaded(work.rung.modelId);
    // The same model may be wanted again by what happens in this very step.
    if (work?.fetching) queueMicrotask(() => this.#pauseUnlessWanted(work.rung.modelId));
  }

  /** Ends the answer in flight; an engine that does not obey is replaced. */
  async interrupt(epoch: number, isStillAnswering: () => boolean): Promise<void> {
    void this.handle(epoch)
      ?.stop()
      .catch(() => {});
    await sleep(STOP_PATIENCE_MS);
    if (isStillAnswering()) this.#hung(epoch, 'It did not end its answer when it was stopped.');
  }

  /** Passes on how far the downloads are that engines wait for. */
  downloadsChanged(): void {
    const { files } = this.parts.library.state.getState();
    for (const [epoch, { rung, fetching }] of this.#work) {
      const known = files[rung.modelId];
      if (!fetching || known?.state !== 'downloading') continue;
      this.tell({ type: 'progress', epoch, progress: downloadProgress(known) });
    }
  }

  #begin(epoch: number, rung: Rung): Work {
    const work: Work = { rung, fetching: true };
    this.#work.set(epoch, work);
    return work;
  }

  /** Sees to it that the model's files are in the browser, unless nobody waits for them any more. */
  async #fetch(epoch: number, work: Work, priority: 'foreground' | 'background'): Promise<void> {
    const { modelId } = work.rung;
    try {
      if (!this.#isComplete(modelId)) await this.#requireRoom(modelId);
      // Given up before its download had begun, it has none to pause.
      if (!this.isWanted(epoch)) return;
      await this.parts.library.download(modelId, { priority });
    } finally {
      work.fetching = false;
    }
  }

  /** Said before the download, with numbers, instead of after most of it. */
  async #requireRoom(modelId: string): Promise<void> {
    const room = await this.parts.library.room(modelId).catch((error: unknown) => {
      // Who has waited for a server that says nothing need not wait for it twice.
      if (isNamed(error, 'NetworkTimeoutError')) throw error;
      // Where the size cannot be asked for, the download itself tells what is wrong.
      return 'unknown' as const;
    });
    if (room === 'unknown' || room.needed <= room.free) return;
    const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
    throw namedError(
      'QuotaExceededError',
      `${modelId} needs ${megabytes(room.needed)}; the browser gives this site ${megabytes(room.free)} more.`,
    );
  }

  /** @returns undefined when nobody waited for it any more once it had started. */
  async #start(epoch: number, work: Work): Promise<EngineHandle | undefined> {
    const { backend, modelId } = work.rung;
    const handle = await this.parts.createEngine(backend, this.parts.pickHost(), modelId);
    if (!this.isWanted(epoch)) {
      handle.release();
      return undefined;
    }
    work.handle = handle;
    const { host, fallback } = handle;
    this.placement.setState({ host, fallback }, true);
    recordHost(handle);
    handle.onLost((error) => this.#lost(epoch, error));
    return handle;
  }

  #watch(epoch: number, work: Work, handle: EngineHandle): void {
    // Those that share a worker share the weights.
    if (handle.host === 'dedicated' || handle.host === 'parent') {
      this.parts.otherTabs.loaded(work.rung.modelId);
    }
    work.heartbeat = new Heartbeat(handle, () => this.#hung(epoch, 'It gave no sign of life.'));
  }

  #hung(epoch: number, detail: string): void {
    this.#lost(epoch, classify(namedError('EngineHungError', detail)));
  }

  #lost(epoch: number, error: EngineError): void {
    this.distrust(epoch);
    this.tell({ type: 'lost', epoch, error });
  }

  #failed(epoch: number, error: unknown): void {
    if (!this.isWanted(epoch)) return;
    if (isNamed(error, 'DownloadPausedError')) {
      this.tell({ type: 'download-paused', epoch });
    } else if (isNamed(error, 'DownloadCancelledError')) {
      this.tell({ type: 'download-cancelled', epoch });
    } else {
      this.distrust(epoch);
      this.tell({ type: 'load-failed', epoch, error: classify(error) });
    }
  }

  #isComplete(modelId: string): boolean {
    return this.parts.library.state.getState().files[modelId]?.state === 'complete';
  }

  #pauseUnlessWanted(modelId: string): void {
    const isWanted = [...this.#work.values()].some(({ rung }) => rung.modelId === modelId);
    if (!isWanted) void this.parts.library.pause(modelId);
  }
}

function downloadProgress({ received, total, bytesPerS, onServer }: ModelFiles): Progress {
  // What the server fetches counts as nothing yet: the browser still has all of it to do.
  if (onServer) return { stage: 'download', fraction: 0, ...onServer, onServer: true };
  const fraction = total === 0 ? 0 : Math.min(1, received / total) * DOWNLOAD_SHARE;
  const speed = bytesPerS === null ? {} : { bytesPerS };
  return { stage: 'download', fraction, received, total, onServer: false, ...speed };
}

/** An engine's own progress, from 0 to 1, as the rest of the bar. */
function afterDownload(progress: LoadProgress): LoadProgress {
  // WebLLM calls it fetching when it reads its cache.
  const stage = progress.stage === 'download' ? 'load' : progress.stage;
  return { stage, fraction: DOWNLOAD_SHARE + progress.fraction * (1 - DOWNLOAD_SHARE) };
}
