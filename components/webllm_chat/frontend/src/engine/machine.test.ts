import { describe, expect, it } from 'vitest';
import { aDevice, aLadder, aRung, CPU_RUNG, F16_RUNG, F32_RUNG } from '../test/fixtures';
import type { EngineError } from './errors';
import type { Rung } from './ladder';
import {
  activeRung,
  INITIAL,
  type MachineEffect,
  type MachineEvent,
  type MachinePhase,
  type MachineState,
  type Progress,
  type Step,
  step,
} from './machine';
import { SMALLEST_CONTEXT_WINDOW } from './machine/recovery';

/** A small one below the first, for stepping down; nothing above it, so that nothing is climbed. */
const SMALL_RUNG = aRung({ modelId: 'tiny-q4f32_1', parameters: 100e6, vramMb: 200 });
const LADDER = aLadder([F16_RUNG, SMALL_RUNG, CPU_RUNG]);
const OTHER_RUNG = aRung({ modelId: 'other', contextWindow: 2048, parameters: 900e6 });
const DOWNLOADING: Progress = { stage: 'download', fraction: 0.4, received: 4, total: 10 };
const LOADING: Progress = { stage: 'load', fraction: 0.8 };

const LOST: EngineError = { kind: 'device-lost', detail: 'Instance dropped' };
const NO_MEMORY: EngineError = { kind: 'out-of-memory', detail: 'Out of memory' };
const NO_F16: EngineError = { kind: 'shader-compilation', detail: 'Invalid ShaderModule' };
const BROKEN: EngineError = { kind: 'corrupt-file', detail: 'CorruptFileError' };
const TOO_LONG: EngineError = { kind: 'context-exceeded', detail: 'Prompt tokens exceed' };

/** Plays events one after the other; the effects are those of the last. */
function play(state: MachineState, ...events: MachineEvent[]): Step {
  return events.reduce<Step>((last, event) => step(last.state, event), { state, effects: [] });
}

const PLANNED: MachineEvent = { type: 'planned', ladder: LADDER };
const ASK: MachineEvent = { type: 'ask', turnId: 'q' };
const STOP: MachineEvent = { type: 'stop' };
const CHOOSE: MachineEvent = { type: 'choose', rung: OTHER_RUNG };
const RESET: MachineEvent = { type: 'reset' };

// What the present engine says.
const progress = ({ epoch }: MachineState, what = LOADING): MachineEvent => ({
  type: 'progress',
  epoch,
  progress: what,
});
const loaded = ({ epoch }: MachineState): MachineEvent => ({ type: 'loaded', epoch });
const loadFailed = ({ epoch }: MachineState, error: EngineError): MachineEvent => ({
  type: 'load-failed',
  epoch,
  error,
});
const answered = ({ epoch }: MachineState, turnId = 'q'): MachineEvent => ({
  type: 'answered',
  epoch,
  turnId,
});
const answerFailed = ({ epoch }: MachineState, error: EngineError, turnId = 'q'): MachineEvent => ({
  type: 'answer-failed',
  epoch,
  turnId,
  error,
});

const STARTING = INITIAL;
const PROBING = play(STARTING, { type: 'start' }).state;
const AT_LOADING = play(PROBING, PLANNED).state;
const AT_DOWNLOADING = play(AT_LOADING, progress(AT_LOADING, DOWNLOADING)).state;
const READY = play(AT_LOADING, loaded(AT_LOADING)).state;
const GENERATING = play(READY, ASK).state;
const RECOVERING = play(GENERATING, answerFailed(GENERATING, LOST)).state;
const LAST_RUNG = play(PROBING, {
  type: 'planned',
  ladder: aLadder([CPU_RUNG], { choice: 'no-gpu' }),
}).state;
const ASKING = play(PROBING, {
  type: 'planned',
  ladder: aLadder([F16_RUNG, CPU_RUNG], { metered: true }),
}).state;
const SUSPENDED = play(READY, { type: 'suspend' }).state;
const FAILED = play(LAST_RUNG, loadFailed(LAST_RUNG, BROKEN)).state;

const AT: Record<MachinePhase, MachineState> = {
  starting: STARTING,
  probing: PROBING,
  asking: ASKING,
  downloading: AT_DOWNLOADING,
  loading: AT_LOADING,
  ready: READY,
  generating: GENERATING,
  recovering: RECOVERING,
  suspended: SUSPENDED,
  failed: FAILED,
};
const ALL_PHASES = Object.keys(AT) as MachinePhase[];
const WITHOUT_TURN = ALL_PHASES.filter((phase) => AT[phase].turn === null);

