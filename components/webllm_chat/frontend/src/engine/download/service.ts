/** What the download worker does for the page: one model's files at a time, for each source. */
import { namedError } from '../errors';
import { usableLocks } from '../locks';
import { type Artifacts, openArtifacts } from '../webllm/artifacts';
import type { NetworkPlan } from '../webllm/files';
import { downloadEmbedded, inspectEmbedded, keptEmbedded, removeEmbedded } from './embedded';
import { browserEnvironment, type Environment } from './environment';
import {
  downloadModel,
  dropParts,
  finishComplete,
  inspectModel,
  measureModel,
  removeModel,
  type Stores,
  type Tally,
} from './model-files';
import { openShelf, PartStore } from './part-store';
import type { CacheBackend, EmbeddedSource, ModelSource, WebLLMSource } from './source';

export type Priority = 'foreground' | 'background';

export type DownloadEvent =
  /** Another tab is at it; this one waits. */
  | { type: 'elsewhere' }
  | { type: 'progress'; tally: Tally }
  /** The app's own server is still fetching its model. Bytes. */
  | { type: 'on-server'; received: number; total: number };

/** Files fetched at once. A background download leaves bandwidth and processor to the rest. */
const LANES: Record<Priority, number> = { foreground: 4, background: 2 };
/** Between two reports of progress. Milliseconds. */
const REPORT_MS = 200;
/** For which what the network said of a model is taken for true. Milliseconds. */
const FRESH_MS = 60_000;
/** For another tab to end its work on a model that is to be deleted. Milliseconds. */
const DELETE_PATIENCE_MS = 10_000;

export class DownloadService {
  readonly #running = new Map<string, AbortController>();
  /** Whole GGUF files that the browser would not store, for this visit. */
  readonly #inMemory = new Map<string, Blob>();
  /** What the network said when a download was measured that may follow at once. */
  readonly #measured = new Map<string, { network: NetworkPlan; atMs: number }>();
  readonly #parts: Promise<PartStore>;

  constructor(private readonly environment: Environment = browserEnvironment) {
    this.#parts = openShelf().then((shelf) => new PartStore(shelf));
  }

