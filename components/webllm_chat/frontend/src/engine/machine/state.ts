/** What is known of the engine's life, what can happen to it, and what is to be done. */
import type { Choice, DeviceReport } from '../../bridge/protocol';
import type { LoadProgress } from '../backend';
import { type EngineError, isAboutSize } from '../errors';
import type { Considered, Ladder, Rung, UpgradePolicy } from '../ladder';

export type MachinePhase =
  | 'starting'
  | 'probing'
  /** Waits for the visitor to allow the first download. */
  | 'asking'
  | 'downloading'
  | 'loading'
  | 'ready'
  | 'generating'
  | 'recovering'
  /** The visitor, or a check that needs the whole GPU, has unloaded the model. */
  | 'suspended'
  | 'failed';

export interface Progress extends LoadProgress {
  /** The app's own server is still fetching the model it brings along. */
  onServer?: boolean;
  /** Download speed. */
  bytesPerS?: number;
}

/** In whole percent, 0 to 100. */
export function percentOf(progress: { fraction: number } | null): number {
  return Math.floor((progress?.fraction ?? 0) * 100);
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
  | { kind: 'smaller-context'; modelId: string; contextWindow: number; error: string }
  | { kind: 'trimmed'; turns: number };

/** A better model on its way, or one the visitor chose, while the present one answers. */
export interface Background {
  rung: Rung;
  stage: /** Waits for the visitor to allow its download. */
    | 'asking'
    | 'downloading'
    /** By the visitor. */
    | 'paused'
    /** The network or the storage failed; goes on when that may have changed. */
    | 'stalled'
    | 'downloaded'
    | 'loading'
    | 'ready';
  /** Of its download and of its engine. */
  epoch: number;
  progress: Progress | null;
  /** The visitor wants it: it takes over as soon as that disturbs no answer. */
  accepted: boolean;
  error: EngineError | null;
}

export interface MachineState {
  phase: MachinePhase;
  device: DeviceReport | null;
  /** Best first. */
  rungs: Rung[];
  /** Index of the rung stood on or being loaded. */
  rung: number;
  /** Index of the rung a visit starts on. */
  start: number;
  choice: Choice | null;
  /** Why each model of the catalog's named set is on the ladder, or not. */
  considered: Considered[];
  /** GPU memory that models may take together, in MB. */
  budgetMb: number;
  /** Downloads cost the visitor money, or the browser was told to save data. */
  metered: boolean;
  upgrade: UpgradePolicy;
  /** Better models are looked for; not after the visitor has chosen one by hand. */
  climbing: boolean;
  progress: Progress | null;
  turn: Turn | null;
  error: EngineError | null;
  /** What failed on this visit while it was to answer, oldest first. */
  failures: Failure[];
  /** Models not climbed to again by themselves, and the kind of error that is the reason. */
  avoid: Record<string, string>;
  /** The rung in use has already had its second chance. */
  retried: boolean;
  /** Two models may be in GPU memory at once; false after that went wrong. */
  together: boolean;
  background: Background | null;
  recoveries: number;
  /** Of the engine in the foreground: what any other engine still says is ignored. */
  epoch: number;
  /** Epochs are given once. */
  lastEpoch: number;
}

export type MachineEvent =
  | { type: 'start' }
  | { type: 'probed'; device: DeviceReport }
  | { type: 'planned'; ladder: Ladder }
  /** What the plan is made from cannot be had. */
  | { type: 'plan-failed'; error: EngineError }
  /** The visitor allows the download that waits for it. */
  | { type: 'consent' }
  | { type: 'progress'; epoch: number; progress: Progress }
  | { type: 'downloaded'; epoch: number }
  | { type: 'download-paused'; epoch: number }
  | { type: 'download-cancelled'; epoch: number }
  | { type: 'loaded'; epoch: number }
  | { type: 'load-failed'; epoch: number; error: EngineError }
  /** An engine died without being asked anything. */
  | { type: 'lost'; epoch: number; error: EngineError }
  | { type: 'ask'; turnId: string; rung?: Rung }
  | { type: 'answered'; epoch: number; turnId: string }
  | { type: 'answer-failed'; epoch: number; turnId: string; error: EngineError }
  | { type: 'stop' }
  | { type: 'choose'; rung: Rung }
  | { type: 'set-upgrade'; upgrade: UpgradePolicy }
  | { type: 'accept-upgrade' }
  | { type: 'decline-upgrade' }
  /** What stalled a download may have passed. */
  | { type: 'retry' }
  /** A model's files are all in the browser, or no longer. */
  | { type: 'files'; modelId: string; cached: boolean }
  | { type: 'suspend' }
  | { type: 'resume' }
  | { type: 'reset' };

export type MachineEffect =
  | { type: 'plan' }
  /** Fetches what is missing and loads it; progress and the end are told by epoch. */
  | { type: 'load'; epoch: number; rung: Rung }
  /** Only fetches, giving way to the answer in flight. */
  | { type: 'fetch'; epoch: number; rung: Rung }
  /** Ends an engine or a download and everything it holds. */
  | { type: 'discard'; epoch: number }
  | { type: 'generate'; epoch: number; turn: Turn }
  | { type: 'interrupt' }
  | { type: 'note'; turnId: string; note: Note }
  /** Keeps in this browser that a model failed here. */
  | { type: 'remember-failure'; modelId: string; kind: string }
  | { type: 'end-turn'; turnId: string; outcome: 'stopped' | 'failed'; errorKind?: string };

export interface Step {
  state: MachineState;
  effects: MachineEffect[];
}

export const INITIAL: MachineState = {
  phase: 'starting',
  device: null,
  rungs: [],
  rung: 0,
  start: 0,
  choice: null,
  considered: [],
  budgetMb: 0,
  metered: false,
  upgrade: 'offered',
  climbing: true,
  progress: null,
  turn: null,
  error: null,
  failures: [],
  avoid: {},
  retried: false,
  together: true,
  background: null,
  recoveries: 0,
  epoch: 0,
  lastEpoch: 0,
};

/** The rung stood on, once a model is loaded there. */
export function activeRung(state: MachineState): Rung | null {
  return isStanding(state) ? (state.rungs[state.rung] ?? null) : null;
}

export function isStanding({ phase }: MachineState): boolean {
  return phase === 'ready' || phase === 'generating';
}

export function stay(state: MachineState): Step {
  return { state, effects: [] };
}

/** Adds what a further transition does to what was to be done already. */
export function andThen(step: Step, next: (state: MachineState) => Step): Step {
  const { state, effects } = next(step.state);
  return { state, effects: [...step.effects, ...effects] };
}

export function endTurn(
  turnId: string,
  outcome: 'stopped' | 'failed',
  errorKind?: string,
): MachineEffect {
  return { type: 'end-turn', turnId, outcome, ...(errorKind === undefined ? {} : { errorKind }) };
}

/** Gives up the engine there was, and loads the current rung in a new one. */
export function load(state: MachineState, phase: 'loading' | 'recovering'): Step {
  const epoch = state.lastEpoch + 1;
  return {
    state: { ...state, phase, epoch, lastEpoch: epoch, progress: null },
    effects: [
      { type: 'discard', epoch: state.epoch },
      { type: 'load', epoch, rung: state.rungs[state.rung] as Rung },
    ],
  };
}

export function generate(state: MachineState, turn: Turn): Step {
  return {
    state: { ...state, phase: 'generating', turn },
    effects: [{ type: 'generate', epoch: state.epoch, turn }],
  };
}

/** Ends what goes on in the background; what it has downloaded stays. */
export function dropBackground(state: MachineState): Step {
  if (!state.background) return stay(state);
  return {
    state: { ...state, background: null },
    effects: [{ type: 'discard', epoch: state.background.epoch }],
  };
}

/** Stands on another rung, listing it in its place if it is new. */
export function standOn(state: MachineState, rung: Rung): MachineState {
  const rungs = withRung(state.rungs, rung);
  return { ...relisted(state, rungs), rung: rungs.indexOf(rung) };
}

/**
 * Puts another list in the place of the rungs; what is stood on, and where a visit starts, stay the
 * same models.
 * @param heir - the rung that stands in the new list for one of the old.
 */
export function relisted(
  state: MachineState,
  rungs: Rung[],
  heir: (rung: Rung) => Rung = (rung) => rung,
): MachineState {
  const indexOf = (at: number) => {
    const before = state.rungs[at];
    const modelId = before && heir(before).modelId;
    return Math.max(
      0,
      rungs.findIndex((rung) => rung.modelId === modelId),
    );
  };
  return { ...state, rungs, rung: indexOf(state.rung), start: indexOf(state.start) };
}

/** Best first, by the models' parameters; the CPU's come last. */
export function withRung(rungs: Rung[], rung: Rung): Rung[] {
  const known = rungs.findIndex(({ modelId }) => modelId === rung.modelId);
  if (known >= 0) return rungs.map((each, index) => (index === known ? rung : each));
  const size = ({ backend, parameters }: Rung) => (backend === 'wllama' ? -1 : parameters);
  const at = rungs.findIndex((each) => size(each) < size(rung));
  return at < 0 ? [...rungs, rung] : [...rungs.slice(0, at), rung, ...rungs.slice(at)];
}

/** Remembers a model that failed, and with it all larger ones where size was the reason. */
export function avoiding(state: MachineState, modelId: string, kind: string): MachineState {
  const at = state.rungs.findIndex((rung) => rung.modelId === modelId);
  const larger = isAboutSize(kind) ? state.rungs.slice(0, Math.max(0, at)) : [];
  const avoid = { ...state.avoid, [modelId]: kind };
  for (const rung of larger) avoid[rung.modelId] ??= kind;
  return { ...state, avoid };
}