function effectTypes(effects: MachineEffect[]): string[] {
  return effects.map(({ type }) => type);
}

it('meets every phase in these tests', () => {
  for (const phase of ALL_PHASES) expect(AT[phase].phase).toBe(phase);
});

describe('start', () => {
  it('plans once', () => {
    expect(step(STARTING, { type: 'start' })).toEqual({
      state: { ...STARTING, phase: 'probing' },
      effects: [{ type: 'plan' }],
    });
  });

  it.each(ALL_PHASES.filter((phase) => phase !== 'starting'))('does nothing when %s', (phase) => {
    expect(step(AT[phase], { type: 'start' })).toEqual({ state: AT[phase], effects: [] });
  });
});

describe('probed', () => {
  it.each(ALL_PHASES)('keeps the device and changes nothing else when %s', (phase) => {
    const device = aDevice();
    expect(step(AT[phase], { type: 'probed', device })).toEqual({
      state: { ...AT[phase], device },
      effects: [],
    });
  });
});

describe('planned', () => {
  it('loads the first rung in a new engine', () => {
    const { state, effects } = step(PROBING, PLANNED);
    expect(state).toMatchObject({ phase: 'loading', rung: 0, ...LADDER });
    expect(effects).toEqual([
      { type: 'discard', epoch: PROBING.epoch },
      { type: 'load', epoch: state.epoch, rung: F16_RUNG },
    ]);
    expect(state.epoch).toBeGreaterThan(PROBING.epoch);
  });

  it('fails, and fails the question that waits, when there is nothing to stand on', () => {
    const { state, effects } = play(PROBING, ASK, {
      type: 'planned',
      ladder: aLadder([], { choice: 'no-gpu' }),
    });
    expect(state).toMatchObject({ phase: 'failed', turn: null, choice: 'no-gpu' });
    expect(state.error?.kind).toBe('no-webgpu');
    expect(effects).toContainEqual({ type: 'end-turn', turnId: 'q', outcome: 'failed' });
    expect(effectTypes(effects)).not.toContain('load');
  });
});

describe('progress', () => {
  it.each(['loading', 'downloading'] as const)('shows download and load when %s', (phase) => {
    const at = AT[phase];
    expect(step(at, progress(at, DOWNLOADING)).state).toMatchObject({
      phase: 'downloading',
      progress: DOWNLOADING,
    });
    for (const stage of ['load', 'compile', 'warm-up'] as const) {
      const { state, effects } = step(at, progress(at, { stage, fraction: 0.9 }));
      expect(state).toMatchObject({ phase: 'loading', progress: { stage, fraction: 0.9 } });
      expect(effects).toEqual([]);
    }
  });

  it('leaves a recovery a recovery', () => {
    const { state } = step(RECOVERING, progress(RECOVERING, DOWNLOADING));
    expect(state).toMatchObject({ phase: 'recovering', progress: DOWNLOADING });
  });
});

describe('loaded', () => {
  it.each(['loading', 'downloading'] as const)('is ready after %s', (phase) => {
    const at = AT[phase];
    const { state, effects } = step(at, loaded(at));
    expect(state).toMatchObject({ phase: 'ready', progress: null, error: null });
    expect(effects).toEqual([]);
  });

  it('asks the waiting question at once', () => {
    const { state, effects } = step(RECOVERING, loaded(RECOVERING));
    expect(state).toMatchObject({ phase: 'generating', error: null });
    expect(effects).toEqual([
      { type: 'generate', epoch: RECOVERING.epoch, turn: { id: 'q', trimmed: 0 } },
    ]);
  });
});

