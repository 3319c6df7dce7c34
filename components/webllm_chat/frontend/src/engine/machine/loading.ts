/** From the first look at the device to a model that is ready, and back on request. */
import type { EngineError } from '../errors';
import type { Ladder, Rung } from '../ladder';
import {
  andThen,
  dropBackground,
  endTurn,
  generate,
  isStanding,
  load,
  type MachineState,
  type Progress,
  type Step,
  standOn,
  stay,
} from './state';

export function planned(state: MachineState, ladder: Ladder): Step {
  // Whatever was decided meanwhile, a plan that comes late does not undo.
  if (state.phase !== 'probing') return stay(state);
  const { start, ...known } = ladder;
  const next: MachineState = { ...state, ...known, rung: start, start };
  const rung = next.rungs[start];
  if (!rung) return giveUp(next, { kind: 'no-webgpu', detail: 'No model fits this browser.' });
  if (next.metered && !rung.cached) return stay({ ...next, phase: 'asking' });
  return load(next, 'loading');
}

export function progressed(state: MachineState, epoch: number, progress: Progress): Step {
  const { background } = state;
  if (background?.epoch === epoch) {
    const merged = forward(background.progress, progress);
    return stay({ ...state, background: { ...background, progress: merged } });
  }
  // Reports travel by their own channel: one can arrive after the load it tells of has ended.
  const loading = ['downloading', 'loading', 'recovering'].includes(state.phase);
  if (epoch !== state.epoch || !loading) return stay(state);
  const phase = progress.stage === 'download' ? 'downloading' : 'loading';
  return stay({
    ...state,
    progress: forward(state.progress, progress),
    phase: state.phase === 'recovering' ? 'recovering' : phase,
  });
}

/** A retried part counts its bytes again; a bar that falls back would say that work was lost. */
function forward(before: Progress | null, progress: Progress): Progress {
  return { ...progress, fraction: Math.max(progress.fraction, before?.fraction ?? 0) };
}

export function loaded(state: MachineState): Step {
  // The files must be here: the engine has just read them.
  const rungs = state.rungs.map((rung, index) =>
    index === state.rung && !rung.cached ? { ...rung, cached: true } : rung,
  );
  const ready: MachineState = { ...state, rungs, phase: 'ready', progress: null, error: null };
  return ready.turn ? generate(ready, ready.turn) : stay(ready);
}

/** Loads another model where none is loaded; the question that waits is answered by it. */
export function loadChosen(state: MachineState, rung: Rung): Step {
  const next = {
    ...standOn(state, rung),
    choice: 'visitor' as const,
    climbing: false,
    retried: false,
    error: null,
    failures: [],
  };
  return andThen(dropBackground(next), (after) => load(after, 'loading'));
}

export function consent(state: MachineState): Step {
  return state.phase === 'asking' ? load(state, 'loading') : stay(state);
}

/** Unloads everything and stays so until the visitor wants a model again. */
export function suspend(state: MachineState): Step {
  const idle = ['starting', 'probing', 'asking', 'suspended'].includes(state.phase);
  if (idle || state.rungs.length === 0) return stay(state);
  const ended = state.turn ? [endTurn(state.turn.id, 'stopped')] : [];
  const epoch = state.lastEpoch + 1;
  const unloaded: MachineState = {
    ...state,
    phase: 'suspended',
    turn: null,
    progress: null,
    error: null,
    epoch,
    lastEpoch: epoch,
  };
  return andThen(
    { state: unloaded, effects: [...ended, { type: 'discard', epoch: state.epoch }] },
    dropBackground,
  );
}

export function resume(state: MachineState): Step {
  return state.phase === 'suspended' ? load(state, 'loading') : stay(state);
}

export function reset(state: MachineState): Step {
  const ended: Step = {
    state: { ...state, turn: null },
    effects: state.turn ? [endTurn(state.turn.id, 'stopped')] : [],
  };
  if (state.rungs.length === 0) {
    return andThen(ended, (after) => ({
      state: { ...after, phase: 'probing', error: null },
      effects: [{ type: 'plan' }],
    }));
  }
  const anew = (after: MachineState): MachineState => ({
    ...after,
    rung: after.start,
    error: null,
    retried: false,
    failures: [],
    avoid: {},
    together: true,
    climbing: true,
  });
  return andThen(andThen(ended, dropBackground), (after) => load(anew(after), 'loading'));
}

export function giveUp(state: MachineState, error: EngineError): Step {
  const epoch = state.lastEpoch + 1;
  const gone: MachineState = {
    ...state,
    phase: 'failed',
    error,
    turn: null,
    progress: null,
    epoch,
    lastEpoch: epoch,
  };
  const ended = state.turn ? [endTurn(state.turn.id, 'failed')] : [];
  return andThen(
    { state: gone, effects: [{ type: 'discard', epoch: state.epoch }, ...ended] },
    dropBackground,
  );
}

/** Keeps the list of what is in the browser current. */
export function filesChanged(state: MachineState, modelId: string, cached: boolean): Step {
  const isNews = state.rungs.some((rung) => rung.modelId === modelId && rung.cached !== cached);
  if (!isNews) return stay(state);
  const mark = (rung: Rung) => (rung.modelId === modelId ? { ...rung, cached } : rung);
  const { background } = state;
  return stay({
    ...state,
    rungs: state.rungs.map(mark),
    background: background && { ...background, rung: mark(background.rung) },
  });
}

/** @returns whether the rung is what answers now, with the same context window. */
export function isActive(state: MachineState, rung: Rung): boolean {
  const active = state.rungs[state.rung];
  return (
    isStanding(state) &&
    active?.modelId === rung.modelId &&
    active.contextWindow === rung.contextWindow
  );
}
