/**
 * What this browser has seen of each model: how long it took to load, how fast it answered, how it
 * failed; and a marker that outlives a tab which the system ends while a model loads.
 */
import { nanoid } from 'nanoid';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { usableLocks } from './locks';

export interface ModelHistory {
  /** Seconds from the start to ready, download included. */
  firstS?: number;
  /** Seconds from the start to ready, with everything in the browser. */
  cachedS?: number;
  /** Milliseconds since 1970. */
  lastLoadedAt?: number;
  /** Of the last answer. */
  decodeTokensPerS?: number;
  /** The last failure that says something about this device; a later load clears it. */
  failure?: { kind: string; at: number };
}

export type History = Record<string, ModelHistory>;

const HISTORY_KEY = 'webllm-chat/history';
const MARKER_PREFIX = 'webllm-chat/loading/';

export const CRASHED_WHILE_LOADING = 'crashed-while-loading';

export class Visits {
  readonly history: StoreApi<History>;
  readonly #marker = `${MARKER_PREFIX}${nanoid()}`;

  constructor(
    private readonly storage: Storage | undefined = browserStorage(),
    private readonly locks: LockManager | undefined = globalThis.navigator?.locks,
    private readonly now: () => number = Date.now,
  ) {
    this.history = createStore(() => read(storage));
    // The browser frees the lock with the tab, which tells a living tab's marker from a dead one's.
    // Refused where the page may not store; then no marker is kept either.
    locks?.request(this.#marker, () => new Promise<never>(() => {})).catch(() => {});
  }

  /** Writes down that a model is being loaded; a tab that dies before `ended()` leaves it behind. */
  begun(modelId: string): void {
    this.#store(this.#marker, modelId);
  }

  ended(): void {
    this.#remove(this.#marker);
  }

  /** @returns the models that tabs which no longer live were loading; told once. */
  async takeCrashed(): Promise<string[]> {
    if (!this.storage) return [];
    const held = new Set(
      (await (await usableLocks(this.locks))?.query())?.held?.map(({ name }) => name),
    );
    const keys = Object.keys(this.storage).filter((key) => key.startsWith(MARKER_PREFIX));
    const dead = keys.filter((key) => key !== this.#marker && !held.has(key));
    const models = dead.map((key) => this.storage?.getItem(key) ?? '').filter(Boolean);
    for (const key of dead) this.#remove(key);
    for (const modelId of models) this.failed(modelId, CRASHED_WHILE_LOADING);
    return models;
  }

  /** @param seconds - from the start to ready. */
  loaded(modelId: string, seconds: number, cached: boolean): void {
    this.#update(modelId, ({ failure: _, ...known }) => ({
      ...known,
      ...(cached ? { cachedS: seconds } : { firstS: seconds }),
      lastLoadedAt: this.now(),
    }));
  }

  answered(modelId: string, decodeTokensPerS: number): void {
    if (decodeTokensPerS > 0) this.#update(modelId, (known) => ({ ...known, decodeTokensPerS }));
  }

  failed(modelId: string, kind: string): void {
    this.#update(modelId, (known) => ({ ...known, failure: { kind, at: this.now() } }));
  }

  /** The visitor wants to try again what failed here. */
  forgive(modelId: string): void {
    this.#update(modelId, ({ failure: _, ...known }) => known);
  }

  #update(modelId: string, change: (known: ModelHistory) => ModelHistory): void {
    // Another tab may have written meanwhile.
    const history = read(this.storage, this.history.getState());
    const next = { ...history, [modelId]: change(history[modelId] ?? {}) };
    this.history.setState(next, true);
    this.#store(HISTORY_KEY, JSON.stringify(next));
  }

  #store(key: string, value: string): void {
    try {
      this.storage?.setItem(key, value);
    } catch {
      // Full storage costs the next visit its memory of this one.
    }
  }

  #remove(key: string): void {
    this.storage?.removeItem(key);
  }
}

function read(storage: Storage | undefined, otherwise: History = {}): History {
  try {
    const text = storage?.getItem(HISTORY_KEY);
    const value: unknown = text ? JSON.parse(text) : otherwise;
    return isHistory(value) ? value : {};
  } catch {
    return {};
  }
}

function isHistory(value: unknown): value is History {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((known) => typeof known === 'object' && known !== null)
  );
}

/** @returns undefined where the page may not store: a private window, or embedded in another site. */
export function browserStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
