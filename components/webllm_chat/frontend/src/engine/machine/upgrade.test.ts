import { describe, expect, it } from 'vitest';
import {
  aLadder,
  aRung,
  BEST_RUNG,
  BETTER_RUNG,
  CPU_RUNG,
  F16_RUNG,
  F32_RUNG,
} from '../../test/fixtures';
import type { EngineError } from '../errors';
import type { Ladder } from '../ladder';
import {
  activeRung,
  INITIAL,
  type MachineEffect,
  type MachineEvent,
  type MachineState,
  step,
} from '../machine';

const LOST: EngineError = { kind: 'device-lost', detail: 'Instance dropped' };
const NO_MEMORY: EngineError = { kind: 'out-of-memory', detail: 'Out of memory' };
const NO_NETWORK: EngineError = { kind: 'network', detail: 'Failed to fetch' };
const NOT_THERE: EngineError = { kind: 'http', detail: 'HTTP 404' };
const NO_ROOM: EngineError = { kind: 'storage-quota', detail: 'QuotaExceededError' };

/** A life with its events, and the effects of each. */
class Life {
  state: MachineState = INITIAL;
  last: MachineEffect[] = [];
  readonly all: MachineEffect[] = [];

  do(...events: MachineEvent[]): this {
    for (const event of events) {
      const { state, effects } = step(this.state, event);
      this.state = state;
      this.last = effects;
      this.all.push(...effects);
    }
    return this;
  }

  background() {
    const { background } = this.state;
    if (!background) throw new Error('Nothing goes on in the background.');
    return background;
  }

  /** The present engine, or the one in the background, says so. */
  loaded = () => this.do({ type: 'loaded', epoch: this.state.epoch });
  answered = () =>
    this.do({ type: 'answered', epoch: this.state.epoch, turnId: this.state.turn?.id ?? '' });
  fetched = () => this.do({ type: 'downloaded', epoch: this.background().epoch });
  prepared = () => this.do({ type: 'loaded', epoch: this.background().epoch });
  broken = (error: EngineError) =>
    this.do({ type: 'load-failed', epoch: this.background().epoch, error });
  ask = (turnId = 'q') => this.do({ type: 'ask', turnId });
  types = () => this.last.map(({ type }) => type);
  model = () => activeRung(this.state)?.modelId;
}

const RUNGS = [BEST_RUNG, BETTER_RUNG, F16_RUNG, CPU_RUNG];

function ready(fields: Partial<Ladder> = {}, rungs = RUNGS): Life {
  const life = new Life();
  const start = rungs.indexOf(F16_RUNG);
  life.do({ type: 'start' }, { type: 'planned', ladder: aLadder(rungs, { start, ...fields }) });
  return life.loaded();
}

