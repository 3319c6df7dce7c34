/** Builds what Python hears from the engine's state: figures and names, never text. */
import type { RungState } from '../bridge/protocol';
import type { ReportContent } from '../bridge/reporter';
import { activeRung, type MachineState } from '../engine/machine';
import type { EngineCounters } from '../engine/manager';

export function reportContent(state: MachineState, counters: EngineCounters): ReportContent {
  const active = activeRung(state);
  const result = counters.lastResult;
  return {
    phase: state.phase,
    active_model: active?.modelId ?? null,
    backend: active?.backend ?? null,
    choice: state.choice,
    ladder: state.rungs.map((rung, index) => ({
      model_id: rung.modelId,
      backend: rung.backend,
      state: rungStage(state, index),
      progress: rungProgress(state, index),
    })),
    context_window: active?.contextWindow ?? null,
    cached: [],
    load_times: [],
    acknowledged: 0,
    device: state.device,
    error_kind: state.error?.kind ?? null,
    speeds: result && {
      time_to_first_token_s: result.timeToFirstTokenS,
      decode_tokens_per_s: result.decodeTokensPerS,
    },
    memory_budget_mb: null,
    recent_speeds: counters.recentSpeeds.map(({ modelId, decodeTokensPerS }) => ({
      model_id: modelId,
      decode_tokens_per_s: decodeTokensPerS,
    })),
    counters: { turns: counters.turns, tokens: counters.tokens, recoveries: state.recoveries },
  };
}

function rungStage(state: MachineState, index: number): RungState['state'] {
  if (index < state.rung || (index === state.rung && state.phase === 'failed')) return 'failed';
  if (index > state.rung) return 'waiting';
  if (activeRung(state)) return 'active';
  return state.progress?.stage === 'download' ? 'downloading' : 'loading';
}

function rungProgress(state: MachineState, index: number): number {
  if (index !== state.rung) return 0;
  if (activeRung(state)) return 100;
  return Math.floor((state.progress?.fraction ?? 0) * 100);
}