describe('ask', () => {
  it('generates when ready', () => {
    const { state, effects } = step(READY, ASK);
    const turn = { id: 'q', trimmed: 0 };
    expect(state).toMatchObject({ phase: 'generating', turn });
    expect(effects).toEqual([{ type: 'generate', epoch: READY.epoch, turn }]);
  });

  it.each([
    'starting',
    'probing',
    'downloading',
    'loading',
  ] as const)('waits when %s, and is answered once a model is loaded', (phase) => {
    const waiting = step(AT[phase], ASK);
    expect(waiting).toEqual({
      state: { ...AT[phase], turn: { id: 'q', trimmed: 0 } },
      effects: [],
    });
    let { state } = waiting;
    if (phase === 'starting') state = play(state, { type: 'start' }).state;
    if (state.phase === 'probing') state = play(state, PLANNED).state;
    const then = step(state, loaded(state));
    expect(then.state.phase).toBe('generating');
    expect(effectTypes(then.effects)).toEqual(['generate']);
    expect(step(then.state, answered(then.state)).state).toMatchObject({
      phase: 'ready',
      turn: null,
    });
  });

  it('is told at once when nothing can answer', () => {
    expect(step(FAILED, ASK)).toEqual({
      state: FAILED,
      effects: [{ type: 'end-turn', turnId: 'q', outcome: 'failed' }],
    });
  });

  it.each([
    'generating',
    'recovering',
  ] as const)('never puts a second question in the place of the first when %s', (phase) => {
    expect(step(AT[phase], { type: 'ask', turnId: 'second' })).toEqual({
      state: AT[phase],
      effects: [],
    });
  });
});

describe('answered', () => {
  it('is ready for the next question', () => {
    expect(step(GENERATING, answered(GENERATING))).toEqual({
      state: { ...GENERATING, phase: 'ready', turn: null },
      effects: [],
    });
  });

  it('ignores another turn’s end', () => {
    const event = answered(GENERATING, 'another');
    expect(step(GENERATING, event)).toEqual({ state: GENERATING, effects: [] });
  });

  it('gives the model its second chance back', () => {
    const again = play(RECOVERING, loaded(RECOVERING)).state;
    expect(again.retried).toBe(true);
    const { state } = play(again, answered(again));
    expect(state.retried).toBe(false);
    const { effects } = play(state, ASK, answerFailed(state, LOST));
    expect(effects).toContainEqual(
      expect.objectContaining({ type: 'load', rung: { ...F16_RUNG, cached: true } }),
    );
  });
});

describe('what an engine that was given up still says', () => {
  const stale = { epoch: -1 } as MachineState;
  it.each(ALL_PHASES)('is ignored when %s', (phase) => {
    const events = [
      progress(stale, DOWNLOADING),
      loaded(stale),
      loadFailed(stale, LOST),
      answered(stale),
      answerFailed(stale, LOST),
    ];
    for (const event of events) {
      expect(step(AT[phase], event)).toEqual({ state: AT[phase], effects: [] });
    }
  });

  it('is ignored after each step that gives an engine up', () => {
    const steps: [MachineState, MachineState][] = [
      [GENERATING, RECOVERING],
      [GENERATING, play(GENERATING, RESET).state],
      [READY, play(READY, CHOOSE).state],
      [LAST_RUNG, FAILED],
    ];
    for (const [before, after] of steps) {
      for (const event of [
        progress(before),
        loaded(before),
        loadFailed(before, LOST),
        answered(before),
        answerFailed(before, LOST),
      ]) {
        expect(step(after, event)).toEqual({ state: after, effects: [] });
      }
    }
  });
});

