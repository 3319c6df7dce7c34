import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOLD_MS, holdingWhileLeaving } from '../../../../shared/page-links';
import type { EngineReport } from './protocol';
import { PROGRESS_INTERVAL_MS, type ReportContent, Reporter } from './reporter';

function content(fields: Partial<ReportContent> & { percent?: number } = {}): ReportContent {
  const { percent = 0, ...rest } = fields;
  return {
    phase: 'downloading',
    active_model: null,
    backend: null,
    choice: 'default',
    ladder: [
      { model_id: 'small', backend: 'webllm', state: 'downloading', progress: percent },
      { model_id: 'embedded', backend: 'wllama', state: 'waiting', progress: 0 },
    ],
    context_window: null,
    cached: [],
    load_times: [],
    acknowledged: 0,
    device: null,
    error_kind: null,
    memory_budget_mb: null,
    speeds: null,
    recent_speeds: [],
    counters: { turns: 0, tokens: 0, recoveries: 0 },
    ...rest,
  };
}

let sent: EngineReport[];
let reporter: Reporter;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  reporter = new Reporter(
    (report) => sent.push(report),
    () => Date.now(),
  );
});

afterEach(() => {
  vi.useRealTimers();
});

const percents = () => sent.map(({ ladder }) => ladder[0]?.progress);

describe('Reporter', () => {
  it('sends the first state at once, in the shape Python expects', () => {
    reporter.update(content());
    expect(sent).toEqual([{ protocol: 1, sequence: 1, ...content() }]);
  });

  it('lets a click on a link go first, however much there is to tell', () => {
    reporter = new Reporter(
      holdingWhileLeaving<EngineReport>(window, (report) => sent.push(report)),
    );
    reporter.update(content());
    document.body.click();
    reporter.update(content({ phase: 'ready' }));
    reporter.update(content({ phase: 'generating' }));
    vi.advanceTimersByTime(HOLD_MS - 1);
    document.body.click();
    vi.advanceTimersByTime(HOLD_MS - 1);
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sent.map(({ phase }) => phase)).toEqual(['downloading', 'generating']);
  });

  it('sends nothing for a state it has sent', () => {
    reporter.update(content());
    reporter.update(content());
    vi.advanceTimersByTime(10 * PROGRESS_INTERVAL_MS);
    reporter.update(content());
    vi.runAllTimers();
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Partial<ReportContent>]>([
    ['phase', { phase: 'loading' }],
    ['active model', { active_model: 'small' }],
    ['backend', { backend: 'webllm' }],
    ['choice', { choice: 'no-gpu' }],
    ['error', { error_kind: 'device-lost' }],
    ['counters', { counters: { turns: 1, tokens: 20, recoveries: 0 } }],
    ['speeds', { speeds: { time_to_first_token_s: 1, decode_tokens_per_s: 10 } }],
    ['ladder', { ladder: [] }],
  ])('sends a change of %s at once', (_, change) => {
    reporter.update(content());
    reporter.update(content(change));
    expect(sent.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(sent[1]).toMatchObject(change);
  });

  it('sends progress alone at most once a second, and then the latest', () => {
    reporter.update(content({ percent: 0 }));
    for (let percent = 1; percent <= 40; percent += 1) {
      vi.advanceTimersByTime(100);
      reporter.update(content({ percent }));
    }
    expect(sent.length).toBeLessThanOrEqual(5);
    vi.runAllTimers();
    expect(percents().at(-1)).toBe(40);
  });

  it('sends progress at once when a second has passed', () => {
    reporter.update(content({ percent: 0 }));
    vi.advanceTimersByTime(PROGRESS_INTERVAL_MS);
    reporter.update(content({ percent: 50 }));
    expect(percents()).toEqual([0, 50]);
  });

  it('sends waiting progress with a change that cannot wait, and not again', () => {
    reporter.update(content({ percent: 0 }));
    reporter.update(content({ percent: 30 }));
    reporter.update(content({ percent: 31, phase: 'loading' }));
    vi.runAllTimers();
    expect(percents()).toEqual([0, 31]);
  });

  it('sends nothing when progress fell back to what was sent before its time came', () => {
    reporter.update(content({ percent: 10 }));
    reporter.update(content({ percent: 30 }));
    reporter.update(content({ percent: 10 }));
    vi.runAllTimers();
    expect(percents()).toEqual([10]);
  });

  it('is never late by more than a second, never repeats itself, and ends with the truth', () => {
    const change = fc.record({
      wait: fc.nat(2500),
      percent: fc.nat(100),
      phase: fc.constantFrom('downloading' as const, 'downloading' as const, 'loading' as const),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const reports: { at: number; state: string; without: string }[] = [];
        const subject = new Reporter(
          ({ sequence, protocol: _, ...state }) => {
            expect(sequence).toBe(reports.length + 1);
            const ladder = state.ladder.map((rung) => ({ ...rung, progress: 0 }));
            const without = JSON.stringify({ ...state, ladder });
            reports.push({ at: Date.now(), state: JSON.stringify(state), without });
          },
          () => Date.now(),
        );
        for (const { wait, ...fields } of changes) {
          vi.advanceTimersByTime(wait);
          subject.update(content(fields));
        }
        vi.advanceTimersByTime(PROGRESS_INTERVAL_MS);
        const { wait: _, ...last } = changes.at(-1) as (typeof changes)[number];
        expect(reports.at(-1)?.state).toBe(JSON.stringify(content(last)));
        for (const [index, report] of reports.entries()) {
          const before = reports[index - 1];
          if (!before) continue;
          expect(report.state).not.toBe(before.state);
          if (report.without === before.without) {
            expect(report.at - before.at).toBeGreaterThanOrEqual(PROGRESS_INTERVAL_MS);
          }
        }
      }),
    );
  });
});
