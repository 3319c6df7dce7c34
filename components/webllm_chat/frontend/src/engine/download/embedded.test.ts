import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeCaches, sha256Of } from '../../test/downloads';
import { classify } from '../errors';
import { downloadEmbedded, inspectEmbedded, keptEmbedded, removeEmbedded } from './embedded';
import { browserEnvironment } from './environment';
import { MemoryShelf, openShelf, PartStore } from './part-store';
import type { EmbeddedSource } from './source';

const DIRECTORY = 'https://app.example/app/static/embedded';
const MODEL = `${DIRECTORY}/model.gguf`;
const SOURCE: EmbeddedSource = {
  kind: 'embedded',
  modelId: 'embedded',
  directory: DIRECTORY,
  status: 'status.json',
};
const CONTENT = new TextEncoder().encode('the whole model');
const READY = {
  version: 1,
  state: 'ready',
  received: CONTENT.length,
  total: CONTENT.length,
  file: 'model.gguf',
  size: CONTENT.length,
  sha256: sha256Of(CONTENT),
  error: null,
};

function fetching(received: number) {
  return () => Response.json({ ...READY, state: 'fetching', received, total: 200 });
}
const ready = () => Response.json(READY);
const missing = () => new Response('Not found', { status: 404 });

/** The app's server: what it says when asked for its status, one answer for each time. */
function serve(...statuses: (() => Response)[]) {
  const fetch = vi.fn(async (url: string, _?: RequestInit) => {
    if (url === MODEL) return new Response(CONTENT);
    if (url !== `${DIRECTORY}/status.json`) throw new Error(`Nobody should ask for ${url}.`);
    const answer = statuses.shift();
    if (!answer) throw new Error('Nobody should ask again.');
    return answer();
  });
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

interface Seen {
  stage: 'server' | 'browser';
  received: number;
  total: number;
}

let parts: PartStore;

function download(onSeen: (seen: Seen) => void = () => {}): Promise<Blob> {
  return downloadEmbedded(SOURCE, parts, {
    environment: browserEnvironment,
    onServer: (received, total) => onSeen({ stage: 'server', received, total }),
    onProgress: ({ received, total }) => onSeen({ stage: 'browser', received, total }),
  });
}

beforeEach(() => {
  parts = new PartStore(new MemoryShelf());
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('downloadEmbedded', () => {
  it('downloads at once what the server has', async () => {
    const fetch = serve(ready);
    const seen: Seen[] = [];
    const blob = await download((progress) => seen.push(progress));
    expect(blob.size).toBe(CONTENT.length);
    expect(seen.at(-1)).toEqual({
      stage: 'browser',
      received: CONTENT.length,
      total: CONTENT.length,
    });
    // A status from a cache would be an old one.
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ cache: 'no-store' });
  });

  it('waits while the server fetches the model, and tells how far it is', async () => {
    serve(missing, fetching(50), fetching(120), ready);
    const seen: Seen[] = [];
    const whole = download((progress) => seen.push(progress));
    await vi.runAllTimersAsync();
    expect((await whole).size).toBe(CONTENT.length);
    expect(seen.filter(({ stage }) => stage === 'server')).toEqual([
      { stage: 'server', received: 50, total: 200 },
      { stage: 'server', received: 120, total: 200 },
    ]);
    expect(seen.at(-1)?.stage).toBe('browser');
  });

  it('does not ask again at once', async () => {
    const fetch = serve(fetching(50), ready);
    const whole = download();
    await vi.advanceTimersByTimeAsync(100);
    expect(fetch).toHaveBeenCalledTimes(1);
    await vi.runAllTimersAsync();
    await whole;
  });

  it('gives up with the server’s reason when the server does', async () => {
    serve(() => Response.json({ ...READY, state: 'failed', error: 'No space on the disk.' }));
    const failure = await download().catch(classify);
    expect(failure).toMatchObject({ kind: 'embedded-unavailable' });
    expect(failure).toHaveProperty('detail', expect.stringContaining('No space on the disk.'));
  });

  it('says that no reason was given when there was none', async () => {
    serve(() => Response.json({ ...READY, state: 'failed', error: null }));
    await expect(download()).rejects.toThrow('No reason');
  });

  it('names a server that refuses its status', async () => {
    serve(() => new Response('no', { status: 403 }));
    const failure = await download().catch((error) => error);
    expect(classify(failure).kind).toBe('http');
    expect(failure.message).toContain(`${DIRECTORY}/status.json`);
  });

  it.each([
    ['of another version', { ...READY, version: 2 }],
    ['without a size', { ...READY, size: 'large' }],
  ])('refuses a status %s', async (_, status) => {
    serve(() => Response.json(status));
    expect(await download().catch(classify)).toMatchObject({ kind: 'embedded-unavailable' });
  });
});

describe('what is kept of it', () => {
  it('is read on the next visit without fetching or hashing it again', async () => {
    const caches = new FakeCaches();
    vi.stubGlobal('caches', caches);
    parts = new PartStore(await openShelf());
    serve(ready);
    await download();
    expect(await inspectEmbedded(SOURCE, parts)).toEqual({
      received: CONTENT.length,
      total: CONTENT.length,
      exact: true,
      complete: true,
    });
    const fetch = serve(ready);
    expect(await (await download()).text()).toBe('the whole model');
    expect(fetch).toHaveBeenCalledTimes(1); // the status alone
    expect(await (await keptEmbedded(SOURCE, parts))?.text()).toBe('the whole model');
  });

  it('gives way to another version', async () => {
    serve(ready);
    await download();
    const newer = { ...READY, sha256: '0'.repeat(64) };
    serve(() => Response.json(newer));
    expect(await download().catch(classify)).toMatchObject({ kind: 'corrupt-file' });
    expect(await keptEmbedded(SOURCE, parts)).toBeUndefined();
    serve(ready);
    expect((await download()).size).toBe(CONTENT.length);
  });

  it('leaves nothing behind when it is removed', async () => {
    const caches = new FakeCaches();
    vi.stubGlobal('caches', caches);
    parts = new PartStore(await openShelf());
    serve(ready);
    await download();
    await removeEmbedded(SOURCE, parts);
    expect(caches.usage).toBe(0);
    expect(await inspectEmbedded(SOURCE, parts)).toMatchObject({ received: 0, complete: false });
  });

  it('is nothing where storage is full, and the model works for this visit', async () => {
    parts.shelf.put = () => Promise.reject(new DOMException('No room.', 'QuotaExceededError'));
    serve(ready);
    expect((await download()).size).toBe(CONTENT.length);
    expect(await keptEmbedded(SOURCE, parts)).toBeUndefined();
  });
});

it.each([
  ['a file in another folder', { file: '../../../_stcore/metrics' }],
  ['a file of another host', { file: '//elsewhere.example/model.gguf' }],
  ['no file', { file: null }],
  ['no hash', { sha256: 'abc' }],
  ['a size that is too large', { size: 1e13 }],
  ['a negative size', { size: -1 }],
  ['a text for a number', { received: '<b>' }],
  ['another version', { version: 2 }],
])('does not believe a status with %s', async (_, fields) => {
  const fetch = serve(() => Response.json({ ...READY, ...fields }));
  expect(await download().catch(classify)).toMatchObject({ kind: 'embedded-unavailable' });
  expect(fetch).toHaveBeenCalledTimes(1);
});

it.each([
  'null',
  '[',
  '"ready"',
  'x'.repeat(100_000),
])('does not believe a status that is none (%#)', async (text) => {
  serve(() => new Response(text));
  expect(await download().catch(classify)).toMatchObject({ kind: 'embedded-unavailable' });
});

it('does not ask a server for ever that says nothing', async () => {
  const fetch = vi.fn(async () => missing());
  vi.stubGlobal('fetch', fetch);
  const outcome = download().catch(classify);
  await vi.advanceTimersByTimeAsync(301_000);
  expect(await outcome).toMatchObject({ kind: 'embedded-unavailable' });
});
