/** Servers that are broken or mean it ill: no file is longer, slower or elsewhere than it may be. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, breakingAfter, FakeServer, sha256Of } from '../../test/downloads';
import { classify } from '../errors';
import { fetchFile } from './file';
import { LEAST_BYTES } from './pace';
import { MemoryShelf, PartStore } from './part-store';
import type { RemoteFile } from './source';
import { fetchText } from './text';

const URL = 'https://mirror.example/model.bin';
const MIB = 1024 * 1024;
const content = new Uint8Array(3 * MIB).map((_, index) => (index * 31) % 251);
const file: RemoteFile = { url: URL, size: content.length, sha256: sha256Of(content) };

let parts: PartStore;
let server: FakeServer;

beforeEach(() => {
  parts = new PartStore(new MemoryShelf());
  server = new FakeServer({ [URL]: content });
});
afterEach(() => {
  vi.useRealTimers();
});

const get = (wanted: RemoteFile = file) =>
  fetchFile(wanted, { parts, environment: server.environment });

/** Sends for ever; with a pause of so many milliseconds before each piece. */
function endless(pieceBytes: number, pauseMs = 0) {
  const sent = { bytes: 0, cancelled: false };
  const answer: Answer = () =>
    new Response(
      new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
            if (sent.cancelled) return;
            sent.bytes += pieceBytes;
            controller.enqueue(new Uint8Array(pieceBytes));
          },
          cancel() {
            sent.cancelled = true;
          },
        },
        { highWaterMark: 0 },
      ),
    );
  return { sent, answer };
}

/** As a browser's fetch: the body fails when the request is aborted. */
function withAbort(answer: Answer): typeof fetch {
  return async (_, init) => {
    const response = await answer({ start: 0, method: 'GET' });
    const signal = init?.signal as AbortSignal;
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    aborted.catch(() => {});
    return new Response(
      new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            const { value, done } = await Promise.race([reader.read(), aborted]);
            if (done) controller.close();
            else controller.enqueue(value);
          },
          cancel: () => reader.cancel(),
        },
        { highWaterMark: 0 },
      ),
    );
  };
}

describe('a body without end', () => {
  it.each<[string, RemoteFile, number]>([
    ['of a file whose size is known', file, content.length],
    ['of a file that may have so much', { url: URL, size: null, most: 2 * MIB }, 2 * MIB],
    [
      'of a file whose size the server hinted at',
      { url: URL, size: 10, sizeIsHint: true, most: MIB },
      MIB,
    ],
  ])('%s is left, and nothing of it is kept', async (_, wanted, most) => {
    const { sent, answer } = endless(100_000);
    server.script(URL, answer);
    const error = await get(wanted).catch((e: Error) => e);
    expect(classify(error)).toMatchObject({ kind: 'corrupt-file' });
    expect((error as Error).message).toContain(URL);
    expect(sent.cancelled).toBe(true);
    expect(sent.bytes).toBeLessThan(most + 300_000);
    expect(server.asked).toHaveLength(1);
    expect(await parts.kept(wanted)).toBe(0);
  });

  it('of a small text is left as soon', async () => {
    const { sent, answer } = endless(10_000);
    server.script(URL, answer);
    const text = fetchText(URL, 50_000, server.environment);
    expect(await text.catch(classify)).toMatchObject({ kind: 'corrupt-file' });
    expect(sent.cancelled).toBe(true);
    expect(sent.bytes).toBeLessThan(100_000);
  });

  it('that follows on right parts is left, and the file is fetched anew once', async () => {
    await parts.append(file, 0, new Blob([content.slice(0, MIB)]));
    const { answer } = endless(MIB);
    server.script(URL, async (request) => {
      const response = await answer(request);
      return new Response(response.body, { status: 206 });
    });
    const body = await get();
    expect(sha256Of(new Uint8Array(await body.arrayBuffer()))).toBe(file.sha256);
    expect(server.asked).toEqual([`${URL}@${MIB}`, URL]);
  });
});

describe('a server that hardly sends', () => {
  const slowly = (answer: Answer) => {
    vi.useFakeTimers();
    const fetch = vi.fn(withAbort(answer));
    const outcome = fetchFile(file, {
      parts,
      environment: { ...server.environment, fetch },
    }).then(() => 'right', classify);
    return { fetch, outcome };
  };

  it('is given up after two tries that brought nothing', async () => {
    const { fetch, outcome } = slowly(() => new Response(new ReadableStream()));
    await vi.advanceTimersByTimeAsync(31_000);
    expect(await outcome).toMatchObject({ kind: 'network' });
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('is given up when a byte comes every now and then', async () => {
    const { outcome } = slowly((request) => endless(1, 10_000).answer(request));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(await outcome).toMatchObject({ kind: 'network' });
  });

  it('is waited for when the line is slow, and the file comes', async () => {
    vi.useFakeTimers();
    const small = content.slice(0, 10 * LEAST_BYTES);
    const wanted = { url: URL, size: small.length, sha256: sha256Of(small) };
    let at = 0;
    const trickle: Answer = () =>
      new Response(
        new ReadableStream<Uint8Array>(
          {
            async pull(controller) {
              await new Promise((resolve) => setTimeout(resolve, 14_000));
              controller.enqueue(small.slice(at, at + LEAST_BYTES));
              at += LEAST_BYTES;
              if (at >= small.length) controller.close();
            },
          },
          { highWaterMark: 0 },
        ),
      );
    const body = fetchFile(wanted, {
      parts,
      environment: { ...server.environment, fetch: withAbort(trickle) },
    });
    await vi.advanceTimersByTimeAsync(14_000 * 11);
    expect((await body).size).toBe(small.length);
  });
});

it('that knows no ranges and breaks after a while is given up, not asked for ever', async () => {
  const breaks = breakingAfter(content, 2 * MIB);
  server.scripts.set(
    URL,
    Array<Answer>(50).fill(() => breaks({ start: 0, method: 'GET' })),
  );
  expect(await get().catch(classify)).toMatchObject({ kind: 'network' });
  expect(server.asked.length).toBeLessThan(8);
});

it('that sends another part than was asked for is not believed', async () => {
  await parts.append(file, 0, new Blob([content.slice(0, MIB)]));
  server.script(URL, () => {
    const headers = { 'content-range': `bytes 0-99/${content.length}` };
    return new Response(content.slice(MIB), { status: 206, headers });
  });
  const body = await get();
  expect(sha256Of(new Uint8Array(await body.arrayBuffer()))).toBe(file.sha256);
  expect(server.asked).toEqual([`${URL}@${MIB}`, URL]);
});
