/**
 * Decides when Python hears of a change. Each component value reruns a script, so a report goes
 * out only when a meaningful field changed; progress alone at most once a second.
 */
import type { EngineReport, SharedMessage } from './protocol';

/** Messages are in it only where the embedding app shares them. */
export type Report = EngineReport & { messages?: readonly SharedMessage[] };
export type ReportContent = Omit<Report, 'protocol' | 'sequence'>;

/** Milliseconds between two reports that differ in progress alone. */
export const PROGRESS_INTERVAL_MS = 1000;

export class Reporter {
  #sequence = 0;
  #sent: ReportContent | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  #pending: ReturnType<typeof setTimeout> | undefined;
  #latest: ReportContent | undefined;

  constructor(
    private readonly send: (report: Report) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  update(content: ReportContent): void {
    this.#latest = content;
    this.#sendWhenDue();
  }

  #sendWhenDue(): void {
    clearTimeout(this.#pending);
    const content = this.#latest;
    if (!content || (this.#sent && same(this.#sent, content))) return;
    const wait = this.#earliest(content) - this.now();
    if (wait > 0) {
      this.#pending = setTimeout(() => this.#sendWhenDue(), wait);
      return;
    }
    this.#sent = content;
    this.#sentAt = this.now();
    this.#sequence += 1;
    this.send({ protocol: 1, sequence: this.#sequence, ...content });
  }

  #earliest(content: ReportContent): number {
    const news = !this.#sent || !same(withoutProgress(this.#sent), withoutProgress(content));
    return news ? Number.NEGATIVE_INFINITY : this.#sentAt + PROGRESS_INTERVAL_MS;
  }
}

function withoutProgress(content: ReportContent): ReportContent {
  return { ...content, ladder: content.ladder.map((rung) => ({ ...rung, progress: 0 })) };
}

function same(a: ReportContent, b: ReportContent): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