describe('the way up', () => {
  it('fetches the next better model as soon as one answers, and not before', () => {
    const life = new Life().do(
      { type: 'start' },
      { type: 'planned', ladder: aLadder(RUNGS, { start: 2 }) },
    );
    expect(life.state.background).toBeNull();
    life.loaded();
    expect(life.background()).toMatchObject({ stage: 'downloading', rung: BETTER_RUNG });
    expect(life.last).toEqual([
      { type: 'fetch', epoch: life.background().epoch, rung: BETTER_RUNG },
    ]);
    expect(life.model()).toBe(F16_RUNG.modelId);
  });

  it('starts the download also when a question waited for the first model', () => {
    const life = new Life().do(
      { type: 'start' },
      { type: 'ask', turnId: 'q' },
      { type: 'planned', ladder: aLadder(RUNGS, { start: 2 }) },
    );
    life.loaded();
    expect(life.types()).toEqual(['generate', 'fetch']);
  });

  it('loads it beside the present one, and offers it', () => {
    const life = ready().fetched();
    const { epoch } = life.background();
    expect(life.last).toEqual([{ type: 'load', epoch, rung: { ...BETTER_RUNG, cached: true } }]);
    life.prepared();
    expect(life.background()).toMatchObject({ stage: 'ready', accepted: false });
    expect(life.model()).toBe(F16_RUNG.modelId);
    const before = life.state.epoch;
    life.do({ type: 'accept-upgrade' });
    expect(life.model()).toBe(BETTER_RUNG.modelId);
    expect(life.state).toMatchObject({ epoch, choice: 'visitor' });
    expect(life.last).toContainEqual({ type: 'discard', epoch: before });
  });

  it('takes over by itself where the policy says so', () => {
    const life = ready({ upgrade: 'automatic' }).fetched().prepared();
    expect(life.model()).toBe(BETTER_RUNG.modelId);
    expect(life.state.choice).toBe('upgrade');
  });

  it('never loads or takes over while an answer is in flight', () => {
    const life = ready({ upgrade: 'automatic' }).ask().fetched();
    expect(life.last).toEqual([]);
    expect(life.background().stage).toBe('downloaded');
    life.answered();
    expect(life.types()).toEqual(['load']);
    life.ask('q2').prepared();
    expect(life.last).toEqual([]);
    expect(life.model()).toBe(F16_RUNG.modelId);
    life.answered();
    expect(life.model()).toBe(BETTER_RUNG.modelId);
  });

  it('waits with an accepted upgrade until the answer has ended', () => {
    const life = ready().fetched().prepared().ask().do({ type: 'accept-upgrade' });
    expect(life.last).toEqual([]);
    expect(life.state.phase).toBe('generating');
    life.answered();
    expect(life.model()).toBe(BETTER_RUNG.modelId);
  });

  it('answers the next question with the better model', () => {
    const life = ready({ upgrade: 'automatic' }).fetched().prepared().ask();
    expect(life.last).toEqual([
      { type: 'generate', epoch: life.state.epoch, turn: { id: 'q', trimmed: 0 } },
    ]);
  });

  it('asks before a download that is large, or that may cost money', () => {
    const large = ready({ upgrade: 'automatic' }).fetched().prepared();
    expect(large.background()).toMatchObject({ stage: 'asking', rung: BEST_RUNG });
    large.do({ type: 'accept-upgrade' });
    expect(large.types()).toEqual(['fetch']);
    const here = { ...F16_RUNG, cached: true };
    const metered = new Life().do(
      { type: 'start' },
      { type: 'planned', ladder: aLadder([BETTER_RUNG, here], { start: 1, metered: true }) },
    );
    metered.loaded();
    expect(metered.background().stage).toBe('asking');
  });

  it('goes straight to loading what is in the browser already', () => {
    const life = ready({}, [{ ...BETTER_RUNG, cached: true }, F16_RUNG, CPU_RUNG]);
    expect(life.types()).toEqual(['load']);
    expect(life.background().stage).toBe('loading');
  });

  it('swaps between turns when memory does not hold both', () => {
    const life = ready({ budgetMb: 1000 }).fetched();
    expect(life.background().stage).toBe('downloaded');
    expect(life.last).toEqual([]);
    const before = life.state.epoch;
    life.do({ type: 'accept-upgrade' });
    expect(life.state.phase).toBe('loading');
    expect(life.last).toEqual([
      { type: 'discard', epoch: before },
      { type: 'load', epoch: life.state.epoch, rung: { ...BETTER_RUNG, cached: true } },
    ]);
    life.loaded();
    expect(life.model()).toBe(BETTER_RUNG.modelId);
  });

  it('goes back to the model before when the swap fails', () => {
    const life = ready({ budgetMb: 1000 }).fetched().do({ type: 'accept-upgrade' });
    life.do({ type: 'load-failed', epoch: life.state.epoch, error: NOT_THERE });
    expect(life.last.at(-1)).toMatchObject({
      type: 'load',
      rung: { modelId: F16_RUNG.modelId },
    });
    life.loaded();
    expect(life.background().rung.modelId).not.toBe(BETTER_RUNG.modelId);
  });

  it('does nothing of itself when it is off, and begins when it is set to something else', () => {
    const life = ready({ upgrade: 'off' });
    expect(life.state.background).toBeNull();
    life.do({ type: 'set-upgrade', upgrade: 'automatic' });
    expect(life.background().stage).toBe('downloading');
    life.do({ type: 'set-upgrade', upgrade: 'off' });
    expect(life.state.background).toBeNull();
    expect(life.types()).toEqual(['discard']);
  });

  it('leaves it at that for this visit when the visitor declines', () => {
    const life = ready().do({ type: 'decline-upgrade' });
    expect(life.state.background).toBeNull();
    life.ask().answered();
    expect(life.state.background).toBeNull();
  });
});