describe('a failure while answering', () => {
  it('loads the same model once more after a lost device, and answers the same question', () => {
    const { state, effects } = step(GENERATING, answerFailed(GENERATING, LOST));
    expect(state).toMatchObject({
      phase: 'recovering',
      rung: 0,
      retried: true,
      recoveries: 1,
      turn: { id: 'q', trimmed: 0 },
      failures: [{ modelId: F16_RUNG.modelId, kind: 'device-lost' }],
    });
    expect(effects).toEqual([
      {
        type: 'note',
        turnId: 'q',
        note: { kind: 'same-model-again', modelId: F16_RUNG.modelId, error: 'device-lost' },
      },
      { type: 'discard', epoch: GENERATING.epoch },
      { type: 'load', epoch: state.epoch, rung: { ...F16_RUNG, cached: true } },
    ]);
    expect(state.epoch).toBeGreaterThan(GENERATING.epoch);
  });

  it('steps down when the same model fails a second time', () => {
    const again = play(RECOVERING, loaded(RECOVERING)).state;
    const { state, effects } = step(again, answerFailed(again, LOST));
    expect(state).toMatchObject({ phase: 'recovering', rung: 1, retried: false, recoveries: 2 });
    expect(effects).toContainEqual({
      type: 'note',
      turnId: 'q',
      note: {
        kind: 'stepped-down',
        from: F16_RUNG.modelId,
        to: SMALL_RUNG.modelId,
        error: 'device-lost',
      },
    });
    expect(effects.at(-1)).toEqual({ type: 'load', epoch: state.epoch, rung: SMALL_RUNG });
  });

  it('goes through every rung, twice each, and then gives up with the question', () => {
    const tried: string[] = [];
    let { state, effects } = play(READY, ASK);
    for (let turns = 0; state.phase !== 'failed'; turns += 1) {
      expect(turns).toBeLessThan(10);
      tried.push((state.rungs[state.rung] as Rung).modelId);
      ({ state, effects } = step(state, answerFailed(state, LOST)));
      if (state.phase === 'recovering') ({ state } = step(state, loaded(state)));
    }
    expect(tried).toEqual(
      [F16_RUNG, F16_RUNG, SMALL_RUNG, SMALL_RUNG, CPU_RUNG, CPU_RUNG].map(
        ({ modelId }) => modelId,
      ),
    );
    expect(state).toMatchObject({ phase: 'failed', turn: null, error: LOST, recoveries: 5 });
    expect(state.failures.map(({ modelId }) => modelId)).toEqual(tried);
    expect(effectTypes(effects)).toEqual(['remember-failure', 'discard', 'end-turn']);
  });

  it('makes the context window smaller when memory ran out, and then steps down', () => {
    const { state, effects } = step(GENERATING, answerFailed(GENERATING, NO_MEMORY));
    expect(state).toMatchObject({ phase: 'recovering', rung: 0, turn: { id: 'q' } });
    expect(effects).toContainEqual({
      type: 'note',
      turnId: 'q',
      note: {
        kind: 'smaller-context',
        modelId: F16_RUNG.modelId,
        contextWindow: SMALLEST_CONTEXT_WINDOW,
        error: 'out-of-memory',
      },
    });
    expect(effects.at(-1)).toMatchObject({
      type: 'load',
      epoch: state.epoch,
      rung: { modelId: F16_RUNG.modelId, contextWindow: SMALLEST_CONTEXT_WINDOW },
    });
    const again = step(state, loadFailed(state, NO_MEMORY));
    expect(again.state).toMatchObject({ phase: 'recovering', rung: 1, turn: { id: 'q' } });
    expect(again.effects.at(-1)).toMatchObject({ type: 'load', rung: SMALL_RUNG });
  });

  it('takes the next model at once when one hangs while it is loaded', () => {
    const loading = AT.loading;
    const { state } = play(loading, loadFailed(loading, { kind: 'engine-hung', detail: '' }));
    expect(state).toMatchObject({ phase: 'recovering', rung: loading.rung + 1, retried: false });
  });

  it('remembers what it stepped down from, with all that is larger', () => {
    const ladder = aLadder([OTHER_RUNG, F16_RUNG, CPU_RUNG], { start: 1, upgrade: 'off' });
    const loading = play(PROBING, { type: 'planned', ladder }).state;
    const once = play(loading, loadFailed(loading, LOST)).state;
    const shorter = play(once, loadFailed(once, LOST)).state;
    const { state, effects } = play(shorter, loadFailed(shorter, LOST));
    expect(state.avoid).toEqual({
      [F16_RUNG.modelId]: 'device-lost',
      [OTHER_RUNG.modelId]: 'device-lost',
    });
    expect(effects).toContainEqual({
      type: 'remember-failure',
      modelId: F16_RUNG.modelId,
      kind: 'device-lost',
    });
  });

  it('steps down past what would have to be fetched first', () => {
    const near = { ...CPU_RUNG, cached: true };
    const loading = play(PROBING, {
      type: 'planned',
      ladder: aLadder([F32_RUNG, SMALL_RUNG, near]),
    }).state;
    const { state } = play(loading, loadFailed(loading, NO_F16));
    expect(state.rungs[state.rung]).toEqual(near);
  });

  it('ignores a failure of another turn', () => {
    const event = answerFailed(GENERATING, LOST, 'another');
    expect(step(GENERATING, event)).toEqual({ state: GENERATING, effects: [] });
  });

  it('shows the error until a model is loaded again', () => {
    expect(RECOVERING.error).toEqual(LOST);
    expect(play(RECOVERING, loaded(RECOVERING)).state.error).toBeNull();
  });
});

