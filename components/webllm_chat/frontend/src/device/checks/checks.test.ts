import { describe, expect, it } from 'vitest';
import { aContext, aLab, anAdapter, aPlatform } from '../../test/checks';
import type { CheckContext } from './check';
import { CHECKS } from './index';

function look(id: string, context: Partial<CheckContext> = {}) {
  const check = CHECKS.find((candidate) => candidate.id === id);
  if (!check) throw new Error(`There is no check ${id}.`);
  return check.run(aContext(context));
}

const adapterOf = (fields: Parameters<typeof anAdapter>[0]) => ({
  adapter: async () => ({ adapter: anAdapter(fields), tries: 1 }),
});

describe('the list of checks', () => {
  it('names each once, and needs only what comes before', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [at, check] of CHECKS.entries()) {
      for (const need of check.needs ?? []) expect(ids.slice(0, at), check.id).toContain(need);
    }
  });

  it.each(CHECKS)('says in a sentence why $id matters', ({ why, title }) => {
    expect(why).toMatch(/^\w.*\.$/);
    expect(title).not.toBe('');
  });
});

describe('browser', () => {
  it.each([
    ['chrome', 'windows', 120, 'pass'],
    ['chrome', 'windows', 112, 'warn'],
    ['chrome', 'linux', 143, 'warn'],
    ['firefox', 'linux', 200, 'warn'],
    ['chrome', 'ios', 120, 'pass'],
    ['other', 'windows', 1, 'unknown'],
  ] as const)('%s on %s in version %d: %s', async (browser, system, version, result) => {
    const platform = aPlatform({ browser, system, version });
    expect((await look('browser', { platform })).result).toBe(result);
  });
});

describe('adapter', () => {
  it('names the GPU', async () => {
    expect(await look('adapter')).toMatchObject({ result: 'pass', value: 'acme · one' });
  });

  it('tells software from a graphics card', async () => {
    const found = await look('adapter', adapterOf({ info: { isFallbackAdapter: true } }));
    expect(found).toMatchObject({ result: 'warn', reason: 'software', facts: { fallback: true } });
  });

  it('says how often it asked in vain', async () => {
    const adapter = async () => ({ adapter: null, tries: 6 });
    expect(await look('adapter', { adapter })).toMatchObject({
      result: 'fail',
      value: 'none, asked 6 times',
    });
  });
});

describe('limits', () => {
  it.each([
    ['max-buffer-size', 'maxBufferSize', 2 ** 30, 'pass'],
    ['max-buffer-size', 'maxBufferSize', 2 ** 28, 'warn'],
    ['max-buffer-size', 'maxBufferSize', 2 ** 27, 'fail'],
    ['max-storage-buffer-binding-size', 'maxStorageBufferBindingSize', 2 ** 27, 'warn'],
    ['max-compute-workgroup-storage-size', 'maxComputeWorkgroupStorageSize', 16384, 'fail'],
    ['max-storage-buffers-per-shader-stage', 'maxStorageBuffersPerShaderStage', 8, 'fail'],
    ['max-compute-invocations-per-workgroup', 'maxComputeInvocationsPerWorkgroup', 256, 'warn'],
  ])('%s of %s = %d: %s', async (id, limit, value, result) => {
    const finding = await look(id, adapterOf({ limits: { [limit]: value } }));
    expect(finding).toMatchObject({ result, facts: { [limit]: value } });
  });
});

describe('computing', () => {
  it('fails on a single wrong number', async () => {
    const lab = aLab({ product: { entries: 4096, wrong: 1 } });
    expect((await look('compute-f32', { lab })).result).toBe('fail');
  });

  it('does not try 16 bits where there are none', async () => {
    const finding = await look('compute-f16', adapterOf({ features: [] }));
    expect(finding.result).toBe('unknown');
  });

  it('tries 16 bits where there are', async () => {
    const lab = aLab({ product: { entries: 4096, wrong: 4096 } });
    expect((await look('compute-f16', { lab })).result).toBe('fail');
  });

  it('calls a GPU slow that reads less than 10 GB/s', async () => {
    const slow = aLab({ bandwidth: { bytesPerS: 9e9, bytes: 1 } });
    expect((await look('bandwidth', { lab: slow })).result).toBe('warn');
    const fast = aLab({ bandwidth: { bytesPerS: 100e9, bytes: 1 } });
    expect(await look('bandwidth', { lab: fast })).toMatchObject({
      result: 'pass',
      value: '100 GB/s',
    });
  });

  it.each([
    'bandwidth',
    'arithmetic',
    'kernel-launch',
  ])('measures no %s while a model answers', async (id) => {
    expect((await look(id, { busy: () => true })).result).toBe('unknown');
  });

  it('is not satisfied with a new device that computes wrongly', async () => {
    const lab = aLab({ recovery: { reason: 'destroyed', product: { entries: 1, wrong: 1 } } });
    expect((await look('device-recovery', { lab })).result).toBe('fail');
  });
});

describe('memory', () => {
  it.each([
    [true, 2 ** 30, 'warn', 'refused'],
    [false, 2 ** 30, 'pass', 'enough for every model'],
    [false, 2 ** 31, 'pass', 'no more was tried'],
  ])('refused: %s of %d is %s', async (refused, goal, result, says) => {
    const lab = aLab({ memory: { bytes: 2 ** 30, refused } });
    const finding = await look('gpu-memory', { lab, memory: { goal, onStep: () => {} } });
    expect(finding.result).toBe(result);
    expect(finding.value).toContain(says);
  });
});

it('looks at no host that is not configured', async () => {
  expect((await look('model-hub')).result).toBe('unknown');
});
