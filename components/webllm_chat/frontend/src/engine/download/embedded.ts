/** The model the app brings along: its server may still be fetching it itself. */
import { isNamed, namedError } from '../errors';
import type { Environment } from './environment';
import { fetchFile, type Transfer } from './file';
import type { Tally } from './model-files';
import { type EmbeddedNote, notes } from './notes';
import type { PartStore } from './part-store';
import { HttpError } from './retry';
import { type EmbeddedSource, isSha256, type RemoteFile } from './source';
import { fetchText } from './text';

/** What the app's server writes into its status file. Sizes in bytes. */
interface EmbeddedStatus {
  version: 1;
  state: 'ready' | 'fetching' | 'failed';
  received: number;
  total: number;
  file: string;
  size: number;
  sha256: string;
  error: string | null;
}

const POLL_MS = 1000;
/** Of questions in a row that the server did not answer; then it is taken to be away for good. */
const MOST_UNANSWERED = 300;
/** Bytes. */
const MOST_STATUS_BYTES = 64 * 1024;
/** Bytes that one GGUF file may have. */
const MOST_MODEL_BYTES = 16 * 1024 ** 3;

/**
 * Waits until the server has the model.
 * @param onServer - bytes the server has, and in all.
 * @throws EmbeddedModelUnavailableError when the server says it cannot fetch the model, HttpError,
 * or the signal's reason.
 */
async function embeddedFile(
  source: EmbeddedSource,
  environment: Environment,
  onServer: (received: number, total: number) => void = () => {},
  signal?: AbortSignal,
): Promise<RemoteFile> {
  for (let unanswered = 0; unanswered < MOST_UNANSWERED; ) {
    const status = await readStatus(`${source.directory}/${source.status}`, environment, signal);
    signal?.throwIfAborted();
    if (status?.state === 'ready') {
      const url = `${source.directory}/${status.file}`;
      return { url, size: status.size, sha256: status.sha256 };
    }
    if (status?.state === 'failed') {
      throw namedError('EmbeddedModelUnavailableError', status.error ?? 'No reason was given.');
    }
    unanswered = status ? 0 : unanswered + 1;
    if (status) onServer(status.received, status.total);
    await environment.wait(POLL_MS, signal);
  }
  throw namedError('EmbeddedModelUnavailableError', 'The server says nothing of it.');
}

/** @returns undefined before the server has written its first status, and while it is away. */
async function readStatus(
  url: string,
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<EmbeddedStatus | undefined> {
  try {
    const text = await fetchText(url, MOST_STATUS_BYTES, environment, signal);
    const status = parsed(text);
    if (isStatus(status)) return status;
  } catch (error) {
    signal?.throwIfAborted();
    const refused = error instanceof HttpError && error.status !== 404 && error.status < 500;
    if (refused) throw error;
    if (!isNamed(error, 'CorruptFileError')) return undefined;
  }
  throw namedError('EmbeddedModelUnavailableError', `${url} is not a status this app knows.`);
}

function parsed(text: string): EmbeddedStatus | null {
  try {
    return JSON.parse(text) as EmbeddedStatus | null;
  } catch {
    return null;
  }
}

function isStatus(status: EmbeddedStatus | null): status is EmbeddedStatus {
  const sizes = [status?.size, status?.received, status?.total];
  return (
    status?.version === 1 &&
    sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0) &&
    status.size <= MOST_MODEL_BYTES &&
    // Before there is a file nothing need be said of it.
    (status.state !== 'ready' || (isNameInFolder(status.file) && isSha256(status.sha256)))
  );
}

function isNameInFolder(name: unknown): boolean {
  return typeof name === 'string' && /^\w[\w.-]*$/.test(name);
}

/** What is in the browser of it, without any request. */
export async function inspectEmbedded(source: EmbeddedSource, parts: PartStore): Promise<Tally> {
  const note = await notes(parts.shelf).read(source);
  if (!note) return { received: 0, total: 0, exact: false, complete: false };
  return tallyOf(note.file, await parts.kept(note.file), note.verified);
}

/**
 * Downloads it; its parts are where it stays.
 * @throws as `embeddedFile` and `fetchFile`.
 */
export async function downloadEmbedded(
  source: EmbeddedSource,
  parts: PartStore,
  { onServer, onProgress, ...transfer }: EmbeddedRun,
): Promise<Blob> {
  const file = await embeddedFile(source, transfer.environment, onServer, transfer.signal);
  const known = await notes(parts.shelf).read(source);
  if (known?.verified && known.file.sha256 === file.sha256) {
    const kept = await wholeOf(file, parts);
    if (kept) return kept;
  }
  await parts.dropOtherVersions([file]);
  await note(source, parts, { version: 1, file, verified: false });
  const onBytes = (received: number) => onProgress?.(tallyOf(file, received, false));
  const body = await fetchFile(file, { ...transfer, parts, onBytes });
  const missing = (await wholeOf(file, parts)) === undefined;
  if (missing) await keepWhole(file, body, parts);
  await note(source, parts, { version: 1, file, verified: true });
  return body;
}

/** @returns undefined unless all of it is here, and was found right. */
export async function keptEmbedded(
  source: EmbeddedSource,
  parts: PartStore,
): Promise<Blob | undefined> {
  const known = await notes(parts.shelf).read(source);
  return known?.verified ? wholeOf(known.file, parts) : undefined;
}

export async function removeEmbedded(source: EmbeddedSource, parts: PartStore): Promise<void> {
  const known = await notes(parts.shelf).read(source);
  if (known) await parts.drop(known.file);
  await notes(parts.shelf).remove(source);
}

export interface EmbeddedRun extends Omit<Transfer, 'parts' | 'onBytes'> {
  onServer?: (received: number, total: number) => void;
  onProgress?: (tally: Tally) => void;
}

async function wholeOf(file: RemoteFile, parts: PartStore): Promise<Blob | undefined> {
  const whole = new Blob(await parts.read(file));
  return whole.size === file.size ? whole : undefined;
}

/** A fast connection ends the file before its last parts were due. */
async function keepWhole(file: RemoteFile, body: Blob, parts: PartStore): Promise<void> {
  const kept = await parts.read(file);
  const bytes = kept.reduce((sum, part) => sum + part.size, 0);
  // Full storage costs the next visit its shortcut, not this one its model.
  await parts.append(file, kept.length, body.slice(bytes)).catch(() => {});
}

async function note(source: EmbeddedSource, parts: PartStore, content: EmbeddedNote) {
  await notes(parts.shelf)
    .write(source, content)
    .catch(() => {});
}

function tallyOf(file: RemoteFile, received: number, verified: boolean): Tally {
  const total = file.size ?? 0;
  return { received, total, exact: true, complete: verified && received === total };
}
