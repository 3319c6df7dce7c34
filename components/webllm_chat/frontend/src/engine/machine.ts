/**
 * The life of the engine: loading, answering, and recovering from failure. Pure: a state and an
 * event give the next state and what to do; `manager.ts` does it.
 */
import type { Choice, DeviceReport } from '../bridge/protocol';
import type { LoadProgress } from './backend';
import { type EngineError, errorKind } from './errors';
import type { Ladder, Rung } from './ladder';

export type MachinePhase =
  | 'starting'
  | 'probing'
  | 'downloading'
  | 'loading'
  | 'ready'
  | 'generating'
  | 'recovering'
  | 'failed';

export interface Progress extends LoadProgress {
  /** The app's own server is still fetching the model it brings along. */
  onServer?: boolean;
}

export interface Failure {
  modelId: string;
  kind: string;
}

export interface Turn {
  id: string;
  /** Oldest turns of the conversation left out because the context window was full. */
  trimmed: number;
  /** The visitor has asked for its end; the engine has not ended it yet. */
  stopping?: true;
}

/** Why an answer differs from what was asked for. Shown with the answer. */
export type Note =
  | { kind: 'same-model-again'; modelId: string; error: string }
  | { kind: 'stepped-down'; from: string; to: string; error: string }
  | { kind: 'trimmed'; turns: number };

export interface MachineState {
  phase: MachinePhase;
  device: DeviceReport | null;
  rungs: Rung[];
  /** Index of the rung stood on or being loaded. */
  rung: number;
  choice: Choice | null;
  progress: Progress | null;
  turn: Turn | null;
  error: EngineError | null;
  /** What failed on this visit, oldest first. */
  failures: Failure[];
  /** The rung in use has already had its second chance. */
  retried: boolean;
  recoveries: number;
  /** Grows with each engine that is given up: what an older engine still says is ignored. */
  epoch: number;
}

export type MachineEvent =
  | { type: 'start' }
  | { type: 'probed'; device: DeviceReport }
  | { type: 'planned'; ladder: Ladder }
  | { type: 'progress'; epoch: number; progress: Progress }
  | { type: 'loaded'; epoch: number }
  | { type: 'load-failed'; epoch: number; error: EngineError }
  | { type: 'ask'; turnId: string }
  | { type: 'answered'; epoch: number; turnId: string }
  | { type: 'answer-failed'; epoch: number; turnId: string; error: EngineError }
  | { type: 'stop' }
  | { type: 'choose'; rung: Rung }
  | { type: 'reset' };

export type MachineEffect =
  | { type: 'plan' }
  | { type: 'load'; epoch: number; rung: Rung }
  | { type: 'discard' }
  | { type: 'generate'; epoch: number; turn: Turn }
  | { type: 'interrupt' }
  | { type: 'note'; turnId: string; note: Note }
  | { type: 'end-turn'; turnId: string; outcome: 'stopped' | 'failed'; errorKind?: string };

export interface Step {
  state: MachineState;
  effects: MachineEffect[];
}

/** The longest conversation is trimmed to its last question in this many halvings at most. */
const MOST_TRIMS = 8;

export const INITIAL: MachineState = {
  phase: 'starting',
  device: null,
  rungs: [],
  rung: 0,
  choice: null,
  progress: null,
  turn: null,
  error: null,
  failures: [],
  retried: false,
  recoveries: 0,
  epoch: 0,
};

export function step(state: MachineState, event: MachineEvent): Step {
  switch (event.type) {
    case 'probed':
      return stay({ ...state, device: event.device });
    case 'start':
      if (state.phase !== 'starting') return stay(state);
      return { state: { ...state, phase: 'probing' }, effects: [{ type: 'plan' }] };
    case 'planned':
      return planned(state, event.ladder);
    case 'progress':
      return stay(event.epoch === state.epoch ? progressed(state, event.progress) : state);
    case 'loaded':
      return event.epoch === state.epoch ? loaded(state) : stay(state);
    case 'load-failed':
      return event.epoch === state.epoch ? failed(state, event.error) : stay(state);
    case 'ask':
      return asked(state, event.turnId);
    case 'answered':
      if (!isCurrent(state, event)) return stay(state);
      return stay({ ...state, phase: 'ready', turn: null, error: null, retried: false });
    case 'answer-failed':
      return isCurrent(state, event) ? failed(state, event.error) : stay(state);
    case 'stop':
      return stopped(state);
    case 'choose':
      return chosen(state, event.rung);
    case 'reset':
      return reset(state);
  }
}

/** The rung stood on, once a model is loaded there. */
export function activeRung(state: MachineState): Rung | null {
  const standing = state.phase === 'ready' || state.phase === 'generating';
  return standing ? (state.rungs[state.rung] ?? null) : null;
}

function stay(state: MachineState): Step {
  return { state, effects: [] };
}

function isCurrent(state: MachineState, event: { epoch: number; turnId: string }): boolean {
  return event.epoch === state.epoch && event.turnId === state.turn?.id;
}

function planned(state: MachineState, ladder: Ladder): Step {
  // Whatever was decided meanwhile, a plan that comes late does not undo.
  if (state.phase !== 'probing') return stay(state);
  const next: MachineState = { ...state, ...ladder, rung: 0 };
  if (ladder.rungs.length === 0) {
    return giveUp(next, { kind: 'no-webgpu', detail: 'No model fits this browser.' });
  }
  return load(next, 'loading');
}

