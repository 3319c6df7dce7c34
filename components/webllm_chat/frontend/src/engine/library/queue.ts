/** Which download runs: one at a time, so that what is waited for has the whole connection. */
import type { Priority } from '../download/service';

export interface Queued {
  priority: Priority;
  /** Grows with each request. */
  order: number;
}

/**
 * What was asked for last in the foreground comes first; the background follows in the order asked.
 */
export function nextInLine<T extends Queued>(jobs: Iterable<T>): T | undefined {
  return [...jobs].sort(compare)[0];
}

function compare(a: Queued, b: Queued): number {
  if (a.priority !== b.priority) return a.priority === 'foreground' ? -1 : 1;
  return a.priority === 'foreground' ? b.order - a.order : a.order - b.order;
}
