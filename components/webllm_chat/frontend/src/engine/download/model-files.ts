/** The files of one model as a whole: what is here of them, fetching the rest, removing them. */
import { namedError } from '../errors';
import { usableLocks } from '../locks';
import type { Artifacts } from '../webllm/artifacts';
import {
  type NetworkPlan,
  type Plan,
  type PlannedFile,
  planFromNetwork,
  planFromStorage,
} from '../webllm/files';
import type { Environment } from './environment';
import { fetchFile, type Transfer } from './file';
import { notes } from './notes';
import type { PartStore } from './part-store';
import type { WebLLMSource } from './source';

/** How far a model's files are. Bytes. */
export interface Tally {
  received: number;
  /** Of the files whose size is known. */
  total: number;
  /** The size of every file is known. */
  exact: boolean;
  complete: boolean;
}

export interface Stores {
  parts: PartStore;
  artifacts: Artifacts;
}

export interface Run {
  environment: Environment;
  signal?: AbortSignal;
  /** Files fetched at once. */
  lanes: number;
  patient?: boolean;
  onProgress?: (tally: Tally) => void;
}

/** What is in the browser, without any request. */
export async function inspectModel(source: WebLLMSource, stores: Stores): Promise<Tally> {
  const plan = await knownPlan(source, stores);
  if (!plan) return { received: 0, total: 0, exact: false, complete: false };
  return (await Count.of(plan, stores)).tally();
}

/**
 * What a download would come to, asking the network where the browser does not know.
 * @returns with what the network said, for `downloadModel`.
 * @throws as `fetchFile`.
 */
export async function measureModel(
  source: WebLLMSource,
  stores: Stores,
  environment: Environment,
): Promise<{ tally: Tally; network?: NetworkPlan }> {
  const known = await knownPlan(source, stores);
  if (known?.files.every(isSizeKnown)) return { tally: (await Count.of(known, stores)).tally() };
  const transfer = { parts: stores.parts, environment };
  const network = await planFromNetwork(source, stores.artifacts, transfer);
  return { tally: (await Count.of(network.plan, stores)).tally(), network };
}

/**
 * Sees to it that every file is where WebLLM looks for it.
 * @param network - what the network said a moment ago, so that it need not be asked again.
 * @throws as `fetchFile`; QuotaExceededError before anything large is fetched when it will not fit.
 * What is complete stays, and so do the parts of what is not.
 */
export async function downloadModel(
  source: WebLLMSource,
  stores: Stores,
  run: Run,
  network?: NetworkPlan,
): Promise<void> {
  const { parts, artifacts } = stores;
  if (await finishComplete(source, stores, run)) return;
  const known = await knownPlan(source, stores);
  const transfer: Transfer = { parts, ...run };
  const { plan, head } = network ?? (await planFromNetwork(source, artifacts, transfer));
  await removeOutdated(known, plan, stores);
  await notes(parts.shelf).write(source, plan);
  for (const [file, body] of head) await settle(file, body, stores);
  const count = await Count.of(plan, stores, run.onProgress);
  await requireRoom(count, run.environment);
  await fetchAll(plan, count, stores, transfer, run.lanes);
  await notes(parts.shelf).write(source, count.plan());
}

/**
 * Notes that a model is wanted whose files are all here.
 * @returns false when they are not.
 */
export async function finishComplete(
  source: WebLLMSource,
  stores: Stores,
  { onProgress }: Pick<Run, 'onProgress'>,
): Promise<boolean> {
  const known = await knownPlan(source, stores);
  const tally = known && (await Count.of(known, stores)).tally();
  if (!known || !tally?.complete) return false;
  onProgress?.(tally);
  await notes(stores.parts.shelf).write(source, known);
  return true;
}

/** Drops what was begun and not completed. */
export async function dropParts(source: WebLLMSource, stores: Stores): Promise<void> {
  const plan = await knownPlan(source, stores);
  for (const file of plan?.files ?? []) await stores.parts.drop(file);
}

/**
 * Removes the model's files, save those that another model needs that was downloaded too.
 * @returns the models for which files were kept.
 */
export async function removeModel(source: WebLLMSource, stores: Stores): Promise<string[]> {
  const plan = await knownPlan(source, stores);
  const shelf = notes(stores.parts.shelf);
  await shelf.remove(source);
  const others = await shelf.others(source);
  const keptFor = new Set<string>();
  for (const file of plan?.files ?? []) {
    const users = others.filter(({ files }) => files.some(({ url }) => url === file.url));
    for (const { modelId } of users) keptFor.add(modelId);
    if (users.length > 0) continue;
    await stores.artifacts.delete(file.scope, file.url);
    await stores.parts.drop(file);
  }
  return [...keptFor];
}

async function knownPlan(source: WebLLMSource, stores: Stores): Promise<Plan | undefined> {
  const noted = await notes(stores.parts.shelf).read(source);
  return noted && isOfSource(noted, source) ? noted : planFromStorage(source, stores.artifacts);
}

/** A note may be of an earlier version of the app, which checked less. */
function isOfSource({ files }: Plan, { folder, library }: WebLLMSource): boolean {
  return files.every(({ url }) => url === library || url.startsWith(folder));
}

