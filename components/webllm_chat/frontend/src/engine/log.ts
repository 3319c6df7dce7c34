/** The engine's last events, for the report of the troubleshooting page. Figures and names only. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Placement } from './host';
import type { MachineEvent } from './machine';

export interface LogEntry {
  /** Milliseconds since 1970. */
  at: number;
  event: string;
  /** What the event was about: a model, an error, a percentage. Never text of a conversation. */
  detail: string;
}

const MOST_ENTRIES = 500;

export const engineLog: StoreApi<LogEntry[]> = createStore<LogEntry[]>(() => []);

export function record(event: MachineEvent, at: number = Date.now()): void {
  const entry = { at, event: event.type, detail: detailOf(event) };
  const entries = engineLog.getState();
  const last = entries.at(-1);
  // A download tells its progress many times a second; the last word of each is enough.
  const before = event.type === 'progress' && last?.event === 'progress' ? -1 : undefined;
  keep(entries.slice(0, before), entry);
}

export function recordHost(placement: Placement): void {
  keep(engineLog.getState(), { at: Date.now(), event: 'host', detail: placementLine(placement) });
}

/** Where an engine lives; where it should have lived, and why it does not. */
export function placementLine({ host, fallback }: Placement): string {
  if (!fallback) return host;
  return `${host} instead of ${fallback.wanted}, ${fallback.reason}: ${fallback.detail}`;
}

function keep(entries: LogEntry[], entry: LogEntry): void {
  engineLog.setState([...entries, entry].slice(-MOST_ENTRIES), true);
}

function detailOf(event: MachineEvent): string {
  switch (event.type) {
    case 'planned':
      return `${event.ladder.choice}: ${event.ladder.rungs.map(({ modelId }) => modelId).join(', ')}`;
    case 'progress':
      return `${event.progress.stage} ${Math.floor(event.progress.fraction * 100)} %`;
    case 'plan-failed':
    case 'load-failed':
    case 'lost':
    case 'answer-failed':
      return `${event.error.kind}: ${event.error.detail}`;
    case 'choose':
      return event.rung.modelId;
    case 'files':
      return `${event.modelId} ${event.cached ? 'cached' : 'gone'}`;
    case 'set-upgrade':
      return event.upgrade;
    default:
      return '';
  }
}
