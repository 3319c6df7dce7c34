import '../../test/native-blob';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { classify } from '../errors';
import { MemoryStore } from './chunk-store';
import { CHUNK_BYTES, downloadFile, type FileSource } from './file';

const URL = 'https://app.example/model.gguf';
const SIZE = CHUNK_BYTES + 1000;

let content: Uint8Array<ArrayBuffer>;
let source: FileSource;

beforeAll(() => {
  content = new Uint8Array(SIZE).map((_, index) => (index * 31 + (index >> 16)) % 251);
  source = { url: URL, size: SIZE, sha256: bytesToHex(sha256(content)) };
});

type Answer = (start: number, end: number) => Response | Promise<Response>;

function part(start: number, end: number): Response {
  return new Response(content.slice(start, end), { status: 206 });
}

/** A server with a script: one answer for each request, then honest ones. */
class Server {
  readonly ranges: string[] = [];
  readonly waits: number[] = [];
  readonly #script: Answer[];

  constructor(...script: Answer[]) {
    this.#script = script;
  }

  readonly fetch: typeof fetch = async (_, init) => {
    const range = new Headers(init?.headers).get('Range') ?? '';
    this.ranges.push(range);
    const [start, last] = /^bytes=(\d+)-(\d+)$/.exec(range)?.slice(1).map(Number) ?? [];
    const answer = this.#script.shift() ?? part;
    return answer(start as number, (last as number) + 1);
  };

  readonly wait = async (milliseconds: number): Promise<void> => {
    this.waits.push(milliseconds);
  };
}

/** A store that remembers what lies in it. */
class SpyStore extends MemoryStore {
  readonly keys = new Set<string>();

  override async put(key: string, chunk: Blob): Promise<void> {
    this.keys.add(key);
    await super.put(key, chunk);
  }

