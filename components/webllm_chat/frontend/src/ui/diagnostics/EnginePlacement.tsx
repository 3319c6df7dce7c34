import { useStore } from 'zustand';
import type { Fallback, HostKind } from '../../engine/host';
import { useServices } from '../services';

const HOSTS: Record<HostKind, { name: string; outlives: string }> = {
  'service-worker': {
    name: 'a service worker',
    outlives: 'It outlives a reload, and all tabs share it.',
  },
  'shared-worker': {
    name: 'a shared worker',
    outlives: 'It outlives a reload, and all tabs share it.',
  },
  parent: {
    name: 'a worker of the page around the chat',
    outlives: 'It ends with the page; a reload loads the model anew from the browser’s storage.',
  },
  dedicated: {
    name: 'a worker of this page',
    outlives: 'It ends with the page; a reload loads the model anew from the browser’s storage.',
  },
};

const REASONS: Record<Fallback['reason'], string> = {
  registration: 'the browser refused to install it',
  'no-webgpu': 'this browser has no WebGPU in it',
  'no-answer': 'it did not answer',
  'other-build': 'it belongs to another version of this app',
  failed: 'it could not be started',
};

/** Where the engine lives, and why not where the operator wants it. */
export function EnginePlacement() {
  const { engine } = useServices();
  const placement = useStore(engine.placement);
  if (!placement) return null;
  const { host, fallback } = placement;
  return (
    <section
      aria-labelledby="engine-placement"
      data-testid="engine-placement"
      data-host={host}
      data-reason={fallback?.reason ?? ''}
      className="rounded-ui border border-line p-4 text-sm"
    >
      <h2 id="engine-placement" className="text-base font-semibold">
        Where the model runs
      </h2>
      <p className="mt-1">
        In {HOSTS[host].name}
        {fallback &&
          `, because ${HOSTS[fallback.wanted].name} could not be used: ${REASONS[fallback.reason]}`}
        . <span className="text-muted">{HOSTS[host].outlives}</span>
      </p>
      {fallback && (
        <details className="mt-2 text-muted">
          <summary className="min-h-6 cursor-pointer">What the browser said</summary>
          <code className="break-all text-xs">{fallback.detail}</code>
        </details>
      )}
    </section>
  );
}