  async isDurable(): Promise<boolean> {
    return (await this.#parts).shelf.durable;
  }

  /** What is here of each model, in the order given. No request is made. */
  async inspect(sources: ModelSource[]): Promise<Tally[]> {
    const tallies: Tally[] = [];
    for (const source of sources) tallies.push(await this.#inspect(source));
    return tallies;
  }

  /** What a download would come to; asks the network where nothing here tells. */
  async measure(source: ModelSource): Promise<Tally> {
    if (source.kind !== 'webllm') return this.#inspect(source);
    const stores = await this.#stores(source);
    const { tally, network } = await measureModel(source, stores, this.environment);
    if (network) this.#measured.set(source.modelId, { network, atMs: this.environment.now() });
    return tally;
  }

  /**
   * Resolves when the model is complete.
   * @throws the errors of `downloadModel` and `downloadEmbedded`; the reason given to `stop`.
   */
  async download(
    source: ModelSource,
    priority: Priority,
    onEvent: (event: DownloadEvent) => void,
  ): Promise<void> {
    const controller = new AbortController();
    this.#running.set(source.modelId, controller);
    const { signal } = controller;
    try {
      // What is complete needs no lock: a sibling that shares its files may hold it.
      if (await this.#finishComplete(source, onEvent)) return;
      await whileLocked(
        source,
        signal,
        () => onEvent({ type: 'elsewhere' }),
        () => this.#download(source, priority, signal, onEvent),
      );
    } finally {
      if (this.#running.get(source.modelId) === controller) this.#running.delete(source.modelId);
    }
  }

  /** Ends a download, which rejects with an error of this name once what it has is kept. */
  stop(modelId: string, reason: string): void {
    this.#running.get(modelId)?.abort(namedError(reason, `The download of ${modelId} was ended.`));
  }

  /** Drops what was begun of files that are not complete. */
  async dropParts(source: ModelSource): Promise<void> {
    if (source.kind === 'webllm') return dropParts(source, await this.#stores(source));
    const { complete } = await this.#inspect(source);
    if (!complete) await removeEmbedded(source, await this.#parts);
  }

  /**
   * @returns the models for which shared files were kept.
   * @throws StorageBusyError when another download does not let go of the model.
   */
  async remove(source: ModelSource): Promise<string[]> {
    this.#inMemory.delete(source.modelId);
    return whenOthersAreDone(source, async () => {
      if (source.kind === 'webllm') return removeModel(source, await this.#stores(source));
      await removeEmbedded(source, await this.#parts);
      return [];
    });
  }

  /**
   * Removes everything, files of models not among these sources too.
   * @throws StorageBusyError
   */
  async removeAll(sources: ModelSource[]): Promise<void> {
    this.#inMemory.clear();
    for (const source of sources) await whenOthersAreDone(source, async () => {});
    const { shelf } = await this.#parts;
    for (const key of await shelf.keys()) await shelf.delete(key);
    if (!shelf.durable) return;
    for (const backend of ['cache', 'indexeddb', 'opfs'] satisfies CacheBackend[]) {
      // A storage that this browser does not have, or denies, holds nothing.
      await openArtifacts(backend).clear().catch(ignoreUnavailable);
    }
  }

  /** @returns undefined unless the model was downloaded. */
  async gguf(source: EmbeddedSource): Promise<Blob | undefined> {
    return this.#inMemory.get(source.modelId) ?? keptEmbedded(source, await this.#parts);
  }

  async #inspect(source: ModelSource): Promise<Tally> {
    if (source.kind === 'webllm') {
      if (!(await this.isDurable())) return NOTHING;
      return inspectModel(source, await this.#stores(source));
    }
    const held = this.#inMemory.get(source.modelId);
    if (held) return { received: held.size, total: held.size, exact: true, complete: true };
    return inspectEmbedded(source, await this.#parts);
  }

  async #finishComplete(
    source: ModelSource,
    onEvent: (event: DownloadEvent) => void,
  ): Promise<boolean> {
    if (source.kind !== 'webllm') return false;
    const onProgress = (tally: Tally) => onEvent({ type: 'progress', tally });
    return finishComplete(source, await this.#stores(source), { onProgress });
  }

  async #download(
    source: ModelSource,
    priority: Priority,
    signal: AbortSignal,
    onEvent: (event: DownloadEvent) => void,
  ): Promise<void> {
    const report = throttled(this.environment.now, (tally: Tally) =>
      onEvent({ type: 'progress', tally }),
    );
    const run = {
      environment: this.environment,
      signal,
      patient: priority === 'background',
      onProgress: report,
    };
    if (source.kind === 'webllm') {
      const stores = await this.#stores(source);
      const network = this.#takeMeasured(source);
      await downloadModel(source, stores, { ...run, lanes: LANES[priority] }, network);
      return;
    }
    const parts = await this.#parts;
    const gguf = await downloadEmbedded(source, parts, {
      ...run,
      onServer: (received, total) => onEvent({ type: 'on-server', received, total }),
    });
    const kept = await keptEmbedded(source, parts);
    if (!kept) this.#inMemory.set(source.modelId, gguf);
  }

  #takeMeasured({ modelId }: WebLLMSource): NetworkPlan | undefined {
    const measured = this.#measured.get(modelId);
    this.#measured.delete(modelId);
    const isFresh = measured && this.environment.now() - measured.atMs < FRESH_MS;
    return isFresh ? measured.network : undefined;
  }

  async #stores(source: WebLLMSource): Promise<Stores> {
    const parts = await this.#parts;
    if (!parts.shelf.durable) {
      throw namedError('SecurityError', 'This page may not store models.');
    }
    const artifacts: Artifacts = openArtifacts(source.cacheBackend);
    return { parts, artifacts };
  }
}

const NOTHING: Tally = { received: 0, total: 0, exact: false, complete: false };

/** The name of the lock a tab holds while it writes a model's files; siblings share the files. */
export function lockName(source: ModelSource): string {
  const place =
    source.kind === 'webllm' ? `${source.cacheBackend} ${source.folder}` : source.directory;
  return `webllm-chat/model ${place}`;
}

/** Without Web Locks (no secure context) nothing is stored either, so no tab is in another's way. */
async function whileLocked<T>(
  source: ModelSource,
  signal: AbortSignal,
  onElsewhere: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const locks = await usableLocks();
  if (!locks) return work();
  const name = lockName(source);
  const free = await locks.request(name, { ifAvailable: true }, (lock) =>
    lock ? work().then((value) => ({ value })) : null,
  );
  if (free) return free.value;
  onElsewhere();
  return locks.request(name, { signal }, work);
}

async function whenOthersAreDone<T>(source: ModelSource, work: () => Promise<T>): Promise<T> {
  const patience = AbortSignal.timeout(DELETE_PATIENCE_MS);
  try {
    return await whileLocked(source, patience, () => {}, work);
  } catch (error) {
    if (!patience.aborted) throw error;
    throw namedError(
      'StorageBusyError',
      `Another download is still writing files of ${source.modelId}.`,
    );
  }
}

function ignoreUnavailable(error: unknown): void {
  const { name } = error as { name?: unknown };
  if (name !== 'SecurityError' && name !== 'ReferenceError' && name !== 'TypeError') throw error;
}

function throttled<T>(now: () => number, report: (value: T) => void): (value: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (value) => {
    if (now() - last < REPORT_MS) return;
    last = now();
    report(value);
  };
}