describe('a download in the background', () => {
  it('can be paused and resumed', () => {
    const life = ready();
    const { epoch } = life.background();
    life.do({ type: 'download-paused', epoch });
    expect(life.background().stage).toBe('paused');
    life.ask().answered();
    expect(life.background().stage).toBe('paused');
    life.do({ type: 'accept-upgrade' });
    expect(life.last).toEqual([{ type: 'fetch', epoch, rung: BETTER_RUNG }]);
  });

  it('waits when the network breaks, and goes on when it is tried again', () => {
    const life = ready().broken(NO_NETWORK);
    expect(life.background()).toMatchObject({ stage: 'stalled', error: NO_NETWORK });
    expect(life.state.avoid).toEqual({});
    expect(life.model()).toBe(F16_RUNG.modelId);
    life.do({ type: 'retry' });
    expect(life.background().stage).toBe('downloading');
    expect(life.types()).toEqual(['fetch']);
  });

  it('is given up for a model that cannot be had, and the ladder goes on without it', () => {
    const life = ready().broken(NOT_THERE);
    expect(life.state.avoid).toEqual({ [BETTER_RUNG.modelId]: 'http' });
    expect(life.background()).toMatchObject({ rung: BEST_RUNG, stage: 'asking' });
  });

  it('ends the way up when the storage is full: larger models would not fit either', () => {
    const life = ready().broken(NO_ROOM);
    expect(life.state.background).toBeNull();
    expect(Object.keys(life.state.avoid)).toEqual([BETTER_RUNG.modelId, BEST_RUNG.modelId]);
    expect(life.model()).toBe(F16_RUNG.modelId);
  });

  it('shows its own progress, never the foreground’s', () => {
    const life = ready();
    const progress = { stage: 'download' as const, fraction: 0.4, received: 4, total: 10 };
    life.do({ type: 'progress', epoch: life.background().epoch, progress });
    expect(life.background().progress).toEqual(progress);
    expect(life.state).toMatchObject({ phase: 'ready', progress: null });
  });

  it('notices when another tab has fetched the files, or they were deleted', () => {
    const life = ready({}, [BEST_RUNG, F16_RUNG, CPU_RUNG]);
    life.do({ type: 'files', modelId: BEST_RUNG.modelId, cached: true });
    expect(life.state.rungs[0]?.cached).toBe(true);
    expect(life.background().rung.cached).toBe(true);
  });
});

describe('failures on the way up', () => {
  it('holds two models apart when both at once were too much', () => {
    const life = ready().fetched();
    const { epoch } = life.background();
    life.broken(NO_MEMORY);
    expect(life.state.together).toBe(false);
    expect(life.background().stage).toBe('downloaded');
    expect(life.last).toEqual([{ type: 'discard', epoch }]);
    life.do({ type: 'accept-upgrade' });
    expect(life.state.phase).toBe('loading');
  });

  it('climbs no further where a model failed for its size', () => {
    const life = ready({ budgetMb: 1000 }).fetched().do({ type: 'accept-upgrade' });
    const small = () => life.do({ type: 'load-failed', epoch: life.state.epoch, error: NO_MEMORY });
    small();
    small();
    life.loaded();
    expect(life.model()).toBe(F16_RUNG.modelId);
    expect(life.state.background).toBeNull();
  });

  it('frees the GPU of the better model first when the present one fails', () => {
    const life = ready().fetched().prepared().ask();
    const { epoch } = life.background();
    life.do({ type: 'answer-failed', epoch: life.state.epoch, turnId: 'q', error: LOST });
    expect(life.last).toContainEqual({ type: 'discard', epoch });
    expect(life.state).toMatchObject({ phase: 'recovering', background: null, together: false });
    life.loaded();
    expect(life.last[0]).toMatchObject({ type: 'generate', turn: { id: 'q' } });
  });

  it('keeps answering when the better model dies waiting', () => {
    const life = ready().fetched().prepared();
    life.do({ type: 'lost', epoch: life.background().epoch, error: LOST });
    expect(life.model()).toBe(F16_RUNG.modelId);
    expect(life.state.together).toBe(false);
  });

  it('loads the present model again when its engine dies between two questions', () => {
    const life = ready({ upgrade: 'off' });
    const before = life.state.epoch;
    life.do({ type: 'lost', epoch: before, error: LOST });
    expect(life.state).toMatchObject({ phase: 'recovering', turn: null });
    expect(life.types()).toEqual(['discard', 'load']);
    life.do({ type: 'lost', epoch: before, error: LOST });
    expect(life.last).toEqual([]);
  });
});

