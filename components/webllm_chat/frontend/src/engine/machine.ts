/**
 * The life of the engine: loading, answering, moving up to better models, and recovering from
 * failure. Pure: a state and an event give the next state and what to do; `manager.ts` does it.
 */
import { answered, asked, stopped } from './machine/answering';
import {
  consent,
  filesChanged,
  giveUp,
  loaded,
  planned,
  progressed,
  reset,
  resume,
  suspend,
} from './machine/loading';
import { failed } from './machine/recovery';
import { isStanding, type MachineEvent, type MachineState, type Step, stay } from './machine/state';
import {
  accepted,
  backgroundFailed,
  backgroundLoaded,
  chosen,
  declined,
  downloaded,
  paused,
  pursue,
  retried,
  upgradeSet,
} from './machine/upgrade';

export * from './machine/state';

export function step(state: MachineState, event: MachineEvent): Step {
  return pursue(transition(state, event));
}

function transition(state: MachineState, event: MachineEvent): Step {
  switch (event.type) {
    case 'probed':
      return stay({ ...state, device: event.device });
    case 'start':
      if (state.phase !== 'starting') return stay(state);
      return { state: { ...state, phase: 'probing' }, effects: [{ type: 'plan' }] };
    case 'planned':
      return planned(state, event.ladder);
    case 'plan-failed':
      return state.phase === 'probing' ? giveUp(state, event.error) : stay(state);
    case 'consent':
      return consent(state);
    case 'ask':
      return asked(state, event.turnId, event.rung);
    case 'stop':
      return stopped(state);
    case 'choose':
      return chosen(state, event.rung);
    case 'set-upgrade':
      return upgradeSet(state, event.upgrade);
    case 'accept-upgrade':
      return accepted(state);
    case 'decline-upgrade':
      return declined(state);
    case 'retry':
      return retried(state);
    case 'files':
      return filesChanged(state, event.modelId, event.cached);
    case 'suspend':
      return suspend(state);
    case 'resume':
      return resume(state);
    case 'reset':
      return reset(state);
    default:
      return told(state, event);
  }
}

type EngineEvent = Extract<MachineEvent, { epoch: number }>;

/** What an engine or a download says; one that was given up is not heard. */
function told(state: MachineState, event: EngineEvent): Step {
  if (event.epoch === state.background?.epoch) return toldInBackground(state, event);
  if (event.epoch !== state.epoch) return stay(state);
  switch (event.type) {
    case 'progress':
      return progressed(state, event.epoch, event.progress);
    case 'loaded':
      return isLoading(state) ? loaded(state) : stay(state);
    case 'load-failed':
      return isLoading(state) ? failed(state, event.error) : stay(state);
    case 'lost':
      return isStanding(state) ? failed(state, event.error) : stay(state);
    case 'answered':
      return event.turnId === state.turn?.id ? answered(state) : stay(state);
    case 'answer-failed':
      return event.turnId === state.turn?.id ? failed(state, event.error) : stay(state);
    // The visitor has ended the download of the model that was to answer.
    case 'download-paused':
    case 'download-cancelled':
      return isLoading(state) ? suspend(state) : stay(state);
    case 'downloaded':
      return stay(state);
  }
}

function toldInBackground(state: MachineState, event: EngineEvent): Step {
  const stage = state.background?.stage;
  switch (event.type) {
    case 'progress':
      return progressed(state, event.epoch, event.progress);
    case 'downloaded':
      return stage === 'downloading' ? downloaded(state) : stay(state);
    case 'download-paused':
      return stage === 'downloading' ? paused(state) : stay(state);
    case 'download-cancelled':
      return declined(state);
    case 'loaded':
      return stage === 'loading' ? backgroundLoaded(state) : stay(state);
    case 'load-failed':
    case 'lost':
      return backgroundFailed(state, event.error);
    default:
      return stay(state);
  }
}

function isLoading({ phase }: MachineState): boolean {
  return ['downloading', 'loading', 'recovering'].includes(phase);
}
