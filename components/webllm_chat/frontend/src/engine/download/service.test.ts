import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  aMirror,
  aSource,
  FakeCaches,
  FakeLocks,
  FakeServer,
  FOLDER,
  modelFiles,
  sha256Of,
} from '../../test/downloads';
import { type DownloadEvent, DownloadService } from './service';
import type { EmbeddedSource } from './source';

const SHARD = `${FOLDER}params_shard_1.bin`;
const EMBEDDED: EmbeddedSource = {
  kind: 'embedded',
  modelId: 'embedded',
  directory: 'https://app.example/static',
  status: 'status.json',
};
const GGUF = 'the whole model';

let caches: FakeCaches;

beforeEach(() => {
  caches = new FakeCaches();
  vi.stubGlobal('caches', caches);
  vi.stubGlobal('navigator', { locks: new FakeLocks() });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** One tab's service, and the mirror it sees. */
function aTab(server = aMirror()) {
  const service = new DownloadService(server.environment);
  const events: DownloadEvent[] = [];
  const download = (source: Parameters<DownloadService['download']>[0] = aSource()) =>
    service.download(source, 'foreground', (event) => events.push(event));
  return { service, server, events, download };
}

function anAppServer(): FakeServer {
  const status = {
    version: 1,
    state: 'ready',
    received: GGUF.length,
    total: GGUF.length,
    file: 'm.gguf',
    size: GGUF.length,
    sha256: sha256Of(GGUF),
    error: null,
  };
  return new FakeServer({
    [`${EMBEDDED.directory}/status.json`]: JSON.stringify(status),
    [`${EMBEDDED.directory}/m.gguf`]: GGUF,
  });
}

/** Holds the answer to the request for the shard back. */
function heldBack(server: FakeServer) {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let asked: () => void = () => {};
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  server.script(SHARD, async () => {
    asked();
    await released;
    return server.answer(SHARD, 0);
  });
  return { release, wasAsked };
}

describe('two tabs', () => {
  it('download a model once; the second waits and finds it complete', async () => {
    const first = aTab();
    const second = aTab();
    const shard = heldBack(first.server);
    const one = first.download();
    await shard.wasAsked;
    const two = second.download();
    await vi.waitFor(() => expect(second.events).toContainEqual({ type: 'elsewhere' }));
    shard.release();
    await Promise.all([one, two]);
    expect(second.server.asked).toEqual([]);
    expect(second.events.at(-1)).toMatchObject({ type: 'progress', tally: { complete: true } });
  });

  it('go on one after the other when the first ends without having all', async () => {
    const first = aTab();
    const second = aTab();
    const shard = heldBack(first.server);
    const one = first.download();
    await shard.wasAsked;
    const two = second.download();
    await vi.waitFor(() => expect(second.events).toContainEqual({ type: 'elsewhere' }));
    first.service.stop('m', 'DownloadPausedError');
    shard.release();
    await expect(one).rejects.toMatchObject({ name: 'DownloadPausedError' });
    await two;
    expect(second.server.asked).toContain(SHARD);
    expect(second.server.asked).not.toContain(`${FOLDER}params_shard_0.bin`);
  });

  it('do not wait for what nobody wants any more', async () => {
    const first = aTab();
    const second = aTab();
    const shard = heldBack(first.server);
    const one = first.download();
    await shard.wasAsked;
    const two = second.download();
    await vi.waitFor(() => expect(second.events).toContainEqual({ type: 'elsewhere' }));
    second.service.stop('m', 'DownloadCancelledError');
    await expect(two).rejects.toMatchObject({ name: 'DownloadCancelledError' });
    shard.release();
    await one;
  });

  it('use what is complete while a sibling with the same weights is being downloaded', async () => {
    const sibling = aSource({ modelId: 'm-1k', library: 'https://mirror.example/libs/m-1k.wasm' });
    const first = aTab();
    await first.download();
    const library = 'https://mirror.example/libs/m-1k.wasm';
    first.server.script(library, () => new Promise<Response>(() => {}));
    const one = first.download(sibling);
    await vi.waitFor(() => expect(first.server.asked).toContain(library));
    await aTab(new FakeServer({})).download();
    first.service.stop('m-1k', 'DownloadCancelledError');
    await expect(one).rejects.toMatchObject({ name: 'DownloadCancelledError' });
  });

  it('delete nothing that the other is still writing', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort());
    const first = aTab();
    const shard = heldBack(first.server);
    const one = first.download();
    await shard.wasAsked;
    await expect(aTab().service.remove(aSource())).rejects.toMatchObject({
      name: 'StorageBusyError',
    });
    shard.release();
    await one;
    expect(caches.artifacts).toHaveLength(Object.keys(modelFiles()).length);
  });
});

describe('the embedded model', () => {
  it('is kept for the visit where the page may store nothing', async () => {
    vi.stubGlobal('caches', undefined);
    const { service, download } = aTab(anAppServer());
    expect(await service.isDurable()).toBe(false);
    await download(EMBEDDED);
    expect(await (await service.gguf(EMBEDDED))?.text()).toBe(GGUF);
    expect(await service.inspect([EMBEDDED])).toMatchObject([{ complete: true }]);
    await service.remove(EMBEDDED);
    expect(await service.gguf(EMBEDDED)).toBeUndefined();
  });

  it('is kept for the visit where storage is full', async () => {
    caches.quota = 0;
    const { service, download } = aTab(anAppServer());
    await download(EMBEDDED);
    expect(await (await service.gguf(EMBEDDED))?.text()).toBe(GGUF);
    expect(await service.inspect([EMBEDDED])).toMatchObject([{ complete: true }]);
  });

  it('is deleted with its parts', async () => {
    const { service, download } = aTab(anAppServer());
    await download(EMBEDDED);
    expect(await service.inspect([EMBEDDED])).toMatchObject([{ complete: true }]);
    await service.remove(EMBEDDED);
    expect(caches.usage).toBe(0);
  });
});

describe('what was measured', () => {
  it('is not asked for again by the download that follows', async () => {
    const { service, server, download } = aTab();
    expect(await service.measure(aSource())).toMatchObject({ exact: true, received: 0 });
    await download();
    expect(server.asked).toHaveLength(new Set(server.asked).size);
    expect(caches.artifacts).toHaveLength(Object.keys(modelFiles()).length);
  });

  it('is asked for again after a while', async () => {
    const { service, server, download } = aTab();
    await service.measure(aSource());
    server.clock += 61_000;
    await download();
    expect(server.asked.filter((url) => url.endsWith('manifest.json'))).toHaveLength(2);
  });
});

it('stores no model for WebLLM where the page may store nothing', async () => {
  vi.stubGlobal('caches', undefined);
  const { service, download } = aTab();
  await expect(download()).rejects.toMatchObject({ name: 'SecurityError' });
  expect(await service.inspect([aSource()])).toMatchObject([{ received: 0, complete: false }]);
});

it('deletes everything, also of models it is not told of', async () => {
  // Neither of the other storages is there.
  vi.stubGlobal('indexedDB', undefined);
  const { service, download } = aTab();
  await download();
  await service.removeAll([]);
  expect(caches.usage).toBe(0);
});