describe('a model chosen by hand', () => {
  const other = aRung({ modelId: 'other', parameters: 900e6, vramMb: 700 });

  it('is fetched while the present one goes on answering, however large it is', () => {
    const life = ready({ upgrade: 'off' }).do({ type: 'choose', rung: BEST_RUNG });
    expect(life.model()).toBe(F16_RUNG.modelId);
    expect(life.background()).toMatchObject({
      rung: BEST_RUNG,
      stage: 'downloading',
      accepted: true,
    });
    life.fetched().prepared();
    expect(life.model()).toBe(BEST_RUNG.modelId);
    expect(life.state.choice).toBe('visitor');
  });

  it('leaves it to the first model to be the one that a reset comes back to', () => {
    const life = ready({ upgrade: 'off' }, [F16_RUNG, CPU_RUNG]);
    life.do({ type: 'choose', rung: other }, { type: 'reset' });
    expect(life.last.at(-1)).toMatchObject({ type: 'load', rung: { modelId: F16_RUNG.modelId } });
  });

  it('never cuts off an answer', () => {
    const life = ready({ upgrade: 'off' }).ask().do({ type: 'choose', rung: other });
    expect(life.state).toMatchObject({ phase: 'generating', turn: { id: 'q' } });
    life.fetched().answered();
    expect(life.types()).toEqual(['load']);
  });

  it('takes the place of what was on its way, and is not climbed on from', () => {
    const life = ready();
    const { epoch } = life.background();
    life.do({ type: 'choose', rung: other });
    expect(life.last[0]).toEqual({ type: 'discard', epoch });
    life.fetched().prepared();
    expect(life.model()).toBe('other');
    expect(life.state.background).toBeNull();
  });

  it('wakes what was on its way when that is what was chosen', () => {
    const life = ready();
    const { epoch } = life.background();
    life.do({ type: 'choose', rung: BETTER_RUNG });
    expect(life.last).toEqual([]);
    expect(life.background()).toMatchObject({ epoch, accepted: true });
  });

  it('is taken back by choosing the present one', () => {
    const life = ready({ upgrade: 'off' }).do({ type: 'choose', rung: other });
    const active = activeRung(life.state);
    if (active) life.do({ type: 'choose', rung: active });
    expect(life.state.background).toBeNull();
    expect(life.model()).toBe(F16_RUNG.modelId);
  });

  it('is loaded with another context window in the place of itself, never beside itself', () => {
    const life = ready({ upgrade: 'off' });
    const rung = { ...(activeRung(life.state) ?? F32_RUNG), contextWindow: 1024 };
    life.do({ type: 'choose', rung });
    expect(life.state.phase).toBe('loading');
    expect(life.last.at(-1)).toMatchObject({ type: 'load', rung: { contextWindow: 1024 } });
    life.loaded();
    expect(activeRung(life.state)?.contextWindow).toBe(1024);
  });

  it('is tried again although it failed before', () => {
    const life = ready().broken(NOT_THERE).do({ type: 'choose', rung: BETTER_RUNG });
    expect(life.state.avoid).toEqual({});
    expect(life.background()).toMatchObject({ rung: BETTER_RUNG, stage: 'downloading' });
  });
});