describe('a failure while loading', () => {
  it('goes to the f32 sibling when the shaders do not compile, and never to the same build', () => {
    const { state, effects } = step(AT_LOADING, loadFailed(AT_LOADING, NO_F16));
    expect(state).toMatchObject({ phase: 'recovering', rung: 0 });
    expect(effects).toEqual([
      { type: 'discard', epoch: AT_LOADING.epoch },
      { type: 'load', epoch: state.epoch, rung: F32_RUNG },
    ]);
    expect(state.rungs.map(({ f32 }) => f32)).toEqual([null, null, null]);
    const below = step(state, loadFailed(state, NO_F16));
    expect(below.effects).toContainEqual(
      expect.objectContaining({ type: 'load', rung: SMALL_RUNG }),
    );
  });

  it.each([
    'loading',
    'downloading',
  ] as const)('tries again, then with a shorter context, then steps down when %s', (phase) => {
    const at = AT[phase];
    const { state, effects } = step(at, loadFailed(at, LOST));
    expect(state).toMatchObject({ phase: 'recovering', rung: 0, retried: true, progress: null });
    expect(effectTypes(effects)).toEqual(['discard', 'load']);
    const shorter = step(state, loadFailed(state, LOST)).state;
    expect(shorter.rungs[0]?.contextWindow).toBe(SMALLEST_CONTEXT_WINDOW);
    expect(step(shorter, loadFailed(shorter, LOST)).state.rung).toBe(1);
  });

  it('notes it with the question that waits', () => {
    const waiting = play(AT_LOADING, ASK).state;
    const { state, effects } = step(waiting, loadFailed(waiting, LOST));
    expect(state.turn).toEqual({ id: 'q', trimmed: 0 });
    expect(effectTypes(effects)).toEqual(['note', 'discard', 'load']);
  });

  it.each([
    'no-adapter',
    'no-webgpu',
    'storage-quota',
    'storage-denied',
    'corrupt-file',
    'http',
    'network',
    'embedded-unavailable',
    'unsupported-model',
    'unknown',
    'a kind of another version',
  ])('steps down for %s', (kind) => {
    const { state } = step(AT_LOADING, loadFailed(AT_LOADING, { kind, detail: '' }));
    expect(state).toMatchObject({ phase: 'recovering', rung: 1 });
  });

  it.each(['buffer-map-failed', 'worker-crashed'])('starts the same model again for %s', (kind) => {
    const { state } = step(AT_LOADING, loadFailed(AT_LOADING, { kind, detail: '' }));
    expect(state).toMatchObject({ phase: 'recovering', rung: 0, retried: true });
  });

  it('fails on the last rung, gives the engine up, and fails the question that waits', () => {
    const waiting = play(LAST_RUNG, ASK).state;
    const { state, effects } = step(waiting, loadFailed(waiting, BROKEN));
    expect(state).toMatchObject({
      phase: 'failed',
      turn: null,
      progress: null,
      error: BROKEN,
      failures: [{ modelId: CPU_RUNG.modelId, kind: 'corrupt-file' }],
    });
    expect(effectTypes(effects)).toEqual(['remember-failure', 'discard', 'end-turn']);
  });
});

describe('a conversation longer than the context window', () => {
  it('is trimmed and asked again in the same engine, with a note', () => {
    const { state, effects } = step(GENERATING, answerFailed(GENERATING, TOO_LONG));
    const turn = { id: 'q', trimmed: 1 };
    expect(state).toMatchObject({ phase: 'generating', rung: 0, epoch: GENERATING.epoch, turn });
    expect(state.error).toBeNull();
    expect(effects).toEqual([
      { type: 'note', turnId: 'q', note: expect.objectContaining({ kind: 'trimmed' }) },
      { type: 'generate', epoch: GENERATING.epoch, turn },
    ]);
  });

  it('is trimmed further each time, and steps down only when there is nothing left to trim', () => {
    let state = GENERATING;
    const trims: number[] = [];
    while (state.phase === 'generating') {
      expect(trims.length).toBeLessThan(20);
      trims.push(state.turn?.trimmed ?? -1);
      state = step(state, answerFailed(state, TOO_LONG)).state;
    }
    expect(trims).toEqual([...trims.keys()]);
    expect(trims.length).toBeGreaterThan(1);
    expect(state).toMatchObject({ phase: 'recovering', rung: 1, turn: { id: 'q' } });
  });

  it('is whole again for the next question', () => {
    const trimmed = play(GENERATING, answerFailed(GENERATING, TOO_LONG)).state;
    const next = play(trimmed, answered(trimmed), { type: 'ask', turnId: 'next' });
    expect(next.state.turn).toEqual({ id: 'next', trimmed: 0 });
  });
});

