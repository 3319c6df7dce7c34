import { describe, expect, it, vi } from 'vitest';
import { namedError } from '../../engine/errors';
import { type Background, INITIAL, type MachineState } from '../../engine/machine';
import { EngineManager } from '../../engine/manager';
import { aRung } from '../../test/fixtures';
import { ModelActions } from './actions';

const ID = 'small';
const RUNG = aRung({ modelId: ID });

function withEngine(state: Partial<MachineState> = {}) {
  const engine = new EngineManager();
  engine.state.setState({ ...INITIAL, ...state });
  const { library } = engine;
  const spies = {
    download: vi.spyOn(library, 'download').mockResolvedValue(),
    resume: vi.spyOn(library, 'resume').mockResolvedValue(),
    pause: vi.spyOn(library, 'pause').mockResolvedValue(),
    cancel: vi.spyOn(library, 'cancel').mockResolvedValue(),
    delete: vi.spyOn(library, 'delete').mockResolvedValue([]),
    deleteAll: vi.spyOn(library, 'deleteAll').mockResolvedValue(),
    room: vi.spyOn(library, 'room').mockResolvedValue({ needed: 10, free: 100 }),
    switchModel: vi.spyOn(engine, 'switchModel').mockImplementation(() => {}),
    suspend: vi.spyOn(engine, 'suspend').mockImplementation(() => {}),
    resumeEngine: vi.spyOn(engine, 'resume').mockImplementation(() => {}),
    accept: vi.spyOn(engine, 'acceptUpgrade').mockImplementation(() => {}),
    decline: vi.spyOn(engine, 'declineUpgrade').mockImplementation(() => {}),
    consent: vi.spyOn(engine, 'consent').mockImplementation(() => {}),
  };
  return { actions: new ModelActions(engine), ...spies };
}

const ACTIVE: Partial<MachineState> = { phase: 'ready', rungs: [RUNG], rung: 0 };

function inBackground(stage: Background['stage']): Partial<MachineState> {
  const rest = { epoch: 2, progress: null, accepted: false, error: null };
  return { background: { rung: RUNG, stage, ...rest } };
}

describe('an action on a row', () => {
  it('downloads behind what the visitor does', async () => {
    const { actions, download } = withEngine();
    await actions.perform('download', ID);
    expect(download).toHaveBeenCalledWith(ID, { priority: 'background', byVisitor: true });
  });

  it.each(['download', 'use'] as const)('does not %s without room, and says so', async (action) => {
    const { actions, download, switchModel, room } = withEngine();
    room.mockResolvedValue({ needed: 100, free: 10 });
    await actions.perform(action, ID);
    expect(download).not.toHaveBeenCalled();
    expect(switchModel).not.toHaveBeenCalled();
    expect(actions.notices.getState()[ID]).toEqual({ kind: 'no-room', needed: 100, free: 10 });
    room.mockResolvedValue({ needed: 100, free: 1000 });
    await actions.perform(action, ID);
    expect(actions.notices.getState()[ID]).toBeUndefined();
  });

  it('goes ahead where the room is not known, or the hub does not answer', async () => {
    const { actions, switchModel, room } = withEngine();
    room.mockResolvedValueOnce('unknown').mockRejectedValueOnce(namedError('NetworkError', ''));
    await actions.perform('use', ID);
    await actions.perform('use', ID);
    expect(switchModel).toHaveBeenCalledTimes(2);
  });

  it('deletes, and names the models for which files stay', async () => {
    const { actions, suspend, ...spies } = withEngine();
    spies.delete.mockResolvedValue(['sibling']);
    await actions.perform('delete', ID);
    expect(suspend).not.toHaveBeenCalled();
    expect(actions.notices.getState()[ID]).toEqual({ kind: 'kept-for', models: ['sibling'] });
  });

  it('unloads what is in memory before its files go', async () => {
    const answering = withEngine(ACTIVE);
    await answering.actions.perform('delete', ID);
    expect(answering.suspend).toHaveBeenCalled();
    const waiting = withEngine({
      ...ACTIVE,
      rungs: [aRung({ modelId: 'x' })],
      ...inBackground('ready'),
    });
    await waiting.actions.perform('delete', ID);
    expect(waiting.suspend).not.toHaveBeenCalled();
    expect(waiting.decline).toHaveBeenCalled();
  });

  it('resumes what the engine was fetching through the engine', async () => {
    const upgrade = withEngine(inBackground('paused'));
    await upgrade.actions.perform('resume', ID);
    expect(upgrade.accept).toHaveBeenCalled();
    const first = withEngine({ ...ACTIVE, phase: 'suspended' });
    await first.actions.perform('resume', ID);
    expect(first.resumeEngine).toHaveBeenCalled();
    const plain = withEngine();
    await plain.actions.perform('resume', ID);
    expect(plain.resume).toHaveBeenCalledWith(ID);
  });

  it('cancels an upgrade as a whole', async () => {
    const { actions, cancel, decline } = withEngine(inBackground('downloading'));
    await actions.perform('cancel', ID);
    expect(decline).toHaveBeenCalled();
    expect(cancel).toHaveBeenCalledWith(ID);
  });

  it('allows the download that waits for it', async () => {
    const first = withEngine();
    await first.actions.perform('allow', ID);
    expect(first.consent).toHaveBeenCalled();
    const upgrade = withEngine(inBackground('asking'));
    await upgrade.actions.perform('allow', ID);
    expect(upgrade.accept).toHaveBeenCalled();
  });

  it('says why it failed, but leaves a download’s failure to its row', async () => {
    const { actions, download, ...spies } = withEngine();
    spies.delete.mockRejectedValue(namedError('SecurityError', 'no'));
    await actions.perform('delete', ID);
    expect(actions.notices.getState()[ID]).toMatchObject({ kind: 'failed' });
    download.mockRejectedValue(namedError('NetworkError', 'no'));
    await actions.perform('download', ID);
    expect(actions.notices.getState()[ID]).toBeUndefined();
  });

  it('deletes all with nothing left in memory', async () => {
    const { actions, suspend, deleteAll } = withEngine(ACTIVE);
    await actions.deleteAll();
    expect(suspend).toHaveBeenCalled();
    expect(deleteAll).toHaveBeenCalled();
  });
});
