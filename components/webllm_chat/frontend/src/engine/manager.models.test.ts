/** Which model answers: commands of the page, the visitor's choice, better models on their way. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { probeDevice } from '../device/probe';
import { BETTER, FakeWorld, OTHER, SMALL, settled } from '../test/fake-engines';
import { aDevice, EMBEDDED, someSettings } from '../test/fixtures';
import { namedError } from './errors';
import type { UpgradePolicy } from './ladder';

vi.mock('../device/probe', () => ({ probeDevice: vi.fn() }));

const small = SMALL.model_id;
const better = BETTER.model_id;
const other = OTHER.model_id;
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

/** With one better model only. */
function climbing(upgrade: UpgradePolicy): FakeWorld {
  return new FakeWorld({
    settings: someSettings({ default_model: small, upgrade }),
    catalog: [SMALL, BETTER],
  });
}

const command = (id: number, model_id: string, context_window: number | null = null) => ({
  id,
  name: 'use-model' as const,
  model_id,
  context_window,
});

describe('a command of the page', () => {
  it('is carried out once, however often the page is drawn with it', async () => {
    await world.ready();
    world.news();
    world.manager.obey(command(3, better));
    world.manager.obey(command(3, other));
    world.manager.obey(command(2, other));
    await settled();
    expect(world.news()).toEqual([`download ${better}`, `load ${better}`]);
    expect(world.manager.acknowledged.getState()).toBe(3);
  });

  it('loads its model first where none is loaded yet', async () => {
    world.configure();
    world.manager.obey(command(1, better, 2048));
    await settled();
    expect(world.news()).toEqual([`download ${better}`, `load ${better}`]);
    expect(world.engine().request?.contextWindow).toBe(2048);
    await world.engine().loaded();
    expect([world.phase, world.active]).toEqual(['ready', better]);
  });

  it('is the one obeyed when two come at once: nothing is fetched for the first', async () => {
    await world.ready();
    world.news();
    world.manager.obey(command(1, better));
    world.manager.obey(command(2, other));
    await settled();
    expect(world.manager.acknowledged.getState()).toBe(2);
    expect(world.news()).toEqual([`download ${other}`, `load ${other}`]);
    await world.engine().loaded();
    expect([world.phase, world.active]).toEqual(['ready', other]);
  });

  it('ends what was being fetched for the one before', async () => {
    await world.ready();
    world.hold(better);
    world.news();
    world.manager.obey(command(1, better));
    await settled();
    world.manager.obey(command(2, other));
    await settled();
    expect(world.news()).toEqual([
      `download ${better}`,
      `pause ${better}`,
      `download ${other}`,
      `load ${other}`,
    ]);
  });

  it('is the one obeyed when two come before any model, too', async () => {
    world.configure();
    world.manager.obey(command(1, better));
    world.manager.obey(command(2, other));
    await settled();
    expect(world.news()).toEqual([`download ${other}`, `load ${other}`]);
    await world.engine().loaded();
    expect([world.phase, world.active]).toEqual(['ready', other]);
  });

  it('for a model that is not on offer is acknowledged, and changes nothing', async () => {
    await world.ready();
    world.news();
    world.manager.obey(command(1, 'nonesuch'));
    await settled();
    expect(world.manager.acknowledged.getState()).toBe(1);
    expect([world.active, world.news()]).toEqual([small, []]);
  });

  it('for a model that is not on offer begins the visit all the same', async () => {
    world.configure();
    world.manager.obey(command(1, 'nonesuch'));
    await settled();
    expect(world.news()).toEqual([`download ${small}`, `load ${small}`]);
  });
});

describe('a model that the visitor chooses', () => {
  it('waits for the answer in flight, then takes over; the one before is freed last', async () => {
    const before = await world.ready();
    const turn = world.ask('one');
    world.news();
    world.manager.switchModel(better);
    await settled();
    before.answer.say('Because.');
    expect(world.news()).toEqual([`download ${better}`]);
    await before.answer.end();
    expect(turn.outcomes).toMatchObject([{ kind: 'answered' }]);
    await world.engine().loaded();
    expect(world.news()).toEqual([`load ${better}`, `release ${small}`]);
    expect([world.phase, world.active]).toEqual(['ready', better]);
    world.ask('two');
    expect(world.news()).toEqual([`generate ${better}`]);
  });

  it('for one question only answers it, where another is loaded', async () => {
    await world.ready();
    const turn = world.ask('one', { modelId: better });
    await settled();
    expect(turn.told).toEqual([]);
    await world.engine().loaded();
    await world.engine().answer.end();
    expect(turn.told).toEqual([`start ${better}`]);
    expect(turn.outcomes).toMatchObject([{ kind: 'answered' }]);
  });

  it('is forgiven what it did on an earlier visit', async () => {
    world.visits.failed(better, 'out-of-memory');
    await world.ready();
    world.manager.switchModel(better);
    expect(world.visits.history.getState()[better]?.failure).toBeUndefined();
  });

  it('may be the next smaller one, and there is none below the last', async () => {
    await world.ready();
    world.manager.smallerModel();
    await settled();
    await world.engine().loaded();
    expect(world.active).toBe(EMBEDDED.model_id);
    world.news();
    world.manager.smallerModel();
    await settled();
    expect(world.news()).toEqual([]);
  });

  it('may be the present one with the shortest context window', async () => {
    await world.ready();
    world.manager.smallerContext();
    await settled();
    expect(world.engine().request?.contextWindow).toBe(1024);
    await world.engine().loaded();
    expect([world.phase, world.active]).toEqual(['ready', small]);
  });
});

