/** One question at a time: asked, answered, stopped, or trimmed until it fits. */
import type { EngineError } from '../errors';
import type { Rung } from '../ladder';
import { isActive, loadChosen } from './loading';
import {
  andThen,
  endTurn,
  generate,
  load,
  type MachineState,
  type Note,
  type Step,
  stay,
  type Turn,
} from './state';
import { promote } from './upgrade';

/** The longest conversation is trimmed to its last question in this many halvings at most. */
export const MOST_TRIMS = 8;

/** @param rung - the model that shall answer, where the visitor asked for a certain one. */
export function asked(state: MachineState, turnId: string, rung?: Rung): Step {
  if (state.turn) return stay(state);
  const turn = { id: turnId, trimmed: 0 };
  const next = { ...state, turn };
  if (rung && !isActive(state, rung)) return askedOf(next, rung);
  if (state.phase === 'ready') return generate(next, turn);
  if (state.phase === 'suspended') return load(next, 'loading');
  if (state.phase === 'failed') return { state, effects: [endTurn(turnId, 'failed')] };
  return stay(next);
}

function askedOf(state: MachineState, rung: Rung): Step {
  const { background } = state;
  const isReady = background?.stage === 'ready' && background.rung.modelId === rung.modelId;
  if (!isReady) return loadChosen(state, rung);
  return andThen(promote(state, background, 'visitor'), (after) =>
    generate(after, after.turn as Turn),
  );
}

export function answered(state: MachineState): Step {
  return stay({ ...state, phase: 'ready', turn: null, error: null, retried: false });
}

export function stopped(state: MachineState): Step {
  if (!state.turn) return stay(state);
  // The engine ends its answer itself, and 'answered' follows with what it had.
  if (state.phase === 'generating') {
    const turn: Turn = { ...state.turn, stopping: true };
    return { state: { ...state, turn }, effects: [{ type: 'interrupt' }] };
  }
  return { state: { ...state, turn: null }, effects: [endTurn(state.turn.id, 'stopped')] };
}

export function trim(state: MachineState, turn: Turn): Step {
  const trimmed = { ...turn, trimmed: turn.trimmed + 1 };
  return noted(generate({ ...state, error: null }, trimmed), {
    kind: 'trimmed',
    turns: trimmed.trimmed,
  });
}

/** The question cannot be answered by this model; the engine is well. */
export function refuse(state: MachineState, turn: Turn, error: EngineError): Step {
  return {
    state: { ...state, phase: 'ready', turn: null },
    effects: [endTurn(turn.id, 'failed', error.kind)],
  };
}

/** Tells the visitor, with the answer in question, what is done about a failure. */
export function noted({ state, effects }: Step, note: Note): Step {
  if (!state.turn) return { state, effects };
  return { state, effects: [{ type: 'note', turnId: state.turn.id, note }, ...effects] };
}
