/**
 * Downloads one file. What arrives is kept in parts, so that an interrupted download goes on where
 * it stopped, even inside a file; the whole is verified before anyone gets it, and what does not
 * match leaves nothing behind.
 */
import { namedError } from '../errors';
import type { Environment } from './environment';
import type { PartStore } from './part-store';
import { httpError, retrying, shortRead } from './retry';
import type { RemoteFile } from './source';
import { verify } from './verify';

/** A part is kept when it holds so many bytes … */
export const PART_BYTES = 1024 * 1024;
/** … and so much time has passed since the last: a fast connection ends a file before that, and
 * then nothing is written twice. Milliseconds. */
export const PART_MS = 2000;
/** Arrived bytes are handed from JavaScript's memory to the browser's in pieces of this size. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** A connection that is silent for so long is given up. Milliseconds. */
const SILENCE_MS = 30_000;
/** A try that brought so many bytes does not count as failed: a bad line still gets on. */
const GOOD_GAIN_BYTES = 1024 * 1024;

export interface Transfer {
  parts: PartStore;
  environment: Environment;
  signal?: AbortSignal;
  /** Nobody waits for the file: an absent network is waited for, minutes if need be. */
  patient?: boolean;
  /** Bytes of the file so far, kept ones included. */
  onBytes?: (received: number) => void;
}

/**
 * @returns the file's content. Its parts stay; drop them once the content is kept elsewhere.
 * @throws HttpError, CorruptFileError, IntegrityError, the browser's own network errors, or the
 * signal's reason.
 */
export async function fetchFile(file: RemoteFile, transfer: Transfer): Promise<Blob> {
  const resumed = (await transfer.parts.kept(file)) > 0;
  const body = await receive(file, transfer);
  try {
    await verify(file, body);
    return body;
  } catch (error) {
    await transfer.parts.drop(file);
    if (!resumed) throw error;
  }
  // The parts kept earlier may have been the bad ones.
  const again = await receive(file, transfer);
  try {
    await verify(file, again);
  } catch (error) {
    await transfer.parts.drop(file);
    throw error;
  }
  return again;
}

async function receive(file: RemoteFile, transfer: Transfer): Promise<Blob> {
  const { environment, signal, patient = false } = transfer;
  let gained = 0;
  try {
    return await retrying(
      () => {
        gained = 0;
        return receiveOnce(file, transfer, (bytes) => {
          gained += bytes;
        });
      },
      { wait: environment.wait, signal, patient, gained: () => gained >= GOOD_GAIN_BYTES },
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ShortReadError') throw error;
    // The body ended in good order, and every time too early: so is the server's file.
    await transfer.parts.drop(file);
    throw namedError('CorruptFileError', `${error.message} What came was thrown away.`);
  }
}

async function receiveOnce(
  file: RemoteFile,
  { parts, environment, signal, onBytes }: Transfer,
  onGain: (bytes: number) => void,
): Promise<Blob> {
  const size = file.sizeIsHint ? null : file.size;
  const kept = await parts.read(file);
  const start = kept.reduce((sum, part) => sum + part.size, 0);
  onBytes?.(start);
  if (size !== null && start === size) return new Blob(kept);
  const silence = new Silence(signal);
  try {
    const response = await environment.fetch(file.url, {
      headers: start > 0 ? { Range: `bytes=${start}-` } : {},
      // The file is stored here; a second copy in the browser's HTTP cache helps nobody.
      cache: 'no-store',
      signal: silence.signal,
    });
    const resumes = start > 0 && response.status === 206;
    // 200: the server knows no ranges. 416: its file ends before what is kept does.
    const startsOver = response.status === 200 || response.status === 416;
    if (start > 0 && startsOver) await parts.drop(file);
    if (response.status === 416) throw shortRead(file.url, start, size ?? start);
    const body = await bodyOf(response, file.url);
    const arriving = new Arriving(file, parts, environment, resumes ? kept : []);
    const reader = body.getReader();
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        silence.broken();
        await arriving.add(read.value);
        onGain(read.value.length);
        onBytes?.(arriving.received);
      }
    } catch (error) {
      await arriving.keep();
      throw error;
    }
    if (size !== null && arriving.received < size) {
      await arriving.keep();
      throw shortRead(file.url, arriving.received, size);
    }
    return arriving.whole();
  } catch (error) {
    signal?.throwIfAborted();
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    silence.end();
  }
}

async function bodyOf(
  response: Response,
  url: string,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw httpError(response, url);
  }
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    await response.body.cancel();
    throw namedError('CorruptFileError', `${url} is a web page, not a model's file.`);
  }
  return response.body;
}

/** Bytes on their way from the network into parts. */
class Arriving {
  received: number;
  readonly #kept: Blob[];
  #pieces: Blob[] = [];
  #loose: Uint8Array<ArrayBuffer>[] = [];
  #looseBytes = 0;
  #unkept = 0;
  #keptAt: number;

  constructor(
    private readonly file: RemoteFile,
    private readonly parts: PartStore,
    private readonly environment: Environment,
    kept: Blob[],
  ) {
    this.#kept = [...kept];
    this.received = kept.reduce((sum, part) => sum + part.size, 0);
    this.#keptAt = environment.now();
  }

  async add(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#loose.push(bytes);
    this.#looseBytes += bytes.length;
    this.received += bytes.length;
    this.#unkept += bytes.length;
    if (this.#looseBytes >= PIECE_BYTES) this.#gather();
    const due = this.environment.now() - this.#keptAt >= PART_MS;
    if (due && this.#unkept >= PART_BYTES) await this.keep();
  }

  /** Writes what is not kept yet. Full storage costs the shortcut next time, not this download. */
  async keep(): Promise<void> {
    this.#keptAt = this.environment.now();
    if (this.#unkept === 0) return;
    this.#gather();
    const part = new Blob(this.#pieces);
    try {
      await this.parts.append(this.file, this.#kept.length, part);
    } catch {
      return; // The pieces stay in hand, and are tried again with the next.
    }
    this.#kept.push(part);
    this.#pieces = [];
    this.#unkept = 0;
  }

  whole(): Blob {
    this.#gather();
    return new Blob([...this.#kept, ...this.#pieces]);
  }

  #gather(): void {
    if (this.#looseBytes > 0) this.#pieces.push(new Blob(this.#loose));
    this.#loose = [];
    this.#looseBytes = 0;
  }
}

/** Aborts when nothing has come for too long, or when it is told to. */
class Silence {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(signal: AbortSignal | undefined) {
    const own = this.#controller.signal;
    this.signal = signal ? AbortSignal.any([signal, own]) : own;
    this.broken();
  }

  /** Something came. */
  broken(): void {
    this.end();
    this.#timer = setTimeout(() => {
      const seconds = SILENCE_MS / 1000;
      this.#controller.abort(
        namedError('NetworkTimeoutError', `network error: nothing came for ${seconds} s.`),
      );
    }, SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