describe('a better model', () => {
  it('takes over by itself where the operator says so', async () => {
    world = climbing('automatic');
    await world.ready();
    world.news();
    await world.engine().loaded();
    expect(world.active).toBe(better);
    expect(world.news()).toEqual([`release ${small}`]);
  });

  it('is offered otherwise: it takes over when the visitor accepts', async () => {
    world = climbing('offered');
    await world.ready();
    await world.engine().loaded();
    expect(world.active).toBe(small);
    world.manager.acceptUpgrade();
    expect(world.active).toBe(better);
    expect(world.news().at(-1)).toBe(`release ${small}`);
  });

  it('is let go when the visitor declines, and not offered again', async () => {
    world = climbing('offered');
    const before = await world.ready();
    await world.engine().loaded();
    world.manager.declineUpgrade();
    expect(world.news().at(-1)).toBe(`release ${better}`);
    world.ask('one');
    await before.answer.end();
    expect([world.active, world.engines.length]).toEqual([small, 2]);
  });

  it('that dies while it waits leaves the present one alone, and says no more', async () => {
    world = climbing('offered');
    await world.ready();
    const dead = world.engine();
    await dead.loaded();
    world.news();
    dead.lose('shader-compile');
    dead.lose('shader-compile');
    await settled();
    expect(world.news()).toEqual([`terminate ${better}`]);
    expect([world.phase, world.active]).toEqual(['ready', small]);
    expect(world.visits.history.getState()[better]?.failure?.kind).toBe('shader-compile');
  });

  it('is looked for from the moment the visitor wants it, on later visits too', async () => {
    world = climbing('off');
    await world.ready();
    expect(world.news()).not.toContain(`download ${better}`);
    world.manager.setUpgrade('automatic');
    await settled();
    expect(world.news()).toEqual([`download ${better}`, `load ${better}`]);
    world = climbing('off');
    await world.ready();
    expect(world.manager.state.getState().upgrade).toBe('automatic');
  });

  it('is gone with every other engine after a reset, for real', async () => {
    world = climbing('offered');
    await world.ready();
    await world.engine().loaded();
    world.news();
    world.manager.reset();
    await settled();
    expect(world.news()).toEqual([`terminate ${better}`, `terminate ${small}`, `load ${small}`]);
  });
});

describe('a download in the background that the network broke', () => {
  const broken = () => namedError('NetworkError', 'Failed to fetch');

  beforeEach(async () => {
    world = climbing('offered');
    const held = world.hold(better);
    await world.ready();
    held.reject(broken());
    await settled();
    world.news();
  });

  it('goes on by itself after a while', async () => {
    world.downloads.delete(better);
    expect(world.manager.state.getState().background?.stage).toBe('stalled');
    await vi.advanceTimersByTimeAsync(29_000);
    expect(world.news()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(world.news()).toEqual([`download ${better}`, `load ${better}`]);
  });

  it('goes on at once when the browser is online again, and only once', async () => {
    world.downloads.delete(better);
    globalThis.dispatchEvent(new Event('online'));
    await settled();
    expect(world.news()).toEqual([`download ${better}`, `load ${better}`]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.news()).toEqual([]);
  });

  it('is tried again as often as it breaks', async () => {
    for (const attempt of [1, 2, 3]) {
      const held = world.hold(better);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(world.news(), `attempt ${attempt}`).toEqual([`download ${better}`]);
      held.reject(broken());
      await settled();
    }
  });
});

describe('what is in the browser', () => {
  const cached = () =>
    world.manager.state.getState().rungs.find(({ modelId }) => modelId === better)?.cached;
  const is = (state: 'complete' | 'absent') =>
    world.files.setState({ files: { [better]: { modelId: better, state } } });

  it('is known of each model as it comes and goes', async () => {
    await world.ready();
    expect(cached()).toBe(false);
    is('complete');
    expect(cached()).toBe(true);
    is('absent');
    expect(cached()).toBe(false);
  });

  it('is how far the download is that the first model waits for', async () => {
    world.hold(small);
    world.configure();
    world.manager.start();
    await settled();
    world.files.setState({
      files: {
        [small]: {
          modelId: small,
          state: 'downloading',
          received: 50,
          total: 100,
          bytesPerS: null,
        },
      },
    });
    expect(world.phase).toBe('downloading');
    expect(world.manager.state.getState().progress).toMatchObject({ received: 50, total: 100 });
  });
});