function progressed(state: MachineState, progress: Progress): MachineState {
  // Reports travel by their own channel: one can arrive after the load it tells of has ended.
  if (!['downloading', 'loading', 'recovering'].includes(state.phase)) return state;
  const phase = progress.stage === 'download' ? 'downloading' : 'loading';
  // A retried part counts its bytes again; a bar that falls back would say that work was lost.
  const fraction = Math.max(progress.fraction, state.progress?.fraction ?? 0);
  return {
    ...state,
    progress: { ...progress, fraction },
    phase: state.phase === 'recovering' ? 'recovering' : phase,
  };
}

function loaded(state: MachineState): Step {
  const ready: MachineState = { ...state, phase: 'ready', progress: null, error: null };
  return ready.turn ? generate(ready, ready.turn) : stay(ready);
}

function asked(state: MachineState, turnId: string): Step {
  if (state.turn) return stay(state);
  const turn = { id: turnId, trimmed: 0 };
  const next = { ...state, turn };
  if (state.phase === 'ready') return generate(next, turn);
  if (state.phase === 'failed') return { state, effects: [endTurn(turnId, 'failed')] };
  return stay(next);
}

function stopped(state: MachineState): Step {
  if (!state.turn) return stay(state);
  // The engine ends its answer itself, and 'answered' follows with what it had.
  if (state.phase === 'generating') {
    const turn: Turn = { ...state.turn, stopping: true };
    return { state: { ...state, turn }, effects: [{ type: 'interrupt' }] };
  }
  return { state: { ...state, turn: null }, effects: [endTurn(state.turn.id, 'stopped')] };
}

function chosen(state: MachineState, rung: Rung): Step {
  const others = state.rungs.filter(({ modelId }) => modelId !== rung.modelId);
  const interrupted = state.turn && state.phase === 'generating';
  if (interrupted) return stay(state);
  const next = {
    ...state,
    rungs: [rung, ...others],
    rung: 0,
    choice: 'visitor' as const,
    retried: false,
    error: null,
    failures: [],
  };
  return load(next, 'loading');
}

function reset(state: MachineState): Step {
  const ended = state.turn ? [endTurn(state.turn.id, 'stopped')] : [];
  if (state.rungs.length === 0) {
    return {
      state: { ...state, phase: 'probing', turn: null, error: null },
      effects: [...ended, { type: 'plan' }],
    };
  }
  const { state: next, effects } = load(
    { ...state, rung: 0, turn: null, error: null, retried: false, failures: [] },
    'loading',
  );
  return { state: next, effects: [...ended, ...effects] };
}

function generate(state: MachineState, turn: Turn): Step {
  return {
    state: { ...state, phase: 'generating', turn },
    effects: [{ type: 'generate', epoch: state.epoch, turn }],
  };
}

/** Gives up the engine there was, and loads the current rung in a new one. */
function load(state: MachineState, phase: 'loading' | 'recovering'): Step {
  const rung = state.rungs[state.rung] as Rung;
  const epoch = state.epoch + 1;
  return {
    state: { ...state, phase, epoch, progress: null },
    effects: [{ type: 'discard' }, { type: 'load', epoch, rung }],
  };
}

function failed(state: MachineState, error: EngineError): Step {
  if (state.turn?.stopping) {
    const { state: next, effects } = failed({ ...state, turn: null }, error);
    return { state: next, effects: [endTurn(state.turn.id, 'stopped'), ...effects] };
  }
  const rung = state.rungs[state.rung] as Rung;
  const { remedy } = errorKind(error.kind);
  if (state.phase === 'generating' && state.turn) {
    if (remedy === 'trim' && state.turn.trimmed < MOST_TRIMS) return trim(state, state.turn);
    if (remedy === 'refuse') return refuse(state, state.turn, error);
  }
  const known = {
    ...state,
    error,
    failures: [...state.failures, { modelId: rung.modelId, kind: error.kind }],
  };
  if (remedy === 'same-model-once' && !state.retried) {
    const again = load({ ...known, retried: true, recoveries: state.recoveries + 1 }, 'recovering');
    return noted(again, { kind: 'same-model-again', modelId: rung.modelId, error: error.kind });
  }
  const below = state.rungs[state.rung + 1];
  if (!below) return giveUp(known, error);
  const down = load(
    { ...known, rung: state.rung + 1, retried: false, recoveries: state.recoveries + 1 },
    'recovering',
  );
  return noted(down, {
    kind: 'stepped-down',
    from: rung.modelId,
    to: below.modelId,
    error: error.kind,
  });
}

function trim(state: MachineState, turn: Turn): Step {
  const trimmed = { ...turn, trimmed: turn.trimmed + 1 };
  return noted(generate({ ...state, error: null }, trimmed), {
    kind: 'trimmed',
    turns: trimmed.trimmed,
  });
}

/** The question cannot be answered by this model; the engine is well. */
function refuse(state: MachineState, turn: Turn, error: EngineError): Step {
  return {
    state: { ...state, phase: 'ready', turn: null },
    effects: [{ type: 'end-turn', turnId: turn.id, outcome: 'failed', errorKind: error.kind }],
  };
}

function giveUp(state: MachineState, error: EngineError): Step {
  return {
    state: {
      ...state,
      phase: 'failed',
      error,
      turn: null,
      progress: null,
      epoch: state.epoch + 1,
    },
    effects: [{ type: 'discard' }, ...(state.turn ? [endTurn(state.turn.id, 'failed')] : [])],
  };
}

function noted({ state, effects }: Step, note: Note): Step {
  if (!state.turn) return { state, effects };
  return { state, effects: [{ type: 'note', turnId: state.turn.id, note }, ...effects] };
}

function endTurn(turnId: string, outcome: 'stopped' | 'failed'): MachineEffect {
  return { type: 'end-turn', turnId, outcome };
}
