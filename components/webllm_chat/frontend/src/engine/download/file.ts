/**
 * Downloads one file. What arrives is kept in parts, so that an interrupted download goes on where
 * it stopped, even inside a file; the whole is verified before anyone gets it, and what does not
 * match leaves nothing behind.
 */
import { isNamed, namedError } from '../errors';
import { Arriving } from './arriving';
import type { Environment } from './environment';
import { atPace, piecesOf, tooLong } from './pace';
import type { PartStore } from './part-store';
import { httpError, retrying, shortRead } from './retry';
import type { RemoteFile } from './source';
import { verify } from './verify';

/** A try that came so many bytes further than all before it does not count as failed: a bad line
 * still gets on. */
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
  try {
    return await receiveRight(file, transfer);
  } catch (error) {
    if (!resumed || !isWrong(error)) throw error;
  }
  // The parts kept earlier may have been the bad ones.
  return receiveRight(file, transfer);
}

async function receiveRight(file: RemoteFile, transfer: Transfer): Promise<Blob> {
  const body = await receive(file, transfer);
  try {
    await verify(file, body);
    return body;
  } catch (error) {
    await transfer.parts.drop(file);
    throw error;
  }
}

async function receive(file: RemoteFile, transfer: Transfer): Promise<Blob> {
  const { environment, signal, patient = false } = transfer;
  let furthest = 0;
  let before = 0;
  try {
    return await retrying(
      () => {
        before = furthest;
        return receiveOnce(file, transfer, (received) => {
          furthest = Math.max(furthest, received);
        });
      },
      {
        wait: environment.wait,
        signal,
        patient,
        gained: () => furthest - before >= GOOD_GAIN_BYTES,
      },
    );
  } catch (error) {
    if (!isNamed(error, 'ShortReadError')) throw error;
    // The body ended in good order, and every time too early: so is the server's file.
    await transfer.parts.drop(file);
    throw namedError('CorruptFileError', `${(error as Error).message} What came was thrown away.`);
  }
}

async function receiveOnce(
  file: RemoteFile,
  { parts, environment, signal, onBytes }: Transfer,
  onReached: (received: number) => void,
): Promise<Blob> {
  const size = file.sizeIsHint ? null : file.size;
  const most = size ?? file.most ?? Number.POSITIVE_INFINITY;
  const kept = await parts.read(file);
  const start = kept.reduce((sum, part) => sum + part.size, 0);
  onReached(start);
  onBytes?.(start);
  if (size !== null && start === size) return new Blob(kept);
  return atPace(signal, async (pace) => {
    const response = await environment.fetch(file.url, {
      headers: start > 0 ? { Range: `bytes=${start}-` } : {},
      // The file is stored here; a second copy in the browser's HTTP cache helps nobody.
      cache: 'no-store',
      signal: pace.signal,
    });
    const resumes = start > 0 && response.status === 206 && isRangeFrom(start, response);
    // 200: the server knows no ranges. 416: its file ends before what is kept does.
    const startsOver = response.status === 200 || response.status === 416;
    if (start > 0 && startsOver) await parts.drop(file);
    if (response.status === 416) throw shortRead(file.url, start, size ?? start);
    if (response.status === 206 && !resumes) {
      await response.body?.cancel();
      await parts.drop(file);
      throw namedError('CorruptFileError', `${file.url} sent another part than was asked for.`);
    }
    const body = await bodyOf(response, file.url);
    const arriving = new Arriving(file, parts, environment, resumes ? kept : []);
    try {
      for await (const bytes of piecesOf(body, pace)) {
        await arriving.add(bytes);
        if (arriving.received > most) throw tooLong(file.url, most);
        onReached(arriving.received);
        onBytes?.(arriving.received);
      }
    } catch (error) {
      if (isWrong(error)) await parts.drop(file);
      else await arriving.keep();
      throw error;
    }
    if (size !== null && arriving.received < size) {
      await arriving.keep();
      throw shortRead(file.url, arriving.received, size);
    }
    return arriving.whole();
  });
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

/** Whether the server answered a range that begins where it should; true where it does not tell. */
function isRangeFrom(start: number, { headers }: Response): boolean {
  const range = headers.get('content-range');
  return range === null || range.startsWith(`bytes ${start}-`);
}

function isWrong(error: unknown): boolean {
  return isNamed(error, 'CorruptFileError', 'IntegrityError');
}
