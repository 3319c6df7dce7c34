import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { probeDevice } from '../device/probe';
import { aResult, FakeTurn, FakeWorld, SMALL, settled } from '../test/fake-engines';
import { aDevice, EMBEDDED, someSettings } from '../test/fixtures';
import { engineLog } from './log';
import { INITIAL } from './machine';

vi.mock('../device/probe', () => ({ probeDevice: vi.fn() }));

const small = SMALL.model_id;
const cpu = EMBEDDED.model_id;
let world: FakeWorld;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  vi.stubGlobal('fetch', async () => new Response());
  vi.mocked(probeDevice).mockReset().mockResolvedValue(aDevice());
  world = new FakeWorld();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the start', () => {
  it('looks at the device once, and loads nothing, however often a page is drawn', async () => {
    world.configure();
    world.configure();
    await settled();
    expect(probeDevice).toHaveBeenCalledTimes(1);
    expect(world.manager.state.getState()).toEqual({ ...INITIAL, device: aDevice() });
    expect(world.news()).toEqual([]);
  });

  it('tells the library which models there are, and where their files are kept', () => {
    world = new FakeWorld({ settings: someSettings({ cache_backend: 'opfs' }), catalog: [SMALL] });
    world.configure();
    expect(world.configured).toHaveBeenCalledWith(
      expect.objectContaining({ catalog: [SMALL], embedded: EMBEDDED, cacheBackend: 'opfs' }),
    );
  });

  it('is written down for the report, step by step', async () => {
    engineLog.setState([], true);
    await world.ready();
    const steps = engineLog.getState().map(({ event }) => event);
    expect(steps).toEqual(['start', 'probed', 'planned', 'host', 'loaded']);
  });

  it('fetches the planned model, then loads it, once however often it is asked for', async () => {
    const engine = await world.started();
    world.manager.start();
    expect(world.phase).toBe('loading');
    await engine.loaded();
    world.manager.start();
    await settled();
    expect(world.phase).toBe('ready');
    expect(world.news()).toEqual([`download ${small}`, `load ${small}`]);
    expect(engine.request?.contextWindow).toBe(SMALL.context_window);
  });

  it('tells of a device and its memory once it was looked at', async () => {
    expect(world.manager.fit(small)).toBeNull();
    expect(world.manager.memoryBudgetMb()).toBeNull();
    await world.ready();
    expect(world.manager.fit(small)?.verdict).toBe('comfortable');
    expect(world.manager.memoryBudgetMb()).toBeGreaterThan(0);
    expect(world.manager.placement.getState()).toEqual({ host: 'dedicated', fallback: null });
  });

  it('waits for the visitor where a download costs money', async () => {
    vi.stubGlobal('navigator', { ...navigator, connection: { saveData: true } });
    world.configure();
    world.manager.start();
    await settled();
    expect(world.phase).toBe('asking');
    expect(world.news()).toEqual([]);
    world.manager.consent();
    await settled();
    expect(world.news()).toEqual([`download ${small}`, `load ${small}`]);
  });
});

