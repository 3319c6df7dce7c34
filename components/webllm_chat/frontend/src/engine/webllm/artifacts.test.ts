import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeCaches } from '../../test/downloads';
import { openArtifacts } from './artifacts';

const INDEX = 'https://hub.example/m/resolve/main/tensor-cache.json';
const SHARD = 'https://hub.example/m/resolve/main/params_shard_0.bin';

afterEach(() => vi.unstubAllGlobals());

describe.each(['cache', 'indexeddb'] as const)('%s', (backend) => {
  it('gives back what it was given, until it is deleted', async () => {
    vi.stubGlobal('caches', new FakeCaches());
    const artifacts = openArtifacts(backend);
    expect(await artifacts.has('webllm/model', SHARD)).toBe(false);
    await artifacts.put('webllm/model', SHARD, new Blob(['weights']));
    await artifacts.put('webllm/model', INDEX, new Blob(['{"records":[]}']));
    expect(await artifacts.has('webllm/model', SHARD)).toBe(true);
    expect(await artifacts.has('webllm/config', SHARD)).toBe(false);
    expect(await (await artifacts.read('webllm/model', SHARD))?.text()).toBe('weights');
    expect(JSON.parse((await (await artifacts.read('webllm/model', INDEX))?.text()) ?? '')).toEqual(
      { records: [] },
    );
    await artifacts.delete('webllm/model', SHARD);
    expect(await artifacts.has('webllm/model', SHARD)).toBe(false);
    await artifacts.clear();
    expect(await artifacts.has('webllm/model', INDEX)).toBe(false);
  });
});
