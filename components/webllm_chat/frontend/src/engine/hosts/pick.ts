/** Which host an engine gets, by the operator's setting and what this browser can do. */
import type { EngineSettings } from '../../bridge/protocol';

type HostSetting = EngineSettings['engine_host'];

export type HostKind = Exclude<HostSetting, 'auto'>;

export interface HostCapabilities {
  /** `navigator.serviceWorker` is there: a secure context, and not switched off. */
  serviceWorker: boolean;
  sharedWorker: boolean;
  /** Without Web Locks nobody would learn that a shared worker or one of its pages is gone. */
  locks: boolean;
}

export function browserCapabilities(): HostCapabilities {
  return {
    serviceWorker: 'serviceWorker' in navigator,
    sharedWorker: 'SharedWorker' in globalThis,
    locks: 'locks' in navigator,
  };
}

export function pickHost(setting: HostSetting, capabilities: HostCapabilities): HostKind {
  const wanted = setting === 'auto' ? 'service-worker' : setting;
  if (wanted === 'dedicated' || !capabilities.locks) return 'dedicated';
  if (wanted === 'service-worker' && !capabilities.serviceWorker) return 'dedicated';
  if (wanted === 'shared-worker' && !capabilities.sharedWorker) return 'dedicated';
  return wanted;
}
