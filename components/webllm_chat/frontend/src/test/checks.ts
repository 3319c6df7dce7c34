/** What the checks' tests start from; each names only the fields it is about. */
import type { CheckContext } from '../device/checks/check';
import type { Platform } from '../device/platform';

export function aPlatform(fields: Partial<Platform> = {}): Platform {
  return {
    browser: 'other',
    browserTitle: 'Foo',
    version: 1,
    system: 'other',
    systemTitle: 'Bar',
    architecture: null,
    gpu: 'other',
    embedded: false,
    ...fields,
  };
}

export function anAdapter({
  features = ['shader-f16'],
  limits = {},
  info = {},
}: {
  features?: string[];
  limits?: Record<string, number>;
  info?: Partial<GPUAdapterInfo>;
} = {}): GPUAdapter {
  return {
    info: {
      vendor: 'acme',
      architecture: 'one',
      description: '',
      isFallbackAdapter: false,
      ...info,
    },
    features: new Set(features),
    limits: {
      maxBufferSize: 2 ** 32,
      maxStorageBufferBindingSize: 2 ** 31,
      maxComputeWorkgroupStorageSize: 2 ** 15,
      maxStorageBuffersPerShaderStage: 10,
      maxComputeInvocationsPerWorkgroup: 1024,
      ...limits,
    },
  } as unknown as GPUAdapter;
}

export function aContext(fields: Partial<CheckContext> = {}): CheckContext {
  return {
    signal: new AbortController().signal,
    gpu: {} as GPU,
    secureContext: true,
    platform: aPlatform(),
    adapter: async () => ({ adapter: anAdapter(), tries: 1 }),
    lab: {
      ask: () => Promise.reject(new Error('No worker in this test.')),
      close: () => {},
    } as unknown as CheckContext['lab'],
    busy: () => false,
    places: { config: null, library: null, embedded: null, patienceS: 3 },
    modelBytes: null,
    memory: { goal: 2 ** 30, onStep: () => {} },
    ...fields,
  };
}

/** A lab whose worker answers with these. */
export function aLab(answers: Record<string, unknown>): CheckContext['lab'] {
  const api = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [name, async () => answer]),
  );
  return {
    ask: (question: (api: unknown) => unknown) => question(api),
    close: () => {},
  } as unknown as CheckContext['lab'];
}