describe('a question', () => {
  it('waits for the model, is answered word by word, and is counted', async () => {
    const engine = await world.started();
    const turn = world.ask('one');
    await settled();
    expect(turn.told).toEqual([]);
    await engine.loaded();
    engine.answer.say('Be');
    engine.answer.say('cause.');
    await engine.answer.end();
    expect(turn.told).toEqual([`start ${small}`, 'Be', 'cause.']);
    expect(turn.outcomes).toEqual([{ kind: 'answered', result: aResult() }]);
    expect(world.phase).toBe('ready');
    expect(world.manager.counters.getState()).toEqual({
      turns: 1,
      tokens: 3,
      lastResult: aResult(),
      recentSpeeds: [{ modelId: small, decodeTokensPerS: 20 }],
    });
    expect(world.visits.history.getState()[small]?.decodeTokensPerS).toBe(20);
  });

  it('beside a conversation is answered, and not counted', async () => {
    const engine = await world.ready();
    const turn = world.ask('title', { aside: true });
    await engine.answer.end();
    expect(turn.outcomes).toMatchObject([{ kind: 'answered' }]);
    expect(world.manager.counters.getState()).toMatchObject({ turns: 0, recentSpeeds: [] });
    expect(world.visits.history.getState()[small]).not.toHaveProperty('decodeTokensPerS');
  });

  it('keeps the figures of the last fifty answers', async () => {
    const engine = await world.ready();
    for (let id = 1; id <= 51; id += 1) {
      world.ask(String(id));
      await engine.answer.end({ decodeTokensPerS: id });
    }
    const { turns, recentSpeeds } = world.manager.counters.getState();
    expect([turns, recentSpeeds.length]).toEqual([51, 50]);
    expect(recentSpeeds[0]?.decodeTokensPerS).toBe(2);
    expect(recentSpeeds.at(-1)?.decodeTokensPerS).toBe(51);
  });

  it('is not heard while another is open, and may be asked by the end of that one', async () => {
    const engine = await world.ready();
    const next = new FakeTurn('next');
    const first = new FakeTurn('first');
    first.onEnd = (outcome) => {
      first.outcomes.push(outcome);
      world.manager.ask(next);
    };
    world.manager.ask(first);
    const second = world.ask('second');
    engine.answer.say('First.');
    await engine.answer.end();
    expect(first.outcomes).toHaveLength(1);
    expect([second.told, second.outcomes]).toEqual([[], []]);
    expect(engine.answers).toHaveLength(2);
    await engine.answer.end();
    expect(next.outcomes).toMatchObject([{ kind: 'answered' }]);
  });

  it('reaches the engine with the system prompt and the sampling decided for it', async () => {
    const settings = someSettings({
      default_model: small,
      upgrade: 'off',
      system_prompt: 'Brief.',
    });
    world = new FakeWorld({ settings });
    const engine = await world.ready();
    world.ask('one', { options: { temperature: 0.3, maxTokens: 9 } });
    expect(engine.answer.request).toEqual({
      messages: [
        { role: 'system', content: 'Brief.' },
        { role: 'user', content: 'Why?' },
      ],
      maxTokens: 9,
      temperature: 0.3,
    });
  });

  it('loads the model anew only for a longer context window', async () => {
    const engine = await world.ready();
    world.news();
    world.ask('shorter', { options: { contextWindow: 1024 } });
    await engine.answer.end();
    world.ask('longer', { options: { contextWindow: 8192 } });
    await settled();
    expect(world.news()).toEqual([`generate ${small}`, `release ${small}`, `load ${small}`]);
    expect(world.engine().request?.contextWindow).toBe(8192);
  });

  it('that overfills the context window is asked again of the same engine, trimmed', async () => {
    const engine = await world.ready();
    const talk = ['one', 'two', 'three', 'four'].flatMap((content) => [
      { role: 'user' as const, content },
      { role: 'assistant' as const, content: `${content}!` },
    ]);
    const turn = world.ask('five', {
      messages: () => [...talk, { role: 'user', content: 'five' }],
    });
    world.news();
    await engine.answer.fail('ContextWindowSizeExceededError');
    expect(turn.notes).toEqual([{ kind: 'trimmed', turns: 1 }]);
    expect(engine.answer.request.messages.map(({ content }) => content)).toEqual([
      'four',
      'four!',
      'five',
    ]);
    expect(world.news()).toEqual([`generate ${small}`]);
  });

  it('alone too long is refused, and the engine stays', async () => {
    const engine = await world.ready();
    const turn = world.ask('long');
    world.news();
    await engine.answer.fail('ContextWindowSizeExceededError');
    expect(turn.outcomes).toEqual([{ kind: 'failed', errorKind: 'question-too-long' }]);
    expect(world.phase).toBe('ready');
    world.manager.suspend();
    expect(world.news()).toEqual([`release ${small}`]);
  });
});

describe('stopping', () => {
  it('ends the answer with what it had', async () => {
    const engine = await world.ready();
    const turn = world.ask('one');
    world.news();
    world.manager.stop();
    expect(world.news()).toEqual([`stop ${small}`]);
    await engine.answer.end({ finish: 'stopped' });
    expect(turn.outcomes).toMatchObject([{ kind: 'answered', result: { finish: 'stopped' } }]);
  });

  it('ends a question that still waits; the model goes on loading', async () => {
    const engine = await world.started();
    const turn = world.ask('one');
    world.manager.stop();
    expect(turn.outcomes).toEqual([{ kind: 'stopped' }]);
    await engine.loaded();
    expect(world.phase).toBe('ready');
    expect(engine.answers).toEqual([]);
  });

  it('replaces an engine that does not end its answer', async () => {
    const engine = await world.ready();
    const turn = world.ask('one');
    world.manager.stop();
    world.news();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(turn.outcomes).toEqual([{ kind: 'stopped' }]);
    expect(world.news()).toEqual([`terminate ${small}`, `load ${small}`]);
    expect(world.engine()).not.toBe(engine);
  });

  it('does not count the next answer as one that was not ended', async () => {
    const engine = await world.ready();
    world.ask('one');
    world.manager.stop();
    await engine.answer.end({ finish: 'stopped' });
    const next = world.ask('two');
    world.news();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(world.news()).toEqual([]);
    await engine.answer.end();
    expect(next.outcomes).toMatchObject([{ kind: 'answered' }]);
  });
});

