/** Small texts: manifests and states. Neither their length nor their pace is the server's to choose. */
import type { Environment } from './environment';
import { atPace, piecesOf, tooLong } from './pace';
import { httpError } from './retry';

/**
 * @param most - bytes, after decompression.
 * @throws HttpError; CorruptFileError when it is longer, NetworkTimeoutError when it does not come,
 * the browser's own network errors, or the signal's reason.
 */
export async function fetchText(
  url: string,
  most: number,
  environment: Pick<Environment, 'fetch'>,
  signal?: AbortSignal,
): Promise<string> {
  return atPace(signal, async (pace) => {
    const response = await environment.fetch(url, { cache: 'no-store', signal: pace.signal });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw httpError(response, url);
    }
    const decoder = new TextDecoder();
    let text = '';
    let received = 0;
    for await (const piece of piecesOf(response.body, pace)) {
      received += piece.length;
      if (received > most) throw tooLong(url, most);
      text += decoder.decode(piece, { stream: true });
    }
    return text + decoder.decode();
  });
}