  override async delete(key: string): Promise<void> {
    this.keys.delete(key);
    await super.delete(key);
  }
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

const unreachable: Answer = () => Promise.reject(new TypeError('Failed to fetch'));
const FIRST = `bytes=0-${CHUNK_BYTES - 1}`;
const LAST = `bytes=${CHUNK_BYTES}-${SIZE - 1}`;

describe('downloadFile', () => {
  it('asks for the file part by part, and gives the whole', async () => {
    const server = new Server();
    const blob = await downloadFile(source, new MemoryStore(), () => {}, server);
    expect(server.ranges).toEqual([FIRST, LAST]);
    expect(bytesToHex(sha256(await bytesOf(blob)))).toBe(source.sha256);
    expect(blob.size).toBe(SIZE);
  });

  it('counts the bytes that arrived, up to the whole', async () => {
    const seen: number[] = [];
    await downloadFile(source, new MemoryStore(), (received) => seen.push(received), new Server());
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(SIZE);
    expect(seen).toContain(CHUNK_BYTES);
  });

  it('resumes after the chunks it has', async () => {
    const store = new MemoryStore();
    const broken = new Server(part, () => new Response(null, { status: 404 }));
    await expect(downloadFile(source, store, () => {}, broken)).rejects.toThrow('HTTP 404');
    const server = new Server();
    const seen: number[] = [];
    const blob = await downloadFile(source, store, (received) => seen.push(received), server);
    expect(server.ranges).toEqual([LAST]);
    expect(seen[0]).toBe(CHUNK_BYTES);
    expect(blob.size).toBe(SIZE);
  });

  it('fetches nothing when every chunk is there', async () => {
    const store = new MemoryStore();
    await downloadFile(source, store, () => {}, new Server());
    const server = new Server();
    await downloadFile(source, store, () => {}, server);
    expect(server.ranges).toEqual([]);
  });

  it('fetches a stored chunk of the wrong length again', async () => {
    const store = new SpyStore();
    await downloadFile(source, store, () => {}, new Server());
    const [first] = store.keys;
    await store.put(first as string, new Blob(['short']));
    const server = new Server();
    await downloadFile(source, store, () => {}, server);
    expect(server.ranges).toEqual([FIRST]);
  });

  it('never mixes in the chunks of another version of the file', async () => {
    const store = new MemoryStore();
    const other = { ...source, sha256: '0'.repeat(64) };
    const broken = new Server(part, () => new Response(null, { status: 404 }));
    await expect(downloadFile(other, store, () => {}, broken)).rejects.toThrow('HTTP 404');
    const server = new Server();
    await downloadFile(source, store, () => {}, server);
    expect(server.ranges).toEqual([FIRST, LAST]);
  });
});

describe('a connection that breaks', () => {
  it('is tried again, after longer and longer waits', async () => {
    const server = new Server(unreachable, unreachable, unreachable);
    const blob = await downloadFile(source, new MemoryStore(), () => {}, server);
    expect(blob.size).toBe(SIZE);
    expect(server.ranges.slice(0, 4)).toEqual([FIRST, FIRST, FIRST, FIRST]);
    expect(server.waits).toHaveLength(3);
    expect(server.waits).toEqual([...server.waits].sort((a, b) => a - b));
  });

  it('is given up after some tries, with the browser’s own error', async () => {
    const server = new Server(...Array<Answer>(20).fill(unreachable));
    const failure = await downloadFile(source, new MemoryStore(), () => {}, server).catch(classify);
    expect(failure).toMatchObject({ kind: 'network' });
    expect(server.ranges).toHaveLength(4);
  });

  it('is tried again when the body ends too early', async () => {
    const server = new Server((start) => part(start, start + 10));
    const blob = await downloadFile(source, new MemoryStore(), () => {}, server);
    expect(bytesToHex(sha256(await bytesOf(blob)))).toBe(source.sha256);
    expect(server.ranges.slice(0, 2)).toEqual([FIRST, FIRST]);
  });

  it('is tried again when it breaks within the body', async () => {
    const breaking: Answer = () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(content.slice(0, 10));
        },
        pull(controller) {
          controller.error(new TypeError('network error'));
        },
      });
      return new Response(body, { status: 206 });
    };
    const server = new Server(breaking);
    const blob = await downloadFile(source, new MemoryStore(), () => {}, server);
    expect(blob.size).toBe(SIZE);
    expect(server.waits).toHaveLength(1);
  });

  it('keeps no part of a body that stays too short, and is a network failure', async () => {
    const store = new SpyStore();
    const short: Answer = (start) => part(start, start + 10);
    const server = new Server(...Array<Answer>(20).fill(short));
    const failure = await downloadFile(source, store, () => {}, server).catch(classify);
    expect(failure).toMatchObject({ kind: 'network' });
    expect(store.keys.size).toBe(0);
  });
});

describe('a server that answers something else', () => {
  it.each([200, 403, 404, 416])('is not asked again for HTTP %i, and is named', async (status) => {
    const store = new SpyStore();
    const server = new Server(() => new Response('words', { status }));
    const failure = await downloadFile(source, store, () => {}, server).catch((e) => e);
    expect(failure.message).toContain(URL);
    expect(failure.message).toContain(`HTTP ${status}`);
    expect(classify(failure).kind).toBe('http');
    expect(server.ranges).toHaveLength(1);
    expect(store.keys.size).toBe(0);
  });

  it('leaves nothing behind when the content is not what it should be', async () => {
    const store = new SpyStore();
    const wrong: Answer = (start, end) =>
      new Response(content.slice(start, end).fill(7), { status: 206 });
    const failure = await downloadFile(source, store, () => {}, new Server(part, wrong)).catch(
      classify,
    );
    expect(failure).toMatchObject({ kind: 'corrupt-file' });
    expect(store.keys.size).toBe(0);
    const blob = await downloadFile(source, store, () => {}, new Server());
    expect(blob.size).toBe(SIZE);
  });
});

describe('storage that is full', () => {
  it('costs the next visit its shortcut, not this one its model', async () => {
    const full = new MemoryStore();
    full.put = () => Promise.reject(new DOMException('No room.', 'QuotaExceededError'));
    const blob = await downloadFile(source, full, () => {}, new Server());
    expect(blob.size).toBe(SIZE);
  });
});