describe('stop', () => {
  it.each(WITHOUT_TURN)('does nothing without a question when %s', (phase) => {
    expect(step(AT[phase], STOP)).toEqual({ state: AT[phase], effects: [] });
  });

  it.each([
    'starting',
    'probing',
    'downloading',
    'loading',
    'recovering',
    'asking',
  ] as const)('takes the waiting question back when %s, and goes on loading', (phase) => {
    const waiting = play(AT[phase], ASK).state;
    const { state, effects } = step(waiting, STOP);
    expect(state).toEqual({ ...waiting, turn: null });
    expect(effects).toEqual([{ type: 'end-turn', turnId: 'q', outcome: 'stopped' }]);
  });

  it('is ready, and answers nothing, once the model is loaded after that', () => {
    const { state } = play(AT_LOADING, ASK, STOP, loaded(AT_LOADING));
    expect(state.phase).toBe('ready');
  });

  it('interrupts the answer, which ends itself with what it had', () => {
    const { state, effects } = step(GENERATING, STOP);
    expect(effects).toEqual([{ type: 'interrupt' }]);
    expect(state).toMatchObject({ phase: 'generating', turn: { id: 'q' } });
    expect(step(state, answered(state)).state).toMatchObject({ phase: 'ready', turn: null });
  });
});

describe('choose', () => {
  it.each(
    ALL_PHASES.filter((phase) => phase !== 'generating' && phase !== 'ready'),
  )('loads the chosen model in a new engine when %s', (phase) => {
    const at = AT[phase];
    const { state, effects } = step(at, CHOOSE);
    expect(state).toMatchObject({ phase: 'loading', choice: 'visitor', error: null });
    expect(state.rungs[state.rung]).toEqual(OTHER_RUNG);
    expect(state.turn).toEqual(at.turn);
    expect(effects).toEqual([
      { type: 'discard', epoch: at.epoch },
      { type: 'load', epoch: state.epoch, rung: OTHER_RUNG },
    ]);
    expect(state.epoch).toBeGreaterThan(at.epoch);
  });

  it('answers the question that waits with the chosen model', () => {
    const { state } = play(AT_LOADING, ASK, CHOOSE);
    const { effects } = step(state, loaded(state));
    expect(effects).toEqual([
      { type: 'generate', epoch: state.epoch, turn: { id: 'q', trimmed: 0 } },
    ]);
  });

  it('puts a new model in its place on the ladder, and lists none twice', () => {
    const listed = play(AT_LOADING, CHOOSE, { type: 'choose', rung: CPU_RUNG }).state;
    expect(listed.rungs).toEqual([OTHER_RUNG, F16_RUNG, SMALL_RUNG, CPU_RUNG]);
    expect(listed).toMatchObject({ rung: 3, start: 1 });
  });

  it('gives the chosen model a second chance of its own', () => {
    const { state } = play(RECOVERING, CHOOSE);
    const again = step(state, loadFailed(state, LOST)).state;
    expect(again).toMatchObject({ rung: state.rung, retried: true });
  });
});

describe('reset', () => {
  it.each([
    'downloading',
    'loading',
    'ready',
    'generating',
    'recovering',
    'failed',
  ] as const)('gives the engine up and loads the first rung when %s', (phase) => {
    const at = AT[phase];
    const { state, effects } = step(at, RESET);
    expect(state).toMatchObject({
      phase: 'loading',
      rung: 0,
      turn: null,
      error: null,
      progress: null,
      retried: false,
    });
    expect(effects.slice(-2)).toEqual([
      { type: 'discard', epoch: at.epoch },
      { type: 'load', epoch: state.epoch, rung: at.rungs[0] },
    ]);
    expect(state.epoch).toBeGreaterThan(at.epoch);
  });

  it('ends the question in flight first', () => {
    for (const at of [GENERATING, RECOVERING, play(AT_LOADING, ASK).state]) {
      const { effects } = step(at, RESET);
      expect(effects[0]).toEqual({ type: 'end-turn', turnId: 'q', outcome: 'stopped' });
    }
  });

  it('goes back to the first rung after stepping down', () => {
    const below = play(GENERATING, answerFailed(GENERATING, { kind: 'unknown', detail: '' })).state;
    expect(below.rung).toBe(1);
    const { state, effects } = step(below, RESET);
    expect(effects.at(-1)).toMatchObject({ type: 'load', rung: { modelId: F16_RUNG.modelId } });
    expect(state.avoid).toEqual({});
  });

  it('plans anew when there was nothing to stand on', () => {
    const empty = play(PROBING, {
      type: 'planned',
      ladder: aLadder([], { choice: 'no-gpu' }),
    }).state;
    const { state, effects } = step(empty, RESET);
    expect(state).toMatchObject({ phase: 'probing', error: null });
    expect(effects).toEqual([{ type: 'plan' }]);
    expect(step(state, PLANNED).state.phase).toBe('loading');
  });
});

