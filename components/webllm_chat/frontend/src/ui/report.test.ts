import { describe, expect, it } from 'vitest';
import { INITIAL, type MachineState } from '../engine/machine';
import type { EngineCounters } from '../engine/manager';
import { aDevice, CPU_RUNG, F16_RUNG, F32_RUNG } from '../test/fixtures';
import { reportContent, type Surroundings } from './report';

const ALONE: Surroundings = { history: {}, cached: [], acknowledged: 0, memoryBudgetMb: null };
const COUNTERS: EngineCounters = { turns: 0, tokens: 0, lastResult: null, recentSpeeds: [] };

function report(state: Partial<MachineState>, counters = COUNTERS) {
  const rungs = [F16_RUNG, F32_RUNG, CPU_RUNG];
  return reportContent({ ...INITIAL, rungs, ...state }, counters, ALONE);
}

const stages = (state: Partial<MachineState>) => report(state).ladder.map(({ state }) => state);
const percents = (state: Partial<MachineState>) =>
  report(state).ladder.map(({ progress }) => progress);

describe('reportContent', () => {
  it('says nothing of a model before there is one', () => {
    expect(reportContent(INITIAL, COUNTERS, ALONE)).toEqual({
      phase: 'starting',
      active_model: null,
      backend: null,
      choice: null,
      ladder: [],
      context_window: null,
      cached: [],
      load_times: [],
      acknowledged: 0,
      device: null,
      error_kind: null,
      memory_budget_mb: null,
      recent_speeds: [],
      speeds: null,
      counters: { turns: 0, tokens: 0, recoveries: 0 },
    });
  });

  it.each(['ready', 'generating'] as const)('names the model that answers when %s', (phase) => {
    const failures = [{ modelId: F16_RUNG.modelId, kind: 'device-lost' }];
    const state = { phase, rung: 1, choice: 'default' as const, failures };
    expect(report(state)).toMatchObject({
      phase,
      active_model: F32_RUNG.modelId,
      backend: 'webllm',
      choice: 'default',
    });
    expect(stages(state)).toEqual(['failed', 'active', 'waiting']);
    expect(percents(state)).toEqual([0, 100, 0]);
  });

  it.each([
    'downloading',
    'loading',
    'recovering',
    'failed',
  ] as const)('names no model when %s', (phase) => {
    expect(report({ phase })).toMatchObject({ active_model: null, backend: null });
  });

  it('tells download from loading, in whole percent', () => {
    const downloading = {
      phase: 'downloading' as const,
      progress: { stage: 'download' as const, fraction: 0.429 },
    };
    expect(stages(downloading)).toEqual(['downloading', 'waiting', 'waiting']);
    expect(percents(downloading)).toEqual([42, 0, 0]);
    const loading = {
      phase: 'loading' as const,
      progress: { stage: 'load' as const, fraction: 0.999 },
    };
    expect(stages(loading)).toEqual(['loading', 'waiting', 'waiting']);
    expect(percents(loading)).toEqual([99, 0, 0]);
  });

  it('shows every rung failed when all have', () => {
    const avoid = { [F16_RUNG.modelId]: 'device-lost', [F32_RUNG.modelId]: 'device-lost' };
    const state = { phase: 'failed', rung: 2, avoid } as const;
    expect(stages(state)).toEqual(['failed', 'failed', 'failed']);
  });

  it.each([
    ['asking', 'asking', 0],
    ['downloading', 'downloading', 40],
    ['paused', 'waiting', 40],
    ['stalled', 'waiting', 40],
    ['downloaded', 'downloaded', 100],
    ['loading', 'loading', 40],
    ['ready', 'ready', 100],
  ] as const)('shows a better model that is %s as %s', (stage, state, progress) => {
    const fraction = stage === 'asking' ? 0 : 0.4;
    const background = {
      rung: F16_RUNG,
      stage,
      epoch: 2,
      progress: { stage: 'download' as const, fraction },
      accepted: false,
      error: null,
    };
    const [better, active] = report({ phase: 'ready', rung: 1, background }).ladder;
    expect(better).toMatchObject({ state, progress });
    expect(active?.state).toBe('active');
  });

  it('tells what is in the browser and how long loading took on this device', () => {
    const history = {
      a: { firstS: 20, cachedS: 5, lastLoadedAt: 1 },
      b: { cachedS: 7, lastLoadedAt: 2 },
      c: { decodeTokensPerS: 9 },
    };
    const content = reportContent(INITIAL, COUNTERS, {
      history,
      cached: ['b', 'a'],
      acknowledged: 3,
      memoryBudgetMb: 4096,
    });
    expect(content).toMatchObject({
      cached: ['a', 'b'],
      acknowledged: 3,
      memory_budget_mb: 4096,
    });
    expect(content.load_times).toEqual([
      { model_id: 'b', first_s: null, cached_s: 7 },
      { model_id: 'a', first_s: 20, cached_s: 5 },
    ]);
  });

  it('counts, and gives the last answer’s speeds', () => {
    const lastResult = {
      finish: 'stop' as const,
      promptTokens: 9,
      completionTokens: 30,
      timeToFirstTokenS: 0.25,
      decodeTokensPerS: 17,
    };
    const recentSpeeds = [{ modelId: 'small', decodeTokensPerS: 17 }];
    const counters = { turns: 2, tokens: 50, lastResult, recentSpeeds };
    expect(report({ recoveries: 3 }, counters)).toMatchObject({
      speeds: { time_to_first_token_s: 0.25, decode_tokens_per_s: 17 },
      recent_speeds: [{ model_id: 'small', decode_tokens_per_s: 17 }],
      counters: { turns: 2, tokens: 50, recoveries: 3 },
    });
  });

  it('passes the device on, and of an error only its kind', () => {
    const device = aDevice();
    const error = { kind: 'device-lost', detail: 'a raw text that stays in the browser' };
    const content = report({ device, error, turn: { id: 'secret turn', trimmed: 1 } });
    expect(content).toMatchObject({ device, error_kind: 'device-lost' });
    expect(JSON.stringify(content)).not.toMatch(/raw text|secret turn/);
  });
});
