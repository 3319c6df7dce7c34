/** Small texts: manifests and states. Neither their length nor their pace is the server's to choose. */
import { namedError } from '../errors';
import type { Environment } from './environment';
import { Pace } from './pace';

export interface FetchedText {
  /** HTTP's. */
  status: number;
  /** Empty unless the status is one of success. */
  text: string;
}

/**
 * @param most - bytes, after decompression.
 * @throws CorruptFileError when it is longer, NetworkTimeoutError when it does not come, the
 * browser's own network errors, or the signal's reason.
 */
export async function fetchText(
  url: string,
  most: number,
  environment: Pick<Environment, 'fetch'>,
  signal?: AbortSignal,
): Promise<FetchedText> {
  const pace = new Pace(signal);
  try {
    const response = await environment.fetch(url, { cache: 'no-store', signal: pace.signal });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return { status: response.status, text: '' };
    }
    return { status: response.status, text: await read(response.body, url, most, pace) };
  } catch (error) {
    signal?.throwIfAborted();
    throw pace.signal.aborted ? pace.signal.reason : error;
  } finally {
    pace.end();
  }
}

async function read(
  body: ReadableStream<Uint8Array>,
  url: string,
  most: number,
  pace: Pace,
): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  let received = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pace.arrived(piece.value.length);
    received += piece.value.length;
    if (received > most) {
      void reader.cancel().catch(() => {});
      throw namedError('CorruptFileError', `${url} is longer than the ${most} bytes it may have.`);
    }
    text += decoder.decode(piece.value, { stream: true });
  }
  return text + decoder.decode();
}