describe('an engine that fails', () => {
  it('is ended before the next one is started, which answers the same question', async () => {
    const engine = await world.ready();
    const turn = world.ask('one');
    engine.answer.say('Be');
    world.news();
    await engine.answer.fail('DeviceLostError');
    expect(turn.notes).toEqual([
      { kind: 'same-model-again', modelId: small, error: 'device-lost' },
    ]);
    await world.engine().loaded();
    world.engine().answer.say('Because.');
    await world.engine().answer.end();
    expect(world.news()).toEqual([`terminate ${small}`, `load ${small}`, `generate ${small}`]);
    expect(turn.told).toEqual([`start ${small}`, 'Be', `start ${small}`, 'Because.']);
    expect(turn.outcomes).toHaveLength(1);
  });

  it('is not heard any more: neither its words nor its end nor its second death', async () => {
    const dead = await world.ready();
    const turn = world.ask('one');
    const old = dead.answer;
    dead.lose();
    await settled();
    const engine = world.engine();
    await engine.loaded();
    old.say('late');
    await old.end();
    dead.lose();
    await settled();
    expect(world.engine()).toBe(engine);
    expect(turn.told).toEqual([`start ${small}`, `start ${small}`]);
    expect([turn.outcomes, world.manager.counters.getState().turns]).toEqual([[], 0]);
    await engine.answer.end();
    expect(turn.outcomes).toMatchObject([{ kind: 'answered' }]);
  });

  it('late, after its answer was given up, does not take the next engine with it', async () => {
    const dead = await world.ready();
    const turn = world.ask('one');
    const old = dead.answer;
    dead.lose();
    await settled();
    const engine = world.engine();
    await engine.loaded();
    world.news();
    await old.fail('DeviceLostError');
    expect(world.news()).toEqual([]);
    await engine.answer.end();
    expect(turn.notes).toHaveLength(1);
  });

  it('is remembered when its model gives way to a smaller one', async () => {
    const engine = await world.started();
    await engine.refuses('OutOfMemoryError');
    await world.engine().refuses('OutOfMemoryError');
    expect(world.active).toBe(cpu);
    expect(world.visits.history.getState()[small]?.failure?.kind).toBe('out-of-memory');
  });

  it('is not remembered for what says nothing of this device', async () => {
    const engine = await world.started();
    await engine.refuses('CorruptFileError');
    expect(world.active).toBe(cpu);
    expect(world.visits.history.getState()[small]?.failure).toBeUndefined();
  });

  it('leaves the question failed, once, when every other model fails too', async () => {
    const engine = await world.started();
    const turn = world.ask('one');
    await engine.refuses('CorruptFileError');
    await world.engine().refuses('CorruptFileError');
    expect(world.phase).toBe('failed');
    expect(turn.outcomes).toEqual([{ kind: 'failed', errorKind: 'corrupt-file' }]);
    world.news();
    const next = world.ask('two');
    expect(next.outcomes).toEqual([{ kind: 'failed', errorKind: 'corrupt-file' }]);
    expect(world.news()).toEqual([]);
  });
});

describe('unloading', () => {
  it('frees the engine, ends the open question, and loads again on request', async () => {
    const engine = await world.ready();
    const turn = world.ask('one');
    world.news();
    world.manager.suspend();
    expect(world.phase).toBe('suspended');
    expect(turn.outcomes).toEqual([{ kind: 'stopped' }]);
    await engine.answer.end();
    expect([turn.outcomes.length, world.manager.counters.getState().turns]).toEqual([1, 0]);
    world.manager.resume();
    await settled();
    await world.engine().loaded();
    expect(world.phase).toBe('ready');
    expect(world.news()).toEqual([`release ${small}`, `load ${small}`]);
  });

  it('ends with the next question, which waits for the model', async () => {
    await world.ready();
    world.manager.suspend();
    const turn = world.ask('one');
    await settled();
    await world.engine().loaded();
    await world.engine().answer.end();
    expect(turn.outcomes).toMatchObject([{ kind: 'answered' }]);
  });

  it('while the model loads lets its engine go; that it has loaded is not heard', async () => {
    const engine = await world.started();
    world.manager.suspend();
    await engine.loaded();
    expect(world.phase).toBe('suspended');
    expect(world.news().at(-1)).toBe(`release ${small}`);
  });
});

describe('a reset', () => {
  it('ends the engine for real, ends the question, forgives, and loads the first choice', async () => {
    const engine = await world.ready();
    world.visits.failed(small, 'device-lost');
    const turn = world.ask('one');
    world.news();
    world.manager.reset();
    await settled();
    expect(turn.outcomes).toEqual([{ kind: 'stopped' }]);
    expect(world.news()).toEqual([`terminate ${small}`, `load ${small}`]);
    expect(world.visits.history.getState()[small]?.failure).toBeUndefined();
    engine.lose();
    await engine.answer.fail('DeviceLostError');
    await world.engine().loaded();
    expect(world.phase).toBe('ready');
    expect(turn.outcomes).toHaveLength(1);
  });

  it('after everything failed begins again with the first choice', async () => {
    const engine = await world.started();
    await engine.refuses('CorruptFileError');
    await world.engine().refuses('CorruptFileError');
    expect(world.phase).toBe('failed');
    world.manager.reset();
    await settled();
    await world.engine().loaded();
    expect([world.phase, world.active]).toEqual(['ready', small]);
  });
});