function isSizeKnown({ size }: PlannedFile): boolean {
  return size !== null;
}

/** Where the model was built anew since, its old files and the new ones must not mix. */
async function removeOutdated(old: Plan | undefined, plan: Plan, stores: Stores): Promise<void> {
  const before = new Map(old?.files.map((file) => [file.url, file]));
  for (const file of plan.files) {
    const earlier = before.get(file.url);
    const differs = (['sha256', 'md5'] as const).some(
      (hash) => earlier?.[hash] && file[hash] && earlier[hash] !== file[hash],
    );
    if (differs) await stores.artifacts.delete(file.scope, file.url);
  }
  await stores.parts.dropOtherVersions(plan.files);
}

async function requireRoom(count: Count, { free }: Environment): Promise<void> {
  const { received, total } = count.tally();
  const available = await free();
  const needed = total - received;
  if (available === null || needed <= available) return;
  const mb = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw namedError(
    'QuotaExceededError',
    `${mb(needed)} are needed, and this browser has ${mb(available)} left for this site.`,
  );
}

async function fetchAll(
  { files }: Plan,
  count: Count,
  stores: Stores,
  transfer: Transfer,
  lanes: number,
): Promise<void> {
  const failure = new AbortController();
  const { signal } = transfer;
  const either = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const waiting = files.filter((file) => !count.isComplete(file));
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      await fetchOne(file, count, stores, { ...transfer, signal: either });
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      lane().catch((error: unknown) => {
        // The other lanes keep what they have, and stop.
        failure.abort(error);
        throw error;
      }),
    ),
  );
  signal?.throwIfAborted();
  if (failure.signal.aborted) throw failure.signal.reason;
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function fetchOne(
  file: PlannedFile,
  count: Count,
  stores: Stores,
  transfer: Transfer,
): Promise<void> {
  await exclusively(file, async () => {
    if (await stores.artifacts.has(file.scope, file.url)) return;
    const onBytes = (received: number) => count.at(file, received);
    const body = await fetchFile(file, { ...transfer, onBytes });
    await settle(file, body, stores);
    count.resize(file, body.size);
  });
  count.done(file);
}

/** A library serves several models: two tabs may want it at once. */
async function exclusively(file: PlannedFile, work: () => Promise<void>): Promise<void> {
  const locks = await usableLocks();
  if (!locks || file.scope !== 'webllm/wasm') return work();
  await locks.request(`webllm-chat/file ${file.url}`, work);
}

async function settle(file: PlannedFile, body: Blob, { artifacts, parts }: Stores): Promise<void> {
  try {
    await artifacts.put(file.scope, file.url, body);
  } catch (error) {
    if (!isFull(error)) throw error;
    // The parts take as much room as the file itself.
    await parts.drop(file);
    await artifacts.put(file.scope, file.url, body);
  }
  await parts.drop(file);
}

function isFull(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === 'QuotaExceededError';
}

/** One count of bytes for all files, kept up with each arrival: there are many. */
class Count {
  readonly #files: Map<string, PlannedFile>;
  readonly #arrived = new Map<string, number>();
  readonly #complete = new Set<string>();
  #received = 0;
  #total = 0;
  #report: ((tally: Tally) => void) | undefined;

  private constructor(private readonly basis: Plan) {
    this.#files = new Map(basis.files.map((file) => [file.url, file]));
    for (const { size } of basis.files) this.#total += size ?? 0;
  }

  /** @param report - told now, and whenever more has come. */
  static async of(plan: Plan, stores: Stores, report?: (tally: Tally) => void): Promise<Count> {
    const count = new Count(plan);
    for (const file of plan.files) {
      if (await stores.artifacts.has(file.scope, file.url)) count.done(file);
      else count.at(file, await stores.parts.kept(file));
    }
    count.#report = report;
    count.#tell();
    return count;
  }

  isComplete({ url }: PlannedFile): boolean {
    return this.#complete.has(url);
  }

  at({ url }: PlannedFile, received: number): void {
    this.#received += received - (this.#arrived.get(url) ?? 0);
    this.#arrived.set(url, received);
    this.#tell();
  }

  /** The file turned out to have another size than was known. */
  resize({ url }: PlannedFile, size: number): void {
    const { sizeIsHint: _, ...file } = this.#files.get(url) as PlannedFile;
    this.#total += size - (file.size ?? 0);
    this.#files.set(url, { ...file, size });
  }

  done(file: PlannedFile): void {
    this.#complete.add(file.url);
    this.at(file, this.#files.get(file.url)?.size ?? 0);
  }

  plan(): Plan {
    return { ...this.basis, files: [...this.#files.values()] };
  }

  tally(): Tally {
    const received = this.#received;
    return {
      received,
      total: Math.max(this.#total, received),
      exact: this.#exact(),
      complete: this.#complete.size === this.#files.size,
    };
  }

  #exact(): boolean {
    for (const { size } of this.#files.values()) if (size === null) return false;
    return true;
  }

  #tell(): void {
    this.#report?.(this.tally());
  }
}
