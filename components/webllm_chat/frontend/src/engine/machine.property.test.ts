/** Whatever happens, in whatever order: no question is lost, and no dead engine is asked. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  aDevice,
  aLadder,
  BEST_RUNG,
  BETTER_RUNG,
  CPU_RUNG,
  F16_RUNG,
  F32_RUNG,
} from '../test/fixtures';
import type { Ladder, UpgradePolicy } from './ladder';
import { INITIAL, type MachineEffect, type MachineEvent, type MachineState, step } from './machine';

const WITH_TURN = ['starting', 'probing', 'asking', 'downloading', 'loading'].concat([
  'generating',
  'recovering',
]);
const PHASES = [...WITH_TURN, 'ready', 'suspended', 'failed'];
const HERE = { ...BETTER_RUNG, cached: true };
const LADDERS: Ladder[] = [
  aLadder([BEST_RUNG, BETTER_RUNG, F16_RUNG, CPU_RUNG], { start: 2 }),
  aLadder([BEST_RUNG, HERE, F16_RUNG, CPU_RUNG], { start: 2, upgrade: 'automatic' }),
  aLadder([BETTER_RUNG, F16_RUNG, CPU_RUNG], { start: 1, upgrade: 'automatic', budgetMb: 1000 }),
  aLadder([F16_RUNG, CPU_RUNG], { metered: true }),
  aLadder([CPU_RUNG]),
  aLadder([]),
];
const LOAD_ERRORS = [
  ...['device-lost', 'out-of-memory', 'shader-compilation'],
  ...['network', 'http', 'storage-quota', 'unknown'],
];
const ANSWER_ERRORS = [...LOAD_ERRORS, 'context-exceeded', 'buffer-map-failed', 'worker-crashed'];
const CHOICES = [F32_RUNG, BEST_RUNG, { ...F16_RUNG, contextWindow: 1024 }, CPU_RUNG];
const POLICIES: UpgradePolicy[] = ['automatic', 'offered', 'off'];
const WISHES = [
  ...['start', 'ask', 'ask', 'ask-of', 'stop', 'choose', 'reset', 'probed', 'consent', 'suspend'],
  ...['resume', 'accept-upgrade', 'decline-upgrade', 'set-upgrade', 'retry', 'files'],
] as const;

type Wish = (typeof WISHES)[number];
type Says = 'progress' | 'good' | 'bad' | 'lost' | 'paused';
type Move =
  | { by: 'visitor'; event: Wish; which: number }
  | { by: 'planner'; ladder: number }
  | { by: 'engine'; says: Says; which: number; error: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      by: fc.constant('visitor' as const),
      event: fc.constantFrom(...WISHES),
      which: fc.nat(1000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ by: fc.constant('planner' as const), ladder: fc.nat(5) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      by: fc.constant('engine' as const),
      says: fc.constantFrom<Says>('progress', 'good', 'good', 'bad', 'lost', 'paused'),
      which: fc.nat(1000),
      error: fc.nat(1000),
    }),
  },
);

/** Work that was given and has not ended; given-up engines' work stays in here too. */
type Work =
  | { kind: 'load' | 'fetch'; epoch: number }
  | { kind: 'generate'; epoch: number; turnId: string };

/** Stands in for the manager and the workers, and checks each step. */
class World {
  state: MachineState = INITIAL;
  readonly work: Work[] = [];
  plans = 0;
  /** How each accepted question ended. */
  readonly turns = new Map<string, string[]>();
  /** Engines that live, by epoch. */
  readonly #engines = new Map<number, { loaded: boolean }>();
  #asked = 0;

  play(move: Move): void {
    if (move.by === 'visitor') this.#visitor(move.event, move.which);
    else if (move.by === 'planner') this.plan(move.ladder);
    else if (move.says === 'lost') this.#lose(move.which, move.error);
    else if (this.work.length > 0) {
      this.say(move.which % this.work.length, move.says, move.error);
    }
  }

  plan(ladder: number): void {
    if (this.plans === 0) return;
    this.plans -= 1;
    this.#send({ type: 'planned', ladder: LADDERS[ladder] as Ladder });
  }

