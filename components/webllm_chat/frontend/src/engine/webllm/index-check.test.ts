import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../errors';
import {
  addressInFolder,
  checkedRecords,
  MOST_RECORD_BYTES,
  MOST_RECORDS,
  type WeightRecord,
} from './index-check';

const FOLDER = 'https://mirror.example/mlc-ai/m/resolve/main/';
const URL_ = `${FOLDER}tensor-cache.json`;
const record = (fields: Record<string, unknown> = {}) => ({
  dataPath: 'params_shard_0.bin',
  nbytes: 100,
  md5sum: 'a'.repeat(32),
  ...fields,
});
const shards = (count: number, nbytes = 100) =>
  Array.from({ length: count }, (_, at) => record({ dataPath: `params_shard_${at}.bin`, nbytes }));
const outcome = (records: unknown, expected: number | null = null) => {
  try {
    return checkedRecords({ records }, URL_, expected).length;
  } catch (error) {
    return classify(error).kind;
  }
};

describe('an index of weights', () => {
  it('is taken as real ones are', () => {
    const [first] = checkedRecords({ records: [record({ extra: 1 })] }, URL_, 100);
    expect(first).toEqual<WeightRecord>(record() as WeightRecord);
    expect(outcome(shards(300, 32 * 1024 * 1024))).toBe(300);
    expect(outcome([record({ md5sum: undefined })])).toBe(1);
  });

  it.each<[string, unknown]>([
    ['that is none', undefined],
    ['that is no list', { 0: record() }],
    ['without weights', []],
    ['of too many files', shards(MOST_RECORDS + 1)],
    ['with nothing in a record', [null]],
    ['with a text for a record', ['params_shard_0.bin']],
    ['without a path', [record({ dataPath: undefined })]],
    ['with a number for a path', [record({ dataPath: 7 })]],
    ['with a file twice', [record(), record()]],
    ['without a size', [record({ nbytes: undefined })]],
    ['with a negative size', [record({ nbytes: -1 })]],
    ['with no bytes', [record({ nbytes: 0 })]],
    ['with half a byte', [record({ nbytes: 1.5 })]],
    ['with a text for a size', [record({ nbytes: '100' })]],
    ['with a size that is too large', [record({ nbytes: MOST_RECORD_BYTES + 1 })]],
    ['with an MD5 that is none', [record({ md5sum: 'abc' })]],
    ['with a number for an MD5', [record({ md5sum: 5 })]],
    ['with more bytes than anything runs', shards(100, MOST_RECORD_BYTES)],
  ])('%s is refused', (_, records) => {
    expect(outcome(records)).toBe('corrupt-file');
  });

  it('may be larger than the catalog expects, but not another order of size', () => {
    expect(outcome(shards(10, 100e6), 200e6)).toBe(10);
    expect(outcome(shards(20, 100e6), 200e6)).toBe('corrupt-file');
  });

  it('never throws anything but what the visitor can be told', () => {
    fc.assert(
      fc.property(fc.anything(), (content) => {
        try {
          checkedRecords(content, URL_, null);
        } catch (error) {
          expect(classify(error).kind).toBe('corrupt-file');
        }
      }),
    );
  });
});

describe('the path of a file', () => {
  it.each([
    'params_shard_0.bin',
    'sub/params.bin',
    './tokenizer.json',
    'a/../b.bin',
  ])('may be %s', (path) => {
    expect(addressInFolder(path, FOLDER).startsWith(FOLDER)).toBe(true);
  });

  it.each([
    '../other/params.bin',
    '..',
    '.',
    '',
    '%2e%2e/params.bin',
    '%2E%2E%2fparams.bin/../../x',
    '..\\..\\params.bin',
    '/params.bin',
    '//elsewhere.example/params.bin',
    '\\\\elsewhere.example\\params.bin',
    'https://elsewhere.example/params.bin',
    'http:params.bin',
    'data:text/plain,x',
    'blob:https://mirror.example/x',
    'javascript:alert(1)',
    '\thttps://elsewhere.example/x',
    'params.bin?token=1',
    'params.bin#x',
    'http://[broken',
  ])('must not be %j', (path) => {
    const read = () => addressInFolder(path, FOLDER);
    expect(read).toThrow('outside');
  });
});
