import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  aMirror,
  aSource,
  FakeCaches,
  FakeServer,
  FOLDER,
  manifestOf,
  modelFiles,
  SHARDS,
  sha256Of,
  status,
} from '../../test/downloads';
import { classify } from '../errors';
import { openArtifacts } from '../webllm/artifacts';
import type { Plan, PlannedFile } from '../webllm/files';
import {
  downloadModel,
  dropParts,
  inspectModel,
  measureModel,
  type Run,
  removeModel,
  type Stores,
  type Tally,
} from './model-files';
import { notes } from './notes';
import { openShelf, PartStore } from './part-store';
import type { WebLLMSource } from './source';

const source = aSource();
const WEIGHTS = Object.values(SHARDS).join('').length;

let caches: FakeCaches;
let files: Record<string, string>;
let stores: Stores;

beforeEach(async () => {
  caches = new FakeCaches();
  vi.stubGlobal('caches', caches);
  files = modelFiles();
  stores = { parts: new PartStore(await openShelf()), artifacts: openArtifacts('cache') };
});
afterEach(() => vi.unstubAllGlobals());

const download = (server: FakeServer, fields: Partial<Run> = {}, from: WebLLMSource = source) =>
  downloadModel(from, stores, { environment: server.environment, lanes: 2, ...fields });
const failure = (server: FakeServer, from: WebLLMSource = source) =>
  download(server, {}, from).then(() => 'no failure', classify);
const weightsSize = (all: Record<string, string>) =>
  Object.values(all).reduce((sum, body) => sum + body.length, 0);

describe('downloadModel', () => {
  it('puts every file where WebLLM looks for it', async () => {
    await download(aMirror());
    expect(caches.artifacts).toEqual(Object.keys(files).sort());
    expect([...(caches.kept.get('webllm/config') ?? [])]).toHaveLength(1);
    expect([...(caches.kept.get('webllm/wasm') ?? [])]).toHaveLength(1);
    expect(caches.parts).toEqual([]);
  });

  it('asks for nothing when everything is here', async () => {
    await download(aMirror());
    const server = new FakeServer({});
    const seen: Tally[] = [];
    await download(server, { onProgress: (tally) => seen.push(tally) });
    expect(server.asked).toEqual([]);
    expect(seen.at(-1)).toMatchObject({ complete: true, received: weightsSize(files) });
  });

  it('fetches only what is missing after a break', async () => {
    const server = aMirror().script(`${FOLDER}params_shard_1.bin`, status(403));
    expect(await failure(server)).toMatchObject({ kind: 'http' });
    const again = aMirror();
    await download(again);
    expect(again.asked).not.toContain(`${FOLDER}params_shard_0.bin`);
    expect(again.asked).toContain(`${FOLDER}params_shard_1.bin`);
  });

  it('fetches no library of this machine, which WebLLM never looks up', async () => {
    const local = aSource({ library: 'http://localhost:1/m.wasm' });
    const server = aMirror();
    await download(server, {}, local);
    expect(server.asked).not.toContain(local.library);
  });

  it('fetches the package manifest of a model that has one', async () => {
    const gemma = aSource({ packageManifest: 'mlc-model-manifest.json' });
    const server = new FakeServer({ ...files, [`${FOLDER}mlc-model-manifest.json`]: '{}' });
    await download(server, {}, gemma);
    expect([...(caches.kept.get('webllm/config')?.keys() ?? [])]).toContain(
      `${FOLDER}mlc-model-manifest.json`,
    );
  });

  it('counts every byte once, up to the manifest’s sum', async () => {
    const seen: Tally[] = [];
    await download(aMirror(), { onProgress: (tally) => seen.push(tally) });
    const counts = seen.map(({ received }) => received);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(seen.at(-1)).toEqual({
      received: weightsSize(files),
      total: weightsSize(files),
      exact: true,
      complete: true,
    });
  });

  it('fetches anew what changed on the mirror while the download rested', async () => {
    const server = aMirror().script(`${FOLDER}params_shard_1.bin`, status(403));
    await failure(server);
    const index = `${FOLDER}tensor-cache.json`;
    const newer = {
      ...files,
      [`${FOLDER}params_shard_0.bin`]: 'WEIGHTS ONE',
      [index]: `${files[index]}\n`,
    };
    await download(aMirror(newer));
    expect(await (await stores.artifacts.read('webllm/model', index))?.text()).toBe(newer[index]);
    const kept = await stores.artifacts.read('webllm/model', `${FOLDER}params_shard_0.bin`);
    expect(await kept?.text()).toBe('WEIGHTS ONE');
  });

  it('ends all lanes when one fails', async () => {
    const server = aMirror();
    let aborted = false;
    let begun: () => void = () => {};
    const other = new Promise<void>((resolve) => {
      begun = resolve;
    });
    server.script(`${FOLDER}params_shard_0.bin`, async (request) => {
      await other;
      return status(404)(request);
    });
    const { fetch } = server;
    const environment = {
      ...server.environment,
      fetch: async (url: RequestInfo | URL, init?: RequestInit) => {
        if (!String(url).endsWith('params_shard_1.bin')) return fetch(url, init);
        return new Promise<Response>((_, reject) => {
          begun();
          init?.signal?.addEventListener('abort', () => {
            aborted = true;
            reject(init.signal?.reason);
          });
        });
      },
    };
    await expect(download(server, { environment, lanes: 4 })).rejects.toThrow('HTTP 404');
    expect(aborted).toBe(true);
  });
});

