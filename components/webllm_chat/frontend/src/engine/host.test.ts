import { expect, it, vi } from 'vitest';
import { createEngine, type EngineHandle } from './host';
import { dedicatedEngine } from './hosts/dedicated';
import { ServiceWorkerRefused, serviceWorkerEngine } from './hosts/service-worker';

// They start workers, which there are none of here.
vi.mock('./hosts/dedicated', () => ({ dedicatedEngine: vi.fn() }));
vi.mock('./hosts/parent', () => ({ parentEngine: vi.fn() }));
vi.mock('./hosts/shared-worker', () => ({ sharedWorkerEngine: vi.fn() }));
vi.mock('./hosts/service-worker', () => ({
  ServiceWorkerRefused: class extends Error {
    constructor(
      readonly reason: string,
      message: string,
    ) {
      super(message);
    }
  },
  serviceWorkerEngine: vi.fn(),
  loadedInServiceWorker: vi.fn(),
}));

const engineIn = (host: EngineHandle['host']) => ({ host, fallback: null }) as never;

it.each([
  ['registration', new ServiceWorkerRefused('registration', 'SecurityError')],
  ['no-webgpu', new ServiceWorkerRefused('no-webgpu', 'no WebGPU')],
  ['failed', new TypeError('something else')],
])('gives way to a worker of the page, and says why: %s', async (reason, refusal) => {
  vi.mocked(serviceWorkerEngine).mockRejectedValue(refusal);
  vi.mocked(dedicatedEngine).mockResolvedValue(engineIn('dedicated'));
  const { host, fallback } = await createEngine('webllm', 'service-worker', 'small');
  expect(host).toBe('dedicated');
  expect(fallback).toEqual({ wanted: 'service-worker', reason, detail: String(refusal) });
});

it('takes the service worker where it can be had', async () => {
  vi.mocked(serviceWorkerEngine).mockResolvedValue(engineIn('service-worker'));
  const engine = await createEngine('webllm', 'service-worker', 'small');
  expect(engine).toMatchObject({ host: 'service-worker', fallback: null });
});