describe('a question to a certain model', () => {
  const ask = (rung = BETTER_RUNG): MachineEvent => ({ type: 'ask', turnId: 'q', rung });

  it('is answered at once by the better model that is ready, which stays', () => {
    const life = ready().fetched().prepared().do(ask());
    expect(life.model()).toBe(BETTER_RUNG.modelId);
    expect(life.last).toContainEqual({
      type: 'generate',
      epoch: life.state.epoch,
      turn: { id: 'q', trimmed: 0 },
    });
  });

  it('waits while that model is loaded in the place of the present one', () => {
    const life = ready({ upgrade: 'off' }).do(ask());
    expect(life.state).toMatchObject({ phase: 'loading', turn: { id: 'q' } });
    life.loaded();
    expect(life.last).toContainEqual(expect.objectContaining({ type: 'generate' }));
    expect(life.model()).toBe(BETTER_RUNG.modelId);
  });

  it('is asked of the present model without loading anything', () => {
    const life = ready({ upgrade: 'off' });
    life.do(ask(activeRung(life.state) ?? BETTER_RUNG));
    expect(life.types()).toEqual(['generate']);
  });
});

describe('unloading', () => {
  it('ends every engine and what goes on in the background, and a question loads again', () => {
    const life = ready().fetched().prepared();
    const epochs = [life.state.epoch, life.background().epoch];
    life.do({ type: 'suspend' });
    expect(life.last.map((effect) => 'epoch' in effect && effect.epoch)).toEqual(epochs);
    expect(life.state).toMatchObject({ phase: 'suspended', background: null });
    life.ask();
    expect(life.state.phase).toBe('loading');
    life.loaded();
    expect(life.last[0]).toMatchObject({ type: 'generate', turn: { id: 'q' } });
  });

  it('stops the answer in flight, and says so', () => {
    const life = ready({ upgrade: 'off' }).ask().do({ type: 'suspend' });
    expect(life.last).toContainEqual({ type: 'end-turn', turnId: 'q', outcome: 'stopped' });
  });

  it('cancels a load in every phase of it', () => {
    const loading = new Life().do(
      { type: 'start' },
      { type: 'planned', ladder: aLadder(RUNGS, { start: 2 }) },
    );
    for (const stage of ['download', 'load', 'compile', 'warm-up'] as const) {
      const { epoch } = loading.state;
      const progress = { stage, fraction: 0.5 };
      loading.do({ type: 'progress', epoch, progress }, { type: 'suspend' });
      expect(loading.state.phase).toBe('suspended');
      expect(loading.last).toEqual([{ type: 'discard', epoch }]);
      loading.do({ type: 'loaded', epoch });
      expect(loading.state.phase).toBe('suspended');
      loading.do({ type: 'resume' });
      expect(loading.state.phase).toBe('loading');
    }
  });
});

describe('a metered connection', () => {
  const metered = () =>
    new Life().do(
      { type: 'start' },
      { type: 'planned', ladder: aLadder(RUNGS, { start: 2, metered: true }) },
    );

  it('downloads nothing before the visitor agrees', () => {
    const life = metered();
    expect(life.state.phase).toBe('asking');
    expect(life.all.map(({ type }) => type)).toEqual(['plan']);
    life.ask();
    expect(life.state.phase).toBe('asking');
    life.do({ type: 'consent' });
    expect(life.types()).toEqual(['discard', 'load']);
    life.loaded();
    expect(life.last[0]).toMatchObject({ type: 'generate' });
  });

  it('loads what is in the browser without asking', () => {
    const here = { ...F16_RUNG, cached: true };
    const life = new Life().do(
      { type: 'start' },
      { type: 'planned', ladder: aLadder([here], { metered: true }) },
    );
    expect(life.state.phase).toBe('loading');
  });
});