describe('activeRung', () => {
  it.each(ALL_PHASES)('is the rung stood on, and only then: %s', (phase) => {
    const isStanding = phase === 'ready' || phase === 'generating';
    expect(activeRung(AT[phase])?.modelId).toBe(isStanding ? F16_RUNG.modelId : undefined);
  });
});

describe('what comes late or out of order', () => {
  const rung = (modelId: string): Rung => aRung({ modelId });
  const run = (...events: MachineEvent[]) =>
    events.reduce(
      ({ state, effects }, event) => {
        const next = step(state, event);
        return { state: next.state, effects: [...effects, ...next.effects] };
      },
      { state: INITIAL, effects: [] as MachineEffect[] },
    );
  const planned: MachineEvent = {
    type: 'planned',
    ladder: aLadder([rung('big'), rung('small')]),
  };
  const ready: MachineEvent[] = [{ type: 'start' }, planned, { type: 'loaded', epoch: 1 }];
  const generating: MachineEvent[] = [...ready, { type: 'ask', turnId: 't' }];
  const error = (kind: string) => ({ kind, detail: '' });

  it('stays ready when a progress report follows the end of the load', () => {
    const late = { stage: 'load' as const, fraction: 0.9 };
    expect(run(...ready, { type: 'progress', epoch: 1, progress: late }).state.phase).toBe('ready');
  });

  it('never lets the bar fall back', () => {
    const at = (fraction: number): MachineEvent => ({
      type: 'progress',
      epoch: 1,
      progress: { stage: 'download', fraction },
    });
    const { state } = run({ type: 'start' }, planned, at(0.5), at(0.3));
    expect(state.progress?.fraction).toBe(0.5);
  });

  it('ends a turn that was stopped when its engine then fails', () => {
    const { state, effects } = run(
      ...generating,
      { type: 'stop' },
      { type: 'answer-failed', epoch: 1, turnId: 't', error: error('device-lost') },
    );
    expect(effects).toContainEqual({ type: 'end-turn', turnId: 't', outcome: 'stopped' });
    expect(state).toMatchObject({ phase: 'recovering', turn: null });
  });

  it('asks nothing of an engine that never loaded', () => {
    const { effects } = run(
      { type: 'start' },
      planned,
      { type: 'ask', turnId: 't' },
      { type: 'load-failed', epoch: 1, error: error('context-exceeded') },
    );
    expect(effects.some(({ type }) => type === 'generate')).toBe(false);
  });

  it('keeps the visitor’s choice when the plan comes after it', () => {
    const { state } = run({ type: 'start' }, { type: 'choose', rung: rung('mine') }, planned);
    expect(state.rungs[state.rung]?.modelId).toBe('mine');
  });

  it('leaves a question that is too long unanswered, and the engine ready', () => {
    const { state, effects } = run(...generating, {
      type: 'answer-failed',
      epoch: 1,
      turnId: 't',
      error: error('question-too-long'),
    });
    expect(state).toMatchObject({ phase: 'ready', turn: null, failures: [] });
    expect(effects.at(-1)).toMatchObject({ outcome: 'failed', errorKind: 'question-too-long' });
  });

  it('holds no old failure against a model after a reset', () => {
    const { state } = run(
      ...generating,
      { type: 'answer-failed', epoch: 1, turnId: 't', error: error('out-of-memory') },
      { type: 'reset' },
    );
    expect(state.failures).toEqual([]);
  });
});
