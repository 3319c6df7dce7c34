/** Whatever happens, in whatever order: no question is lost, and no dead engine is asked. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aDevice, CPU_RUNG, F16_RUNG, F32_RUNG } from '../test/fixtures';
import { INITIAL, type MachineEffect, type MachineEvent, type MachineState, step } from './machine';

const PHASES = [
  ...['starting', 'probing', 'downloading', 'loading'],
  ...['ready', 'generating', 'recovering', 'failed'],
];
const LADDERS = [[F16_RUNG, F32_RUNG, CPU_RUNG], [F16_RUNG, CPU_RUNG], [CPU_RUNG], []];
const LOAD_ERRORS = ['device-lost', 'out-of-memory', 'shader-compilation', 'network', 'unknown'];
const ANSWER_ERRORS = [...LOAD_ERRORS, 'context-exceeded', 'buffer-map-failed', 'worker-crashed'];

type Move =
  | { by: 'visitor'; event: 'start' | 'ask' | 'stop' | 'choose' | 'reset' | 'probed' }
  | { by: 'planner'; ladder: number }
  | { by: 'engine'; says: 'progress' | 'good' | 'bad'; which: number; error: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      by: fc.constant('visitor' as const),
      event: fc.constantFrom('start', 'ask', 'ask', 'stop', 'choose', 'reset', 'probed'),
    }) as fc.Arbitrary<Move>,
  },
  {
    weight: 1,
    arbitrary: fc.record({ by: fc.constant('planner' as const), ladder: fc.nat(3) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      by: fc.constant('engine' as const),
      says: fc.constantFrom('progress', 'good', 'bad'),
      which: fc.nat(1000),
      error: fc.nat(1000),
    }) as fc.Arbitrary<Move>,
  },
);

/** Work that an engine was given and has not ended; given-up engines' work stays in here too. */
type Work = { kind: 'load'; epoch: number } | { kind: 'generate'; epoch: number; turnId: string };

/** Stands in for the manager and the workers, and checks each step. */
class World {
  state: MachineState = INITIAL;
  readonly work: Work[] = [];
  plans = 0;
  /** How each accepted question ended. */
  readonly turns = new Map<string, string[]>();
  #engine: { epoch: number; loaded: boolean } | undefined;
  #asked = 0;

  play(move: Move): void {
    if (move.by === 'visitor') this.#visitor(move.event);
    else if (move.by === 'planner') this.plan(move.ladder);
    else if (this.work.length > 0) {
      this.say(move.which % this.work.length, move.says, move.error);
    }
  }

  plan(ladder: number): void {
    if (this.plans === 0) return;
    this.plans -= 1;
    const rungs = LADDERS[ladder] ?? [];
    this.#send({ type: 'planned', ladder: { rungs, choice: 'default' } });
  }

