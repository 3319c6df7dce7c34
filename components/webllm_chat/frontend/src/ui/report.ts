/** Builds what Python hears of the engine: figures and names, never text. */
import type { LoadMeasurement, RungState } from '../bridge/protocol';
import type { ReportContent } from '../bridge/reporter';
import type { Rung } from '../engine/ladder';
import { activeRung, type Background, type MachineState, percentOf } from '../engine/machine';
import type { EngineCounters } from '../engine/manager';
import type { History } from '../engine/visits';

/** What is known beside the engine's state. */
export interface Surroundings {
  history: History;
  /** Ids of the models whose files are all in the browser. */
  cached: readonly string[];
  acknowledged: number;
  /** GPU memory, in MB, that models may take together here; null before that is known. */
  memoryBudgetMb: number | null;
}

/** As many as the protocol takes. */
const MOST_LOAD_TIMES = 64;

export function reportContent(
  state: MachineState,
  counters: EngineCounters,
  { history, cached, acknowledged, memoryBudgetMb }: Surroundings,
): ReportContent {
  const active = activeRung(state);
  const result = counters.lastResult;
  return {
    phase: state.phase,
    active_model: active?.modelId ?? null,
    backend: active?.backend ?? null,
    choice: state.choice,
    ladder: ladderStates(state),
    context_window: active?.contextWindow ?? null,
    cached: [...cached].sort(),
    load_times: loadTimes(history),
    acknowledged,
    device: state.device,
    error_kind: state.error?.kind ?? null,
    speeds: result && {
      time_to_first_token_s: result.timeToFirstTokenS,
      decode_tokens_per_s: result.decodeTokensPerS,
    },
    memory_budget_mb: memoryBudgetMb,
    recent_speeds: counters.recentSpeeds.map(({ modelId, decodeTokensPerS }) => ({
      model_id: modelId,
      decode_tokens_per_s: decodeTokensPerS,
    })),
    counters: { turns: counters.turns, tokens: counters.tokens, recoveries: state.recoveries },
  };
}

/** Each model of the ladder, and how far it is. */
function ladderStates(state: MachineState): RungState[] {
  return state.rungs.map((rung, index) => ({
    model_id: rung.modelId,
    backend: rung.backend,
    ...(index === state.rung ? foreground(state, rung) : elsewhere(state, rung)),
  }));
}

type Stage = Pick<RungState, 'state' | 'progress'>;

function foreground(state: MachineState, rung: Rung): Stage {
  switch (state.phase) {
    case 'ready':
    case 'generating':
      return { state: 'active', progress: 100 };
    case 'failed':
      return { state: 'failed', progress: 0 };
    case 'asking':
      return { state: 'asking', progress: 0 };
    case 'suspended':
      return resting(rung);
    default: {
      const isComing = state.progress?.stage === 'download';
      return { state: isComing ? 'downloading' : 'loading', progress: percentOf(state.progress) };
    }
  }
}

function elsewhere({ background, avoid, failures }: MachineState, rung: Rung): Stage {
  if (background?.rung.modelId === rung.modelId) return inBackground(background);
  const hasFailed = failures.some(({ modelId }) => modelId === rung.modelId);
  if (hasFailed || avoid[rung.modelId] !== undefined) return { state: 'failed', progress: 0 };
  return resting(rung);
}

function inBackground({ stage, progress }: Background): Stage {
  if (stage === 'ready' || stage === 'downloaded') return { state: stage, progress: 100 };
  if (stage === 'paused' || stage === 'stalled') {
    return { state: 'waiting', progress: percentOf(progress) };
  }
  return { state: stage, progress: percentOf(progress) };
}

function resting({ cached }: Rung): Stage {
  return { state: cached ? 'downloaded' : 'waiting', progress: 0 };
}

/** Measured on this device, the latest first. */
function loadTimes(history: History): LoadMeasurement[] {
  return Object.entries(history)
    .filter(([, { firstS, cachedS }]) => firstS !== undefined || cachedS !== undefined)
    .sort(([, a], [, b]) => (b.lastLoadedAt ?? 0) - (a.lastLoadedAt ?? 0))
    .slice(0, MOST_LOAD_TIMES)
    .map(([model_id, { firstS, cachedS }]) => ({
      model_id,
      first_s: firstS ?? null,
      cached_s: cachedS ?? null,
    }));
}
