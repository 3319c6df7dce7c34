/**
 * The engines of one worker, by model and context window. Engines outlive the pages that use them:
 * a page that comes back finds its model loaded. What no page uses is given up when another model
 * needs the room, or after a while.
 */
import type { LoadProgress, LoadRequest, LocalBackend } from '../backend';
import { classify, type EngineError, namedError } from '../errors';
import { type EngineUser, SharedEngine } from './shared-engine';
import type { LoadedModel } from './wire';

/** How long an engine without a page waits for one to come back. */
const ORPHAN_MS = 10 * 60_000;
/** How long a worker without an engine waits for the next one to be asked for. */
const EMPTY_MS = 2000;

interface Entry {
  engine: SharedEngine;
  loading: Promise<void>;
  orphanTimer?: ReturnType<typeof setTimeout> | undefined;
}

export class EnginePool {
  readonly #entries = new Map<string, Entry>();
  /** Loads come one after the other, and none begins before what was given up is gone. */
  #lastLoad: Promise<unknown> = Promise.resolve();
  readonly #disposals = new Set<Promise<void>>();
  #working = 0;
  #idleListeners: (() => void)[] = [];
  #retired = false;

  /** @param onEmpty - the last engine is gone: a worker that can end itself may do so. */
  constructor(
    private readonly makeBackend: () => LocalBackend,
    private readonly onEmpty: () => void = () => {},
  ) {}

  get retired(): boolean {
    return this.#retired;
  }

  loaded(): LoadedModel[] {
    return [...this.#entries.values()].map(({ engine: { modelId, contextWindow } }) => ({
      modelId,
      contextWindow,
    }));
  }

  /** Loads the model, or joins whoever has it loaded or is loading it. */
  async load(
    user: EngineUser,
    request: LoadRequest,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<SharedEngine> {
    if (this.#retired) throw replaced();
    const key = `${request.modelId} ${request.contextWindow} ${request.weights?.model ?? ''}`;
    const entry = this.#entries.get(key) ?? this.#start(key, request);
    clearTimeout(entry.orphanTimer);
    entry.engine.users.add(user);
    await entry.engine.follow(entry.loading, onProgress);
    return entry.engine;
  }

  /** The page is gone or uses another engine now. */
  leave(user: EngineUser): void {
    for (const [key, entry] of this.#entries) {
      if (!entry.engine.users.delete(user)) continue;
      void entry.engine.stop(user);
      if (entry.engine.users.size > 0) continue;
      entry.orphanTimer = setTimeout(() => void this.#drop(key, entry), ORPHAN_MS);
    }
  }

  /** Gives up what this page uses: for every page, or only if no other uses it. */
  async giveUp(user: EngineUser, whose: 'everybodys' | 'unused'): Promise<void> {
    const mine = [...this.#entries].filter(([, { engine }]) => engine.users.has(user));
    this.leave(user);
    await Promise.all(
      mine
        .filter(([, { engine }]) => whose === 'everybodys' || engine.users.size === 0)
        .map(([key, entry]) => this.#drop(key, entry, resetByAnotherTab())),
    );
  }

  /** A worker at work is not replaced. @returns a function that ends this piece of work. */
  beginWork(): () => void {
    let working = true;
    this.#working += 1;
    return () => {
      if (!working) return;
      working = false;
      this.#working -= 1;
      if (this.#working === 0) for (const listener of this.#idleListeners.splice(0)) listener();
    };
  }

  /** Waits for the answers in flight, then gives every engine up and takes no more. */
  async retire(): Promise<void> {
    while (this.#working > 0) {
      await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
    }
    this.#retired = true;
    const entries = [...this.#entries];
    await Promise.all(entries.map(([key, entry]) => this.#drop(key, entry, classify(replaced()))));
  }

  #start(key: string, request: LoadRequest): Entry {
    const orphans = [...this.#entries].filter(([, { engine }]) => engine.users.size === 0);
    const engine = new SharedEngine(request.modelId, request.contextWindow, this.makeBackend());
    const loading = this.#lastLoad.then(async () => {
      for (const [orphanKey, orphan] of orphans) void this.#drop(orphanKey, orphan);
      await Promise.all(this.#disposals);
      await engine.load(request);
    });
    const entry: Entry = { engine, loading };
    this.#entries.set(key, entry);
    this.#lastLoad = loading.catch(() => void this.#drop(key, entry));
    engine.onLost((error) => void this.#drop(key, entry, error));
    return entry;
  }

  /** @param why - is told to the pages that still use the engine. */
  async #drop(key: string, entry: Entry, why?: EngineError): Promise<void> {
    // A new engine may stand under the same key by now.
    if (this.#entries.get(key) !== entry) return;
    this.#entries.delete(key);
    clearTimeout(entry.orphanTimer);
    if (why) for (const user of entry.engine.users) user.lost(why);
    entry.engine.users.clear();
    const disposal = entry.engine.dispose().catch(() => {});
    this.#disposals.add(disposal);
    await disposal;
    this.#disposals.delete(disposal);
    setTimeout(() => {
      if (this.#entries.size === 0) this.onEmpty();
    }, EMPTY_MS);
  }
}

function resetByAnotherTab(): EngineError {
  return classify(namedError('WorkerCrashedError', 'Another tab of this app gave the engine up.'));
}

function replaced(): Error {
  return namedError('WorkerCrashedError', 'A newer version of this app took over.');
}
