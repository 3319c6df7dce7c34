/**
 * The way up: while a model answers, a better one is fetched, loaded beside it where memory
 * allows, and takes over between two turns. Never disturbs the answer in flight.
 */
import type { Choice } from '../../bridge/protocol';
import { type EngineError, isAboutSize, isTransient } from '../errors';
import type { Rung, UpgradePolicy } from '../ladder';
import { isActive, loadChosen } from './loading';
import {
  andThen,
  avoiding,
  type Background,
  dropBackground,
  isStanding,
  load,
  type MachineState,
  relisted,
  type Step,
  standOn,
  stay,
  withRung,
} from './state';

/** Bytes. What is larger is never downloaded unasked; the first better model is smaller. */
const UNASKED_BYTES = 500e6;

/** Takes the next step up, as often as there is one to take now. */
export function pursue(step: Step): Step {
  const next = nextStep(step.state);
  return next ? pursue({ state: next.state, effects: [...step.effects, ...next.effects] }) : step;
}

function nextStep(state: MachineState): Step | undefined {
  if (!isStanding(state)) return undefined;
  const { background } = state;
  if (!background) {
    const rung = rungAbove(state);
    return rung && begin(state, rung, false);
  }
  // From here on the GPU has work to do, and the answer in flight has it first.
  if (state.phase !== 'ready') return undefined;
  const isWanted = background.accepted || state.upgrade === 'automatic';
  if (background.stage === 'downloaded') {
    if (fitsBeside(state, background.rung)) return loadBeside(state, background);
    return isWanted ? swap(state, background) : undefined;
  }
  if (background.stage === 'ready' && isWanted) {
    return promote(state, background, background.accepted ? 'visitor' : 'upgrade');
  }
  return undefined;
}

/** The next better model that is not known to fail here. */
function rungAbove(state: MachineState): Rung | undefined {
  if (state.upgrade === 'off' || !state.climbing) return undefined;
  return state.rungs
    .slice(0, state.rung)
    .findLast(({ modelId }) => state.avoid[modelId] === undefined);
}

function begin(state: MachineState, rung: Rung, accepted: boolean): Step {
  const epoch = state.lastEpoch + 1;
  const background: Background = {
    rung,
    stage: 'asking',
    epoch,
    progress: null,
    accepted,
    error: null,
  };
  const next = { ...state, lastEpoch: epoch };
  if (rung.cached) return stay({ ...next, background: { ...background, stage: 'downloaded' } });
  if (!accepted && !mayDownloadUnasked(state, rung)) return stay({ ...next, background });
  return fetch(next, background);
}

function mayDownloadUnasked({ metered }: MachineState, { downloadBytes }: Rung): boolean {
  return !metered && downloadBytes !== null && downloadBytes <= UNASKED_BYTES;
}

function fetch(state: MachineState, background: Background): Step {
  return {
    state: { ...state, background: { ...background, stage: 'downloading', error: null } },
    effects: [{ type: 'fetch', epoch: background.epoch, rung: background.rung }],
  };
}

/** WebGPU tells no free memory, so both models' figures are held against the ladder's budget. */
function fitsBeside(state: MachineState, rung: Rung): boolean {
  const active = state.rungs[state.rung];
  if (!active || active.modelId === rung.modelId || !state.together) return false;
  const memory = ({ backend, vramMb }: Rung) => (backend === 'wllama' ? 0 : vramMb);
  const [here, there] = [memory(active), memory(rung)];
  return here !== null && there !== null && here + there <= state.budgetMb;
}

function loadBeside(state: MachineState, background: Background): Step {
  return {
    state: { ...state, background: { ...background, stage: 'loading', progress: null } },
    effects: [{ type: 'load', epoch: background.epoch, rung: background.rung }],
  };
}

/** Gives the present model up first, since both would not fit; back to it if that fails. */
function swap(state: MachineState, background: Background): Step {
  const choice: Choice = background.accepted ? 'visitor' : 'upgrade';
  const next = { ...standOn({ ...state, background: null }, background.rung), choice };
  return load({ ...next, retried: false }, 'loading');
}