  /** One answer of an engine or a download, given up or not, to work it was given. */
  say(index: number, says: Exclude<Says, 'lost'>, error = 0): void {
    const work = this.work[index] as Work;
    const { epoch } = work;
    if (says === 'paused' && work.kind !== 'fetch') return;
    if (says === 'progress') {
      const progress = { stage: 'download', fraction: 0.5 } as const;
      if (work.kind !== 'generate') this.#send({ type: 'progress', epoch, progress });
      return;
    }
    this.work.splice(index, 1);
    const stale = epoch !== this.state.epoch && epoch !== this.state.background?.epoch;
    const before = this.state;
    this.#send(this.#word(work, says, error));
    if (stale) expect(this.state).toBe(before);
  }

  #word(work: Work, says: 'good' | 'bad' | 'paused', error: number): MachineEvent {
    const { kind, epoch } = work;
    const kinds = kind === 'generate' ? ANSWER_ERRORS : LOAD_ERRORS;
    const failure = { kind: kinds[error % kinds.length] as string, detail: '' };
    if (says === 'paused') return { type: 'download-paused', epoch };
    if (kind === 'generate' && says === 'good') {
      const isOpen = epoch === this.state.epoch && this.state.turn?.id === work.turnId;
      if (isOpen) this.turns.get(work.turnId)?.push('answered');
      return { type: 'answered', epoch, turnId: work.turnId };
    }
    if (kind === 'generate') {
      return { type: 'answer-failed', epoch, turnId: work.turnId, error: failure };
    }
    if (says === 'bad') return { type: 'load-failed', epoch, error: failure };
    if (kind === 'fetch') return { type: 'downloaded', epoch };
    const engine = this.#engines.get(epoch);
    if (engine) engine.loaded = true;
    return { type: 'loaded', epoch };
  }

  #lose(which: number, error: number): void {
    const loaded = [...this.#engines].filter(([, engine]) => engine.loaded);
    const [epoch] = loaded[which % Math.max(1, loaded.length)] ?? [];
    if (epoch === undefined) return;
    const kind = error % 2 === 0 ? 'device-lost' : 'engine-hung';
    this.#send({ type: 'lost', epoch, error: { kind, detail: '' } });
  }

  #visitor(event: Wish, which: number): void {
    const rung = CHOICES[which % CHOICES.length] as (typeof CHOICES)[number];
    switch (event) {
      case 'ask':
      case 'ask-of': {
        this.#asked += 1;
        const turnId = `turn ${this.#asked}`;
        // A question while another is open is refused; the composer keeps its text.
        if (!this.state.turn) this.turns.set(turnId, []);
        this.#send({ type: 'ask', turnId, ...(event === 'ask-of' ? { rung } : {}) });
        return;
      }
      case 'choose':
        this.#send({ type: 'choose', rung });
        return;
      case 'probed':
        this.#send({ type: 'probed', device: aDevice() });
        return;
      case 'set-upgrade':
        this.#send({ type: 'set-upgrade', upgrade: POLICIES[which % 3] as UpgradePolicy });
        return;
      case 'files':
        this.#send({ type: 'files', modelId: rung.modelId, cached: which % 2 === 0 });
        return;
      default:
        this.#send({ type: event });
    }
  }

  #send(event: MachineEvent): void {
    const before = this.state;
    const { state, effects } = step(before, event);
    this.state = state;
    for (const effect of effects) this.#perform(effect);
    this.#check(before);
  }

  #perform(effect: MachineEffect): void {
    const { epoch, background } = this.state;
    switch (effect.type) {
      case 'plan':
        this.plans += 1;
        return;
      case 'discard':
        this.#engines.delete(effect.epoch);
        return;
      case 'load':
        expect([epoch, background?.epoch]).toContain(effect.epoch);
        expect(this.#engines.has(effect.epoch)).toBe(false);
        this.#engines.set(effect.epoch, { loaded: false });
        this.work.push({ kind: 'load', epoch: effect.epoch });
        return;
      case 'fetch':
        expect(effect.epoch).toBe(background?.epoch);
        this.work.push({ kind: 'fetch', epoch: effect.epoch });
        return;
      case 'generate':
        expect(this.#engines.get(effect.epoch)).toEqual({ loaded: true });
        expect(effect.epoch).toBe(epoch);
        expect(effect.turn).toEqual(this.state.turn);
        expect(this.#generating()).toBe(false);
        this.work.push({ kind: 'generate', epoch: effect.epoch, turnId: effect.turn.id });
        return;
      case 'interrupt':
        expect(this.#generating()).toBe(true);
        return;
      case 'note':
        expect(this.turns.get(effect.turnId)).toEqual([]);
        return;
      case 'remember-failure':
        return;
      case 'end-turn':
        this.turns.get(effect.turnId)?.push(effect.outcome);
    }
  }

  #generating(): boolean {
    return this.work.some(({ kind, epoch }) => kind === 'generate' && epoch === this.state.epoch);
  }

  #check(before: MachineState): void {
    const { phase, rungs, rung, start, turn, epoch, background } = this.state;
    expect(PHASES).toContain(phase);
    expect(rung === 0 || rung < rungs.length).toBe(true);
    expect(start === 0 || start < rungs.length).toBe(true);
    expect(new Set(rungs.map(({ modelId }) => modelId)).size).toBe(rungs.length);
    expect(this.state.lastEpoch).toBeGreaterThanOrEqual(before.lastEpoch);
    expect(phase === 'generating').toBe(this.#generating());
    if (!WITH_TURN.includes(phase)) expect(turn).toBeNull();
    const isStanding = phase === 'ready' || phase === 'generating';
    expect(this.#engines.get(epoch)?.loaded ?? false).toBe(isStanding);
    // At most two engines live: the present one, and one beside it that is in the background.
    const mayLive = [epoch, background?.epoch];
    for (const living of this.#engines.keys()) expect(mayLive).toContain(living);
    const isInMemory = background?.stage === 'loading' || background?.stage === 'ready';
    if (isInMemory) expect(isStanding).toBe(true);
    if (background?.stage === 'ready') {
      expect(this.#engines.get(background.epoch)?.loaded).toBe(true);
    }
    for (const [id, ends] of this.turns) {
      expect(ends.length, `${id} is open or ended, once`).toBe(turn?.id === id ? 0 : 1);
    }
  }
}

const RUNS = { numRuns: 1000 };
const moves = (maxLength: number) => fc.array(move, { maxLength });

/** Lets everything that goes on come to its end. */
function rest(world: World, says: 'good' | 'bad', error = 0): void {
  for (const event of ['start', 'consent', 'resume'] as const) {
    world.play({ by: 'visitor', event, which: 0 });
  }
  for (let rounds = 0; world.plans > 0 || world.work.length > 0; rounds += 1) {
    expect(rounds).toBeLessThan(500);
    if (world.plans > 0) world.plan(0);
    else world.say(0, says, error);
    if (world.state.phase === 'asking') {
      world.play({ by: 'visitor', event: 'consent', which: 0 });
    }
  }
}

it('loses no question, asks no dead engine, and is always in a phase it knows', () => {
  fc.assert(
    fc.property(moves(60), (list) => {
      const world = new World();
      for (const each of list) world.play(each);
    }),
    RUNS,
  );
});

it('comes to rest, with every question ended, once engines do their work', () => {
  fc.assert(
    fc.property(moves(40), (list) => {
      const world = new World();
      for (const each of list) world.play(each);
      rest(world, 'good');
      expect(['ready', 'failed']).toContain(world.state.phase);
      expect(world.state.turn).toBeNull();
    }),
    RUNS,
  );
});

it('comes to rest when everything that can fail does', () => {
  fc.assert(
    fc.property(moves(40), fc.nat(1000), (list, error) => {
      const world = new World();
      for (const each of list) world.play(each);
      rest(world, 'bad', error);
      expect(world.state.turn).toBeNull();
    }),
    RUNS,
  );
});
