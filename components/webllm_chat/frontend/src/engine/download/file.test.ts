import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  breakingAfter,
  FakeServer,
  sha256Of,
  status,
  unreachable,
} from '../../test/downloads';
import { classify, namedError } from '../errors';
import { PART_BYTES, PART_MS } from './arriving';
import type { Environment } from './environment';
import { fetchFile, type Transfer } from './file';
import { MemoryShelf, PartStore } from './part-store';
import type { RemoteFile } from './source';

const URL = 'https://app.example/model.bin';
const SIZE = 3 * PART_BYTES + 1000;
const content = new Uint8Array(SIZE).map((_, index) => (index * 31 + (index >> 16)) % 251);
const file: RemoteFile = { url: URL, size: SIZE, sha256: sha256Of(content) };

let parts: PartStore;
let server: FakeServer;

beforeEach(() => {
  parts = new PartStore(new MemoryShelf());
  server = new FakeServer({ [URL]: content });
});

const get = (fields: Partial<Transfer> = {}) =>
  fetchFile(file, { parts, environment: server.environment, ...fields });
const failure = () => get().then(() => 'no failure', classify);

async function isRight(body: Blob): Promise<boolean> {
  return sha256Of(new Uint8Array(await body.arrayBuffer())) === file.sha256;
}

describe('fetchFile', () => {
  it('asks once, and gives the whole', async () => {
    expect(await isRight(await get())).toBe(true);
    expect(server.asked).toEqual([URL]);
  });

  it('counts the bytes that arrived, up to the whole', async () => {
    const seen: number[] = [];
    await get({ onBytes: (received) => seen.push(received) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(SIZE);
  });

  it('keeps nothing of a file that comes faster than parts are due', async () => {
    await get();
    expect(await parts.kept(file)).toBe(0);
  });

  it('keeps parts of a file that comes slowly', async () => {
    const slow = new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, out) => {
        server.clock += PART_MS;
        out.enqueue(piece);
      },
    });
    const pieces = new Blob([content]).stream().pipeThrough(slow);
    server.script(URL, () => new Response(pieces));
    await get();
    expect(await parts.kept(file)).toBeGreaterThan(PART_BYTES);
  });

  it('keeps what has come when it is told to stop, and goes on from there', async () => {
    const controller = new AbortController();
    const reason = namedError('DownloadPausedError', 'The visitor wants it so.');
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(content.slice(0, 5000)),
    });
    server.script(URL, () => {
      controller.signal.addEventListener('abort', () => body.cancel().catch(() => {}));
      return new Response(abortable(body, controller.signal));
    });
    const paused = get({
      signal: controller.signal,
      onBytes: (received) => received === 5000 && controller.abort(reason),
    });
    await expect(paused).rejects.toBe(reason);
    expect(await parts.kept(file)).toBe(5000);
    expect(await isRight(await get())).toBe(true);
    expect(server.asked).toEqual([URL, `${URL}@5000`]);
  });

  it('asks for nothing when all parts are there', async () => {
    await parts.append(file, 0, new Blob([content]));
    expect(await isRight(await get())).toBe(true);
    expect(server.asked).toEqual([]);
  });

  it('starts over where the server knows no ranges', async () => {
    await parts.append(file, 0, new Blob([content.slice(0, 5000)]));
    server.script(URL, () => new Response(content));
    expect(await isRight(await get())).toBe(true);
    expect(server.asked).toEqual([`${URL}@5000`]);
  });

  it('keeps no old parts beside new ones where the server knows no ranges', async () => {
    await parts.append(file, 0, new Blob([content.slice(0, 5000)]));
    await parts.append(file, 1, new Blob([content.slice(5000, 8000)]));
    const whole = breakingAfter(content, 6000);
    server.script(URL, () => whole({ start: 0, method: 'GET' }));
    expect(await isRight(await get())).toBe(true);
    expect(server.asked).toEqual([`${URL}@8000`, `${URL}@6000`]);
  });

  it('never mixes in the parts of another version of the file', async () => {
    const other = { ...file, sha256: '0'.repeat(64) };
    await parts.append(other, 0, new Blob(['of old']));
    expect(await isRight(await get())).toBe(true);
    await parts.dropOtherVersions([file]);
    expect(await parts.kept(other)).toBe(0);
  });

  it('fetches a file anew whose kept parts turn out to be wrong', async () => {
    await parts.append(file, 0, new Blob([new Uint8Array(5000)]));
    expect(await isRight(await get())).toBe(true);
    expect(server.asked).toEqual([`${URL}@5000`, URL]);
  });

  it('gives the right content however the connection breaks', async () => {
    const small = content.slice(0, 5000);
    const description = { url: URL, size: small.length, sha256: sha256Of(small) };
    const breaks = fc.array(fc.integer({ min: 0, max: small.length }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(breaks, async (after) => {
        const flaky = new FakeServer({ [URL]: small });
        flaky.script(URL, ...after.map((bytes) => breakingAfter(small, bytes)));
        const seen: number[] = [];
        const body = await fetchFile(description, {
          parts: new PartStore(new MemoryShelf()),
          environment: flaky.environment,
          onBytes: (received) => seen.push(received),
        });
        expect(sha256Of(new Uint8Array(await body.arrayBuffer()))).toBe(description.sha256);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
      }),
    );
  });
});