describe('a bad file', () => {
  it.each([
    ['a shard that differs in a byte', 'params_shard_1.bin', 'weights tWo!'],
    ['a truncated shard', 'params_shard_1.bin', 'weights'],
    ['another tokenizer', 'tokenizer.json', '[]'],
    ['another configuration', 'mlc-chat-config.json', '{}'],
  ])('is refused: %s', async (_, path, body) => {
    const server = aMirror();
    server.files[FOLDER + path] = body;
    expect(await failure(server)).toMatchObject({ kind: 'corrupt-file' });
    expect(caches.artifacts).not.toContain(FOLDER + path);
    expect(caches.parts).toEqual([]);
  });

  it.each([
    ['a truncated shard', `${FOLDER}params_shard_0.bin`, 'weights'],
    ['a tokenizer that is cut off', `${FOLDER}tokenizer.json`, '{"mod'],
    ['a library that is none', source.library, 'oops'],
    ['an index that is not JSON', `${FOLDER}tensor-cache.json`, 'oops'],
    ['an index without weights', `${FOLDER}tensor-cache.json`, '{}'],
  ])('is refused without a manifest too: %s', async (_, url, body) => {
    const server = new FakeServer({ ...files, [url]: body });
    expect(await failure(server)).toMatchObject({ kind: 'corrupt-file' });
    expect(caches.artifacts).not.toContain(url);
  });

  it('is refused by the hash that TVM wrote into the index', async () => {
    const records = [
      { dataPath: 'params_shard_0.bin', nbytes: 11, md5sum: '8b1a9953c4611296a827abf8c47804d7' },
    ];
    files[`${FOLDER}tensor-cache.json`] = JSON.stringify({ records });
    expect(await failure(new FakeServer(files))).toMatchObject({ kind: 'corrupt-file' });
    expect(caches.artifacts).not.toContain(`${FOLDER}params_shard_0.bin`);
  });

  const sri = `sha256-${btoa('another content, quite so 32byte')}`;

  it.each([
    ['mlc-chat-config.json', { config: sri }],
    ['m.wasm', { model_lib: sri }],
    ['tokenizer.json', { tokenizer: { 'tokenizer.json': sri } }],
  ])('is refused by the operator’s hash: %s', async (name, integrity) => {
    const error = await failure(new FakeServer(files), aSource({ integrity }));
    expect(error).toMatchObject({ kind: 'corrupt-file' });
    expect(error).toHaveProperty('detail', expect.stringContaining(name));
    expect(caches.artifacts.some((url) => url.endsWith(name))).toBe(false);
  });

  it('is used with a warning where the operator says so', async () => {
    const strict = aSource({ integrity: { tokenizer: { 'tokenizer.json': sri } } });
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const lenient = aSource({ integrity: { ...strict.integrity, onFailure: 'warn' } });
    await download(new FakeServer(files), {}, lenient);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  it('passes where the operator’s hashes match', async () => {
    const hash = (body: string) =>
      `sha256-${Buffer.from(sha256Of(body), 'hex').toString('base64')}`;
    const checked = aSource({
      integrity: {
        config: hash(files[`${FOLDER}mlc-chat-config.json`] as string),
        model_lib: hash(files[source.library] as string),
        tokenizer: { 'tokenizer.json': hash('{}') },
      },
    });
    await download(new FakeServer(files), {}, checked);
    expect(caches.artifacts).toHaveLength(Object.keys(files).length);
  });
});

describe('storage', () => {
  it('that is too small is said before anything large is fetched', async () => {
    const server = aMirror();
    server.room = WEIGHTS;
    const error = await download(server).catch((e: Error) => e);
    expect(classify(error).kind).toBe('storage-quota');
    expect((error as Error).message).toMatch(/\d+ MB are needed.* \d+ MB left/);
    expect(server.asked).not.toContain(`${FOLDER}params_shard_0.bin`);
  });

  it('that fills up on the way is an error, and what was stored stays usable', async () => {
    const server = aMirror();
    server.script(`${FOLDER}params_shard_1.bin`, () => {
      caches.quota = caches.usage + 5;
      return server.answer(`${FOLDER}params_shard_1.bin`, 0);
    });
    await expect(download(server, { lanes: 1 })).rejects.toThrow('No room.');
    expect(caches.artifacts).toContain(`${FOLDER}params_shard_0.bin`);
    expect(caches.artifacts).not.toContain(`${FOLDER}params_shard_1.bin`);
    caches.quota = Number.POSITIVE_INFINITY;
    const again = aMirror();
    await download(again);
    expect(again.asked).not.toContain(`${FOLDER}params_shard_0.bin`);
    expect(caches.artifacts).toEqual(Object.keys(files).sort());
  });

  it('that only the parts overfill still takes the file', async () => {
    const shard = `${FOLDER}params_shard_1.bin`;
    const refusing = aMirror().script(shard, status(403));
    await expect(download(refusing, { lanes: 1 })).rejects.toThrow('HTTP 403');
    const manifest = JSON.parse(manifestOf(files)) as { files: { path: string; sha256: string }[] };
    const { sha256 } = manifest.files.find(({ path }) => shard.endsWith(path)) ?? {};
    await stores.parts.append(
      { url: shard, size: 12, sha256: sha256 as string },
      0,
      new Blob(['weights ']),
    );
    caches.quota = caches.usage + 6;
    await download(aMirror());
    expect(await inspectModel(source, stores)).toMatchObject({ complete: true });
  });
});

describe('inspectModel', () => {
  it('knows nothing of a model never asked for', async () => {
    expect(await inspectModel(source, stores)).toMatchObject({ received: 0, complete: false });
  });

  it('says after a reload how much is here, and of how much', async () => {
    await failure(aMirror().script(`${FOLDER}params_shard_1.bin`, status(403)));
    expect(await inspectModel(source, stores)).toEqual({
      received: weightsSize(files) - SHARDS['params_shard_1.bin'].length,
      total: weightsSize(files),
      exact: true,
      complete: false,
    });
  });

  it('counts the parts of files', async () => {
    const server = aMirror();
    const shard = `${FOLDER}params_shard_1.bin`;
    server.script(shard, () => brokenAfter('weights '), status(403));
    expect(await failure(server)).toMatchObject({ kind: 'http' });
    const { received } = await inspectModel(source, stores);
    expect(received).toBe(weightsSize(files) - 'two!'.length);
    await dropParts(source, stores);
    expect((await inspectModel(source, stores)).received).toBe(received - 'weights '.length);
  });

  it('counts no parts of files that are complete', async () => {
    const shard = `${FOLDER}params_shard_1.bin`;
    await failure(aMirror().script(shard, () => brokenAfter('weights '), status(403)));
    expect(caches.parts).toEqual([shard]);
    const server = aMirror();
    await download(server);
    expect(server.asked).toContain(`${shard}@8`);
    expect(caches.parts).toEqual([]);
  });

  it('finds a model that WebLLM itself stored', async () => {
    for (const [url, body] of Object.entries(files)) {
      const scope = url.endsWith('.wasm')
        ? 'webllm/wasm'
        : url.endsWith('config.json')
          ? 'webllm/config'
          : 'webllm/model';
      await (await caches.open(scope)).put(url, new Response(body));
    }
    expect(await inspectModel(source, stores)).toEqual({
      received: weightsSize(files),
      total: weightsSize(files),
      exact: true,
      complete: true,
    });
  });

  it('sees what the browser has cleared', async () => {
    await download(aMirror());
    await caches.delete('webllm/model');
    expect(await inspectModel(source, stores)).toMatchObject({ complete: false });
  });
});

describe('measureModel', () => {
  it('takes the sizes from the manifest', async () => {
    const { tally } = await measureModel(source, stores, aMirror().environment);
    expect(tally).toMatchObject({ total: weightsSize(files), exact: true, received: 0 });
    expect(caches.artifacts).toEqual([]);
  });

  it('takes them from index and HEAD where there is no manifest', async () => {
    const { tally } = await measureModel(source, stores, new FakeServer(files).environment);
    expect(tally).toMatchObject({ total: weightsSize(files), exact: true });
  });

  it('corrects a size that the server told of a compressed body', async () => {
    const server = new FakeServer(files);
    const { fetch } = server;
    const environment = {
      ...server.environment,
      fetch: async (url: RequestInfo | URL, init?: RequestInit) =>
        init?.method === 'HEAD'
          ? new Response(null, { headers: { 'content-length': '1' } })
          : fetch(url, init),
    };
    await download(server, { environment });
    expect(await inspectModel(source, stores)).toMatchObject({ total: weightsSize(files) });
  });
});

describe('removeModel', () => {
  const sibling = aSource({ modelId: 'm-1k', library: 'https://mirror.example/libs/m-1k.wasm' });
  const cousin = aSource({ modelId: 'n', folder: 'https://mirror.example/n/resolve/main/' });
  const both = { ...files, ...modelFiles(sibling), ...modelFiles(cousin) };

  it('frees all of the storage', async () => {
    await download(aMirror());
    expect(await removeModel(source, stores)).toEqual([]);
    expect(caches.usage).toBe(0);
    expect(await inspectModel(source, stores)).toMatchObject({ received: 0, complete: false });
  });

  it('keeps the library for a model that shares it', async () => {
    const server = new FakeServer({ ...both, ...files, ...modelFiles(cousin) });
    await download(server);
    await download(server, {}, cousin);
    expect(await removeModel(source, stores)).toEqual(['n']);
    expect(await inspectModel(cousin, stores)).toMatchObject({ complete: true });
    expect(caches.artifacts.some((url) => url.startsWith(FOLDER))).toBe(false);
    await removeModel(cousin, stores);
    expect(caches.usage).toBe(0);
  });

  it('keeps the weights for a model that shares them', async () => {
    const server = new FakeServer({ ...files, ...modelFiles(sibling) });
    await download(server);
    await download(server, {}, sibling);
    await removeModel(source, stores);
    expect(await inspectModel(sibling, stores)).toMatchObject({ complete: true });
    expect(caches.artifacts).not.toContain(source.library);
  });

  it('spares a model that was found complete, and used', async () => {
    await download(new FakeServer({ ...files, ...modelFiles(sibling) }));
    await stores.artifacts.put('webllm/wasm', sibling.library, new Blob(['\0asm']));
    await download(new FakeServer({}), {}, sibling);
    await removeModel(source, stores);
    expect(await inspectModel(sibling, stores)).toMatchObject({ complete: true });
  });

  it('keeps nothing for a model that nobody asked for', async () => {
    await download(aMirror());
    expect(await inspectModel(sibling, stores)).not.toMatchObject({ received: 0 });
    await removeModel(source, stores);
    expect(caches.usage).toBe(0);
  });
});

/** A response whose connection breaks after this beginning. */
function brokenAfter(beginning: string): Response {
  let sent = false;
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (sent) controller.error(new TypeError('network error'));
        else controller.enqueue(new TextEncoder().encode(beginning));
        sent = true;
      },
    }),
  );
}

