import { describe, expect, it } from 'vitest';
import { type ProbeEnvironment, probeDevice } from './probe';

function anAdapter({
  isFallbackAdapter = false,
  features = ['shader-f16'],
}: {
  isFallbackAdapter?: boolean;
  features?: string[];
} = {}): GPUAdapter {
  return {
    info: {
      vendor: 'acme',
      architecture: 'one',
      description: 'x'.repeat(500),
      isFallbackAdapter,
    },
    features: new Set(features),
    limits: { maxBufferSize: 1024, maxStorageBufferBindingSize: 512 },
  } as unknown as GPUAdapter;
}

type Try = () => Promise<GPUAdapter | null>;
const nothing: Try = async () => null;
const refused: Try = async () => {
  throw new DOMException('A valid external Instance reference no longer exists.');
};

/** A GPU whose `requestAdapter` answers in turn; the last answer stays. */
function environment(...tries: Try[]) {
  const waits: number[] = [];
  let asked = 0;
  const gpu = {
    requestAdapter: () => {
      asked += 1;
      return (tries[Math.min(asked, tries.length) - 1] as Try)();
    },
  } as unknown as GPU;
  return {
    gpu,
    secureContext: true,
    deviceMemoryGb: 8,
    mobile: false,
    wait: async (milliseconds: number) => {
      waits.push(milliseconds);
    },
    waits,
    asked: () => asked,
  };
}

describe('probeDevice', () => {
  it('describes the GPU', async () => {
    const around = environment(async () => anAdapter());
    expect(await probeDevice(around)).toEqual({
      webgpu: 'available',
      secure_context: true,
      shader_f16: true,
      fallback_adapter: false,
      vendor: 'acme',
      architecture: 'one',
      // Python refuses longer labels.
      description: 'x'.repeat(200),
      max_buffer_size: 1024,
      max_storage_buffer_binding_size: 512,
      device_memory_gb: 8,
      mobile: false,
    });
    expect(around.waits).toEqual([]);
  });

  it('says where shader-f16 is missing', async () => {
    const report = await probeDevice(environment(async () => anAdapter({ features: [] })));
    expect(report.shader_f16).toBe(false);
  });

  it('tells software from a GPU', async () => {
    const software = async () => anAdapter({ isFallbackAdapter: true });
    expect(await probeDevice(environment(software))).toMatchObject({
      webgpu: 'software-only',
      fallback_adapter: true,
    });
  });

  it('asks again until an adapter comes', async () => {
    const around = environment(nothing, refused, nothing, async () => anAdapter());
    expect((await probeDevice(around)).webgpu).toBe('available');
    expect(around.asked()).toBe(4);
    expect(around.waits).toHaveLength(3);
  });

  it.each([
    ['gives none', nothing],
    ['refuses', refused],
  ])('gives up after some seconds when the browser %s', async (_, answer) => {
    const around = environment(answer);
    expect(await probeDevice(around)).toMatchObject({
      webgpu: 'no-adapter',
      secure_context: true,
      shader_f16: false,
      max_buffer_size: 0,
    });
    const waited = around.waits.reduce((sum, wait) => sum + wait, 0);
    expect(waited).toBeGreaterThan(1000);
    expect(waited).toBeLessThan(10_000);
  });

  it('names the reason where there is no WebGPU at all', async () => {
    const without: ProbeEnvironment = { ...environment(nothing), gpu: undefined };
    expect((await probeDevice(without)).webgpu).toBe('missing');
    expect(await probeDevice({ ...without, secureContext: false })).toMatchObject({
      webgpu: 'insecure-context',
      secure_context: false,
    });
  });

  it('works in a browser that says nothing about its memory', async () => {
    const around = { ...environment(nothing), deviceMemoryGb: null, mobile: true };
    expect(await probeDevice(around)).toMatchObject({ device_memory_gb: null, mobile: true });
  });
});
