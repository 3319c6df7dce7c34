/**
 * The models on offer. Python says which in a few bytes; the entries themselves come as files that
 * are the same for all visitors and that the browser keeps.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import catalogAddress from '../../../catalog.json?url';
import type { ModelEntry, Offer } from '../bridge/protocol';
import { sleep } from '../device/sleep';
import { retrying } from './download/retry';
import { namedError } from './errors';

export interface OfferState {
  /** Of the last offer whose entries came; the same array until another one's do. */
  entries: readonly ModelEntry[];
  /** `here` once the entries are those of the offer that was asked for last. */
  status: 'waiting' | 'fetching' | 'here' | 'failed';
}

/** Milliseconds that one try may take. */
const PATIENCE_MS = 20_000;

/** Beside the component's own page on the app's server, named by its hash: no message can send the
 * visitor elsewhere for models. */
const FILE = /^\.\.\/\w[\w.-]*\/[0-9a-f]{64}\.json$/;

/** @throws an `Error` when the file cannot be had now. */
export type FetchJson = (address: string) => Promise<unknown>;

export class OfferedModels {
  readonly state: StoreApi<OfferState> = createStore<OfferState>(() => ({
    entries: [],
    status: 'waiting',
  }));
  #offer: Offer | undefined;
  #coming: Promise<void> = Promise.resolve();
  #catalog: Promise<ModelEntry[]> | undefined;

  /** @param fetchJson - how a file is fetched; tests put their own in its place. */
  constructor(private readonly fetchJson: FetchJson = fetchPatiently) {}

  /** Call with each render's arguments; fetches only what is not here yet. */
  want(offer: Offer): void {
    if (JSON.stringify(offer) === JSON.stringify(this.#offer)) return;
    this.#offer = offer;
    this.#begin(offer);
  }

  /**
   * Resolves when the entries are here. Where fetching them failed it begins anew.
   * @throws `CatalogUnavailableError` when they cannot be had now.
   */
  async ready(): Promise<void> {
    if (this.#offer && this.state.getState().status === 'failed') this.#begin(this.#offer);
    for (let waited: Promise<void> | undefined; waited !== this.#coming; ) {
      waited = this.#coming;
      await waited;
    }
  }

  #begin(offer: Offer): void {
    this.state.setState({ status: 'fetching' });
    this.#coming = this.#resolve(offer).then(
      (entries) => {
        if (offer === this.#offer) this.state.setState({ entries, status: 'here' });
      },
      (error: unknown) => {
        // Another offer has taken its place; who waits, waits for that one.
        if (offer !== this.#offer) return;
        this.state.setState({ status: 'failed' });
        throw namedError('CatalogUnavailableError', String(error));
      },
    );
    // Whoever waits hears of it by `ready()`; everyone else by the state.
    this.#coming.catch(() => {});
  }

  async #resolve({ catalog, listed, file }: Offer): Promise<ModelEntry[]> {
    if (catalog !== null) {
      const all = await this.#standard();
      return catalog === 'all' ? all : all.filter(({ named }) => named);
    }
    return this.#entries(file === null ? JSON.parse(listed ?? '[]') : await this.#file(file));
  }

  async #file(address: string): Promise<unknown> {
    if (!FILE.test(address)) throw new Error('The list of models is not on this server.');
    return this.fetchJson(new URL(address, document.baseURI).href);
  }

  /** An id that this build's catalogue lacks is of another version of the app: it is left out. */
  async #entries(rows: unknown): Promise<ModelEntry[]> {
    if (!Array.isArray(rows)) throw new Error('The list of models is not a list.');
    const needed = rows.some((row) => typeof row === 'string');
    const known = new Map(
      (needed ? await this.#standard() : []).map((entry) => [entry.model_id, entry]),
    );
    return rows
      .map((row: string | ModelEntry) => (typeof row === 'string' ? known.get(row) : row))
      .filter((entry) => entry !== undefined);
  }

  #standard(): Promise<ModelEntry[]> {
    this.#catalog ??= this.fetchJson(catalogAddress).then(
      (file) => (file as { models: ModelEntry[] }).models,
    );
    const coming = this.#catalog;
    coming.catch(() => {
      if (this.#catalog === coming) this.#catalog = undefined;
    });
    return coming;
  }
}

/** The names of the files are hashes of their content, so what the browser has of them is right:
 * it is asked first, whatever the server said of how long to keep it. */
async function fetchPatiently(address: string): Promise<unknown> {
  let cache: RequestCache = 'force-cache';
  return retrying(
    async () => {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      try {
        const response = await fetch(address, { cache, signal });
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        return await response.json();
      } catch (error) {
        // Every failure may pass: behind one address there may be servers of two versions.
        throw namedError('NetworkError', String(error));
      } finally {
        // What is kept may itself be a refusal, or half a file.
        cache = 'reload';
      }
    },
    { wait: sleep },
  );
}