describe('a connection that breaks', () => {
  it('is tried again, after longer and longer waits', async () => {
    server.script(URL, unreachable, unreachable, unreachable);
    expect(await isRight(await get())).toBe(true);
    expect(server.waits).toHaveLength(3);
    expect(server.waits).toEqual([...server.waits].sort((a, b) => a - b));
  });

  it('goes on within the file', async () => {
    server.script(URL, breakingAfter(content, 7000));
    expect(await isRight(await get())).toBe(true);
    expect(server.asked).toEqual([URL, `${URL}@7000`]);
  });

  it('is given up after some tries, with the browser’s own error, and what came is kept', async () => {
    server.script(URL, ...Array<Answer>(4).fill(breakingAfter(content, 1000)));
    expect(await failure()).toMatchObject({ kind: 'network' });
    expect(server.asked).toHaveLength(4);
    expect(await parts.kept(file)).toBe(4000);
  });

  it('is not given up while it still gets on', async () => {
    server.script(URL, ...Array<Answer>(3).fill(breakingAfter(content, PART_BYTES)));
    server.scripts.get(URL)?.unshift(unreachable, unreachable);
    expect(await isRight(await get())).toBe(true);
  });

  it('is waited for, for minutes, where nobody waits for the file', async () => {
    server.script(URL, ...Array<Answer>(15).fill(unreachable));
    expect(await isRight(await get({ patient: true }))).toBe(true);
    expect(server.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(120_000);
  });

  it('that went silent is given up and tried again', async () => {
    vi.useFakeTimers();
    try {
      const hanging = vi.fn<typeof fetch>(
        (_, init) =>
          new Promise((_, reject) => {
            init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
          }),
      );
      const environment: Environment = {
        ...server.environment,
        fetch: (url, init) =>
          hanging.mock.calls.length === 0 ? hanging(url, init) : server.fetch(url, init),
      };
      const body = get({ environment });
      await vi.advanceTimersByTimeAsync(30_000);
      expect(await isRight(await body)).toBe(true);
      expect(hanging).toHaveBeenCalledOnce();
      expect(server.waits).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a server that answers something else', () => {
  it.each([403, 404, 410])('is not asked again for HTTP %i, and is named', async (code) => {
    server.script(URL, status(code));
    const error = await get().catch((e: Error) => e);
    expect((error as Error).message).toContain(`${URL} answered HTTP ${code}`);
    expect(classify(error).kind).toBe('http');
    expect(server.asked).toHaveLength(1);
    expect(await parts.kept(file)).toBe(0);
  });

  it('is asked again when it is busy, no sooner than it says', async () => {
    server.script(URL, status(503), status(429, { 'retry-after': '7' }));
    expect(await isRight(await get())).toBe(true);
    expect(server.waits[0]).toBeLessThan(7000);
    expect(server.waits[1]).toBe(7000);
  });

  it('with a web page is refused', async () => {
    const page = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    server.script(URL, page);
    expect(await failure()).toMatchObject({ kind: 'corrupt-file' });
    expect(await parts.kept(file)).toBe(0);
  });

  it('with a web page is refused even where neither size nor hash is known', async () => {
    const page = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    server.script(URL, page);
    const unknown = fetchFile({ url: URL, size: null }, { parts, environment: server.environment });
    expect(await unknown.catch(classify)).toMatchObject({ kind: 'corrupt-file' });
  });

  it.each([
    ['differs in a byte', content.map((byte, index) => (index === 9000 ? byte ^ 1 : byte))],
    ['is too short', content.slice(0, 9000)],
    ['is too long', new Uint8Array([...content, 0])],
  ])('with a file that %s is refused, and nothing of it kept', async (_, body) => {
    server = new FakeServer({ [URL]: body });
    expect(await failure()).toMatchObject({ kind: 'corrupt-file' });
    expect(await parts.kept(file)).toBe(0);
  });
});

it('keeps nothing of a file that is too short where the server knows no ranges', async () => {
  server.script(URL, ...Array<Answer>(4).fill(() => new Response(content.slice(0, 9000))));
  expect(await failure()).toMatchObject({ kind: 'corrupt-file' });
  expect(await parts.kept(file)).toBe(0);
});

describe('storage that is full', () => {
  it('costs the parts, not the file', async () => {
    parts.shelf.put = () => Promise.reject(new DOMException('No room.', 'QuotaExceededError'));
    server.script(URL, breakingAfter(content, 7000));
    expect(await isRight(await get())).toBe(true);
  });
});

/** As a fetched body is: it errors when the request is aborted. */
function abortable(body: ReadableStream<Uint8Array>, signal: AbortSignal) {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const aborted = new Promise<never>((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      const { value } = await Promise.race([reader.read(), aborted]);
      if (value) controller.enqueue(value);
    },
  });
}
