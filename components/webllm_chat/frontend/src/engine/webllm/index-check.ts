/**
 * What a mirror says of a model's files is checked before anything is asked for: addresses stay in
 * the model's folder, numbers are numbers, and lists end.
 */
import { isSize } from '../download/source';
import { namedError } from '../errors';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Bytes that a file of each kind may have where nothing tells its size for sure: many times what
 * models of WebLLM's list are thought to need, since no hub was in reach to measure them all. */
export const MOST_BYTES = {
  config: MIB,
  index: 16 * MIB,
  manifest: 16 * MIB,
  packageManifest: MIB,
  tokenizer: 128 * MIB,
  library: 128 * MIB,
} as const;

/** Shards of weights in one model: with MLC's 32 MiB each, those of 128 GiB. */
export const MOST_RECORDS = 4096;
/** Bytes of one of them; a larger tensor stands alone in its own. */
export const MOST_RECORD_BYTES = 4 * GIB;
/** Bytes of all. No browser runs a model of this size. */
export const MOST_WEIGHT_BYTES = 128 * GIB;

/** Above what the catalog expects a model to be, other builds under its name may be so much larger. */
const MOST_GROWTH = 4;
const GROWTH_BYTES = 256 * MIB;

export interface WeightRecord {
  dataPath: string;
  nbytes: number;
  md5sum?: string;
}

/**
 * @param url - of the index, for messages.
 * @param expected - bytes that the catalog says the model has; null where it does not tell.
 * @throws CorruptFileError, saying what is wrong.
 */
export function checkedRecords(
  content: unknown,
  url: string,
  expected: number | null,
): WeightRecord[] {
  const records: unknown = (content as { records?: unknown } | null)?.records;
  if (!Array.isArray(records) || records.length === 0) throw wrong(url, 'lists no weights');
  if (records.length > MOST_RECORDS) {
    throw wrong(url, `lists ${records.length} files of weights; ${MOST_RECORDS} are the most`);
  }
  const checked = records.map((record: unknown, at) => checkedRecord(record, url, at));
  if (new Set(checked.map(({ dataPath }) => dataPath)).size < checked.length) {
    throw wrong(url, 'lists a file twice');
  }
  const sum = checked.reduce((bytes, { nbytes }) => bytes + nbytes, 0);
  const most =
    expected === null
      ? MOST_WEIGHT_BYTES
      : Math.min(MOST_WEIGHT_BYTES, expected * MOST_GROWTH + GROWTH_BYTES);
  if (sum > most) {
    throw wrong(url, `lists ${sum} bytes of weights, far more than the model has`);
  }
  return checked;
}

function checkedRecord(record: unknown, url: string, at: number): WeightRecord {
  const { dataPath, nbytes, md5sum } = (record ?? {}) as Record<string, unknown>;
  const named = `record ${at + 1}`;
  if (typeof dataPath !== 'string') throw wrong(url, `has no dataPath in ${named}`);
  if (!isSize(nbytes) || nbytes > MOST_RECORD_BYTES) throw wrong(url, `has no size in ${named}`);
  if (md5sum === undefined || md5sum === null || md5sum === '') return { dataPath, nbytes };
  if (typeof md5sum !== 'string' || !/^[0-9a-f]{32}$/i.test(md5sum)) {
    throw wrong(url, `has no MD5 in ${named}`);
  }
  return { dataPath, nbytes, md5sum: md5sum.toLowerCase() };
}

/**
 * @returns the address of a file of the model's folder, in it or below.
 * @throws CorruptFileError for every path that leads elsewhere.
 */
export function addressInFolder(path: string, folder: string): string {
  const address = URL.canParse(path, folder) ? new URL(path, folder) : null;
  const inside = address?.href.startsWith(folder) && address.href !== folder;
  if (!address || !inside || address.search || address.hash) {
    throw wrong(folder, `names a file outside the model's folder: ${shortened(path)}`);
  }
  return address.href;
}

function wrong(url: string, why: string): Error {
  return namedError('CorruptFileError', `${url} ${why}; nothing of it was fetched.`);
}

function shortened(path: string): string {
  return path.length > 80 ? `${path.slice(0, 80)}…` : path;
}
