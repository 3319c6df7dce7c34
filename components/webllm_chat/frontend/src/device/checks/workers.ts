/** Workers that outlive a page or are shared by tabs, and whether they reach the GPU. */
import type { WorkerAnswer } from '../workers/answer';
import serviceWorkerAddress from '../workers/service.worker.ts?worker&url';
import { type Check, type Finding, pass, warn } from './check';

export const WORKER_CHECKS: Check[] = [
  {
    id: 'shared-worker',
    group: 'workers',
    title: 'Shared worker',
    why: 'With it several tabs can share one loaded model.',
    needs: ['adapter'],
    limitS: 6,
    run: async ({ signal }) =>
      'SharedWorker' in window ? judge(await askSharedWorker(signal)) : warn('not in this browser'),
  },
  {
    id: 'service-worker',
    group: 'workers',
    title: 'Service worker',
    why: 'With it a loaded model can outlive a reload of the page.',
    needs: ['adapter'],
    limitS: 6,
    run: async ({ signal }) => {
      if (!('serviceWorker' in navigator)) return warn('not in this browser');
      try {
        return judge(await askServiceWorker(signal));
      } catch (error) {
        return warn(`refused (${error instanceof Error ? error.name : error})`);
      }
    },
  },
];

function judge({ webgpu, adapter }: WorkerAnswer): Finding {
  if (adapter) return pass('works, with WebGPU');
  return warn(webgpu ? 'works, but gets no GPU' : 'works, but has no WebGPU', { webgpu });
}

function askSharedWorker(signal: AbortSignal): Promise<WorkerAnswer> {
  const worker = new SharedWorker(new URL('../workers/shared.worker.ts', import.meta.url), {
    type: 'module',
    name: 'webllm-diagnostics',
  });
  const answer = firstMessage(worker.port, signal);
  return new Promise<WorkerAnswer>((resolve, reject) => {
    worker.onerror = () => reject(new Error('The shared worker could not start.'));
    answer.then(resolve, reject);
  }).finally(() => worker.port.close());
}

/** Registered below its own folder only, and unregistered at once: it never serves a page. */
async function askServiceWorker(signal: AbortSignal): Promise<WorkerAnswer> {
  const scope = new URL('./diagnostics/', new URL(serviceWorkerAddress, window.location.href)).href;
  const registration = await navigator.serviceWorker.register(serviceWorkerAddress, {
    type: 'module',
    scope,
  });
  try {
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    const { port1, port2 } = new MessageChannel();
    worker?.postMessage(null, [port2]);
    return await firstMessage(port1, signal);
  } finally {
    await registration.unregister();
  }
}

function firstMessage(port: MessagePort, signal: AbortSignal): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    port.onmessage = ({ data }) => resolve(data as WorkerAnswer);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
