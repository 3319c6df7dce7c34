/** Whether the places models come from can be reached. A few kilobytes of each are fetched. */
import { duration, size } from '../units';
import { type Check, type CheckContext, type Finding, fail, pass, warn } from './check';

const PIECE_BYTES = 4096;
const FIRST_PIECE = { range: `bytes=0-${PIECE_BYTES - 1}` };
/** Beyond this the app's own look at a host counts it as out of reach. */
const GIVE_UP_S = 10;

export const NETWORK_CHECKS: Check[] = [
  {
    id: 'model-hub',
    group: 'network',
    title: 'Where the models are',
    why: 'The weights come from there, once.',
    limitS: GIVE_UP_S + 2,
    run: ({ places, signal }) => look(places.config, {}, places, signal),
  },
  {
    id: 'library-host',
    group: 'network',
    title: 'Where their programs are',
    why: 'Each model’s compiled library comes from there.',
    limitS: GIVE_UP_S + 2,
    run: ({ places, signal }) => look(places.library, FIRST_PIECE, places, signal),
  },
  {
    id: 'app-server',
    group: 'network',
    title: 'The model this app brings along',
    why: 'It answers on the CPU when nothing else does.',
    limitS: GIVE_UP_S + 2,
    run: ({ places, signal }) => look(places.embedded, {}, places, signal),
  },
];

/** @param headers - a range where the file is large; some servers refuse one of a small file. */
async function look(
  address: string | null,
  headers: Record<string, string>,
  { patienceS }: CheckContext['places'],
  stop: AbortSignal,
): Promise<Finding> {
  if (!address) return { result: 'unknown', value: 'none is configured' };
  const host = new URL(address).host;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(GIVE_UP_S * 1000)]);
  const start = performance.now();
  let answered = false;
  try {
    const response = await fetch(address, {
      headers,
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
    answered = true;
    const answeredS = (performance.now() - start) / 1000;
    const bytes = await readPiece(response);
    const totalS = (performance.now() - start) / 1000;
    const facts = { host, status: response.status, answeredS, totalS, bytes };
    if (!response.ok) {
      return { ...fail(`${host} answered HTTP ${response.status}`, facts), reason: 'http' };
    }
    if (totalS > patienceS) {
      return { ...warn(`${host} took ${duration(totalS)}`, facts), reason: 'slow' };
    }
    return pass(`${host}: ${size(bytes)} in ${duration(totalS)}`, facts);
  } catch (error) {
    if (stop.aborted) throw error;
    if (answered) {
      return { ...fail(`${host} answered, then broke off`, { host }), reason: 'unreachable' };
    }
    return explain(host, address, signal);
  }
}

/** A server that ignores the range would send all of a model: what is needed is read, no more. */
async function readPiece(response: Response): Promise<number> {
  const reader = response.body?.getReader();
  let bytes = 0;
  while (reader && bytes < PIECE_BYTES) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.byteLength;
  }
  await reader?.cancel();
  return bytes;
}

/** Browsers tell a page the same of a server that is down and of one that lacks CORS. */
async function explain(host: string, address: string, signal: AbortSignal): Promise<Finding> {
  if (signal.aborted) {
    const value = `${host} did not answer within ${GIVE_UP_S} s`;
    return { ...fail(value, { host }), reason: 'unreachable' };
  }
  try {
    await fetch(address, { method: 'HEAD', mode: 'no-cors', cache: 'no-store', signal });
    return { ...fail(`${host} answers, but not to this page (CORS)`, { host }), reason: 'cors' };
  } catch {
    return { ...fail(`${host} cannot be reached`, { host }), reason: 'unreachable' };
  }
}