describe('what is said of the files', () => {
  const INDEX = `${FOLDER}tensor-cache.json`;
  const MANIFEST = `${FOLDER}manifest.json`;

  it('never leads out of the folder of the model', async () => {
    const records = [{ dataPath: '../../../../_stcore/metrics', nbytes: 10 }];
    const server = new FakeServer({ ...files, [INDEX]: JSON.stringify({ records }) });
    expect(await failure(server)).toMatchObject({ kind: 'corrupt-file' });
    expect(server.asked.filter((url) => url.includes('metrics'))).toEqual([]);
    expect(caches.artifacts).toEqual([]);
  });

  it.each([
    'null',
    '{"files": null}',
    '{"files": [null], "model_lib": {}}',
    `{"files": [{"path": "a", "size": -1, "sha256": "${'0'.repeat(64)}"}], "model_lib": null}`,
  ])('is not believed from a manifest that is none: %s', async (text) => {
    const server = new FakeServer({ ...files, [MANIFEST]: text });
    expect(await failure(server)).toMatchObject({ kind: 'corrupt-file' });
  });

  it('is not believed from a note of an earlier version that leads elsewhere', async () => {
    await download(aMirror());
    const shelf = notes(stores.parts.shelf);
    const noted = (await shelf.read(source)) as Plan;
    const foreign = { ...(noted.files[0] as PlannedFile), url: 'https://elsewhere.example/x' };
    await shelf.write(source, { ...noted, files: [...noted.files, foreign] });
    const server = aMirror();
    await download(server);
    expect(server.asked.filter((url) => url.includes('elsewhere'))).toEqual([]);
  });
});