/** The better model answers from now on; the one before it is freed. */
export function promote(state: MachineState, background: Background, choice: Choice): Step {
  return {
    state: {
      ...standOn(state, { ...background.rung, cached: true }),
      background: null,
      epoch: background.epoch,
      choice,
      retried: false,
      error: null,
    },
    effects: [{ type: 'discard', epoch: state.epoch }],
  };
}

/** The visitor wants this model: it is fetched while the present one goes on answering. */
export function chosen(state: MachineState, rung: Rung): Step {
  const { [rung.modelId]: _, ...avoid } = state.avoid;
  const next: MachineState = { ...state, avoid };
  if (!isStanding(state)) return loadChosen(next, rung);
  const { background } = state;
  // Choosing what answers already takes back the choice of another.
  if (isActive(state, rung)) return background?.accepted ? dropBackground(next) : stay(state);
  if (background && isSame(background.rung, rung)) return accepted(next);
  // Whoever chooses by hand is not moved on to another model afterwards.
  return andThen(dropBackground({ ...next, climbing: false }), (after) =>
    begin(listed(after, rung), rung, true),
  );
}

function isSame(a: Rung, b: Rung): boolean {
  return a.modelId === b.modelId && a.contextWindow === b.contextWindow;
}

/** The rung in its place on the ladder, while another is stood on. */
function listed(state: MachineState, rung: Rung): MachineState {
  const active = state.rungs[state.rung] as Rung;
  if (active.modelId === rung.modelId) return state;
  return relisted(state, withRung(state.rungs, rung));
}

export function accepted(state: MachineState): Step {
  const { background } = state;
  if (!background) return stay(state);
  const wanted = { ...background, accepted: true };
  const isWaiting = ['asking', 'paused', 'stalled'].includes(background.stage);
  return isWaiting ? fetch(state, wanted) : stay({ ...state, background: wanted });
}

/** Not now: neither this model nor a larger one is offered again on this visit. */
export function declined(state: MachineState): Step {
  if (!state.background) return stay(state);
  return dropBackground({ ...state, climbing: false });
}

export function upgradeSet(state: MachineState, upgrade: UpgradePolicy): Step {
  const next = { ...state, upgrade, climbing: true };
  const isUnwanted = upgrade === 'off' && state.background && !state.background.accepted;
  return isUnwanted ? dropBackground(next) : stay(next);
}

export function downloaded(state: MachineState): Step {
  const background = state.background as Background;
  const rung = { ...background.rung, cached: true };
  const rungs = state.rungs.map((each) => (each.modelId === rung.modelId ? rung : each));
  return stay({ ...state, rungs, background: { ...background, rung, stage: 'downloaded' } });
}

export function paused(state: MachineState): Step {
  const background = state.background as Background;
  return stay({ ...state, background: { ...background, stage: 'paused' } });
}

export function retried(state: MachineState): Step {
  const { background } = state;
  return background?.stage === 'stalled' ? fetch(state, background) : stay(state);
}

export function backgroundLoaded(state: MachineState): Step {
  const background = state.background as Background;
  return stay({ ...state, background: { ...background, stage: 'ready', progress: null } });
}

/** The ladder goes on without a model that fails; a broken connection only makes it wait. */
export function backgroundFailed(state: MachineState, error: EngineError): Step {
  const background = state.background as Background;
  const inMemory = background.stage === 'loading' || background.stage === 'ready';
  if (!inMemory && isTransient(error)) {
    return stay({ ...state, background: { ...background, stage: 'stalled', error } });
  }
  if (inMemory && isAboutSize(error.kind) && fitsBeside(state, background.rung)) {
    return apart(state, background);
  }
  const { modelId } = background.rung;
  return andThen(
    {
      state: avoiding(state, modelId, error.kind),
      effects: [{ type: 'remember-failure', modelId, kind: error.kind }],
    },
    dropBackground,
  );
}

/** Two models at once were too much, which says nothing against either alone. */
function apart(state: MachineState, background: Background): Step {
  const epoch = state.lastEpoch + 1;
  return {
    state: {
      ...state,
      together: false,
      lastEpoch: epoch,
      background: { ...background, stage: 'downloaded', epoch, progress: null },
    },
    effects: [{ type: 'discard', epoch: background.epoch }],
  };
}
