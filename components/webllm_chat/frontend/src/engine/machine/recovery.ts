/** What is done about a failure, by its kind: the remedies of `errors.json`, then a step down. */
import { type EngineError, errorKind, isAboutSize } from '../errors';
import type { Rung } from '../ladder';
import { MOST_TRIMS, noted, refuse, trim } from './answering';
import { giveUp } from './loading';
import {
  andThen,
  avoiding,
  dropBackground,
  endTurn,
  load,
  type MachineState,
  relisted,
  type Step,
  stay,
} from './state';

/** Tokens. A context window this short still holds a short talk, and its memory is small. */
export const SMALLEST_CONTEXT_WINDOW = 1024;

/** The engine in the foreground failed, while loading, answering, or doing nothing. */
export function failed(state: MachineState, error: EngineError): Step {
  if (state.turn?.stopping) {
    const ended = endTurn(state.turn.id, 'stopped');
    return andThen({ state: { ...state, turn: null }, effects: [ended] }, (after) =>
      failed(after, error),
    );
  }
  const { remedy } = errorKind(error.kind);
  if (state.phase === 'generating' && state.turn) {
    if (remedy === 'trim' && state.turn.trimmed < MOST_TRIMS) return trim(state, state.turn);
    if (remedy === 'refuse') return refuse(state, state.turn, error);
  }
  const known: MachineState = { ...state, error };
  return andThen(freeTheGpu(known), (after) => remedied(after, error));
}

/** A model that was being loaded beside this one may be the reason, and is in the way now. */
function freeTheGpu(state: MachineState): Step {
  const stage = state.background?.stage;
  if (stage !== 'loading' && stage !== 'ready') return stay(state);
  return dropBackground({ ...state, together: false });
}

function remedied(state: MachineState, error: EngineError): Step {
  const rung = state.rungs[state.rung] as Rung;
  switch (errorKind(error.kind).remedy) {
    case 'same-model-once':
      if (!state.retried && !isHopeless(state, error)) return sameModelAgain(state, rung, error);
      // WebLLM ends its device when memory runs out, so a device lost in loading may mean that.
      return isLoading(state) && isAboutSize(error.kind)
        ? shorterOrDown(state, rung, error)
        : stepDown(state, error);
    case 'smaller-context':
      return shorterOrDown(state, rung, error);
    case 'f32-sibling':
      return rung.f32 ? f32Instead(state, rung, rung.f32, error) : stepDown(state, error);
    default:
      return stepDown(state, error);
  }
}

/** What hangs while it is loaded would hang again, and has cost half a minute already. */
function isHopeless(state: MachineState, { kind }: EngineError): boolean {
  return isLoading(state) && kind === 'engine-hung';
}

function isLoading({ phase }: MachineState): boolean {
  return phase !== 'ready' && phase !== 'generating';
}

function shorterOrDown(state: MachineState, rung: Rung, error: EngineError): Step {
  return rung.contextWindow > SMALLEST_CONTEXT_WINDOW
    ? smallerContext(state, rung, error)
    : stepDown(state, error);
}

function sameModelAgain(state: MachineState, { modelId }: Rung, error: EngineError): Step {
  const known = { ...withFailure(state, modelId, error), retried: true };
  return noted(recover(known), { kind: 'same-model-again', modelId, error: error.kind });
}

/** WebLLM answers one conversation at a time, so the batch is 1 already: the context is what is
 * left to make smaller before the model. */
function smallerContext(state: MachineState, rung: Rung, error: EngineError): Step {
  const { modelId } = rung;
  const smaller = { ...rung, contextWindow: SMALLEST_CONTEXT_WINDOW };
  const known = replaceRung(withFailure(state, modelId, error), smaller);
  return noted(recover(known), {
    kind: 'smaller-context',
    modelId,
    contextWindow: smaller.contextWindow,
    error: error.kind,
  });
}

/** A GPU that cannot compile one 16-bit build compiles none. */
function f32Instead(state: MachineState, from: Rung, to: Rung, error: EngineError): Step {
  const known = withRungs(withFailure(state, from.modelId, error), (rung) => rung.f32 ?? rung);
  return noted(recover({ ...known, retried: false }), {
    kind: 'stepped-down',
    from: from.modelId,
    to: to.modelId,
    error: error.kind,
  });
}

function stepDown(state: MachineState, error: EngineError): Step {
  const from = (state.rungs[state.rung] as Rung).modelId;
  const known = avoiding(withFailure(state, from, error), from, error.kind);
  const remember = { type: 'remember-failure' as const, modelId: from, kind: error.kind };
  const below = rungBelow(known);
  const next =
    below < 0
      ? giveUp(known, error)
      : noted(recover({ ...known, rung: below, retried: false }), {
          kind: 'stepped-down',
          from,
          to: (known.rungs[below] as Rung).modelId,
          error: error.kind,
        });
  return { state: next.state, effects: [remember, ...next.effects] };
}

/** The best one below that is in the browser; else the model the visit started with, or below. */
function rungBelow({ rungs, rung, start }: MachineState): number {
  const here = rungs.findIndex(({ cached }, index) => index > rung && cached);
  if (here >= 0) return here;
  const next = Math.max(rung + 1, start);
  return next < rungs.length ? next : -1;
}

function recover(state: MachineState): Step {
  return load({ ...state, recoveries: state.recoveries + 1 }, 'recovering');
}

function withFailure(state: MachineState, modelId: string, { kind }: EngineError): MachineState {
  return { ...state, failures: [...state.failures, { modelId, kind }] };
}

/** Puts other builds in the place of rungs; two that become the same are listed once. */
function withRungs(state: MachineState, change: (rung: Rung) => Rung): MachineState {
  const changed = state.rungs.map(change);
  const ids = changed.map(({ modelId }) => modelId);
  const rungs = changed.filter(({ modelId }, index) => ids.indexOf(modelId) === index);
  return relisted(state, rungs, change);
}

function replaceRung(state: MachineState, rung: Rung): MachineState {
  const rungs = state.rungs.map((each, index) => (index === state.rung ? rung : each));
  return { ...state, rungs };
}