  /** One answer of an engine, given up or not, to work it was given. */
  say(index: number, says: 'progress' | 'good' | 'bad', error = 0): void {
    const work = this.work[index] as Work;
    const { epoch } = work;
    if (says === 'progress') {
      const progress = { stage: 'download', fraction: 0.5 } as const;
      if (work.kind === 'load') this.#send({ type: 'progress', epoch, progress });
      return;
    }
    this.work.splice(index, 1);
    const stale = epoch !== this.state.epoch;
    const before = this.state;
    const kinds = work.kind === 'load' ? LOAD_ERRORS : ANSWER_ERRORS;
    const failure = { kind: kinds[error % kinds.length] as string, detail: '' };
    if (work.kind === 'load' && says === 'good') {
      if (this.#engine?.epoch === epoch) this.#engine.loaded = true;
      this.#send({ type: 'loaded', epoch });
    } else if (work.kind === 'load') {
      this.#send({ type: 'load-failed', epoch, error: failure });
    } else if (says === 'good') {
      const { turnId } = work;
      if (!stale && this.state.turn?.id === turnId) this.turns.get(turnId)?.push('answered');
      this.#send({ type: 'answered', epoch, turnId });
    } else {
      this.#send({ type: 'answer-failed', epoch, turnId: work.turnId, error: failure });
    }
    if (stale) expect(this.state).toBe(before);
  }

  #visitor(event: 'start' | 'ask' | 'stop' | 'choose' | 'reset' | 'probed'): void {
    if (event === 'ask') {
      this.#asked += 1;
      const turnId = `turn ${this.#asked}`;
      // A question while another is open is refused; the composer keeps its text.
      if (!this.state.turn) this.turns.set(turnId, []);
      this.#send({ type: 'ask', turnId });
    } else if (event === 'choose') {
      this.#send({ type: 'choose', rung: { ...F32_RUNG, modelId: 'chosen' } });
    } else if (event === 'probed') {
      this.#send({ type: 'probed', device: aDevice() });
    } else {
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
    switch (effect.type) {
      case 'plan':
        this.plans += 1;
        return;
      case 'discard':
        this.#engine = undefined;
        return;
      case 'load':
        expect(this.#engine).toBeUndefined();
        expect(effect.epoch).toBe(this.state.epoch);
        expect(effect.rung).toBe(this.state.rungs[this.state.rung]);
        this.#engine = { epoch: effect.epoch, loaded: false };
        this.work.push({ kind: 'load', epoch: effect.epoch });
        return;
      case 'generate':
        expect(this.#engine).toEqual({ epoch: effect.epoch, loaded: true });
        expect(effect.epoch).toBe(this.state.epoch);
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
      case 'end-turn':
        this.turns.get(effect.turnId)?.push(effect.outcome);
    }
  }

  #generating(): boolean {
    return this.work.some(({ kind, epoch }) => kind === 'generate' && epoch === this.state.epoch);
  }

  #check(before: MachineState): void {
    const { phase, rungs, rung, turn, epoch } = this.state;
    expect(PHASES).toContain(phase);
    expect(rung === 0 || rung < rungs.length).toBe(true);
    expect(epoch).toBeGreaterThanOrEqual(before.epoch);
    expect(phase === 'generating').toBe(this.#generating());
    if (phase === 'ready' || phase === 'failed') expect(turn).toBeNull();
    if (phase === 'ready' || phase === 'generating') expect(this.#engine?.loaded).toBe(true);
    if (phase === 'failed') expect(this.#engine).toBeUndefined();
    for (const [id, ends] of this.turns) {
      expect(ends.length, `${id} is open or ended, once`).toBe(turn?.id === id ? 0 : 1);
    }
  }
}

const RUNS = { numRuns: 500 };

it('loses no question, asks no dead engine, and is always in a phase it knows', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const world = new World();
      for (const each of moves) world.play(each);
    }),
    RUNS,
  );
});

it('comes to rest, with every question ended, once engines do their work', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      const world = new World();
      for (const each of moves) world.play(each);
      world.play({ by: 'visitor', event: 'start' });
      for (let rounds = 0; world.plans > 0 || world.work.length > 0; rounds += 1) {
        expect(rounds).toBeLessThan(500);
        if (world.plans > 0) world.plan(0);
        else world.say(0, 'good');
      }
      expect(['ready', 'failed']).toContain(world.state.phase);
      expect(world.state.turn).toBeNull();
    }),
    RUNS,
  );
});

it('comes to rest when everything that can fail does', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), fc.nat(1000), (moves, error) => {
      const world = new World();
      for (const each of moves) world.play(each);
      world.play({ by: 'visitor', event: 'start' });
      for (let rounds = 0; world.plans > 0 || world.work.length > 0; rounds += 1) {
        expect(rounds).toBeLessThan(500);
        if (world.plans > 0) world.plan(0);
        else world.say(0, 'bad', error);
      }
      expect(world.state.turn).toBeNull();
    }),
    RUNS,
  );
});
