import { expose } from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HandBackend, QUESTION, RESULT } from '../../test/hand-backend';
import { classify, type EngineError, namedError } from '../errors';
import { EnginePool } from './pool';
import { type Connection, connectTo, isOfThisBuild, RemoteEngine } from './remote';
import { EngineSession } from './session';

let log: string[];
let backend: HandBackend;
let pool: EnginePool;
let connections: Connection[];

beforeEach(() => {
  log = [];
  connections = [];
  pool = new EnginePool(() => {
    backend = new HandBackend(log);
    return backend;
  });
});

afterEach(() => {
  for (const connection of connections) connection.close();
  vi.unstubAllGlobals();
});

async function connected(): Promise<Connection> {
  const connection = await connectTo((_, port) => expose(new EngineSession(pool, null), port));
  connections.push(connection);
  return connection;
}

async function loadedEngine(kill?: () => void) {
  const engine = new RemoteEngine(await connected(), {
    host: kill ? 'dedicated' : 'service-worker',
    ...(kill ? { kill } : {}),
  });
  const lost = vi.fn<(error: EngineError) => void>();
  engine.onLost(lost);
  const loading = engine.load({ modelId: 'small', contextWindow: 1024 }, () => {});
  await vi.waitFor(() => expect(log).toContain('load small'));
  backend.finishLoading();
  await loading;
  return { engine, lost };
}

/** Web Locks of which this one is held until its holder has ended, and every other for good. */
function locksUntil(name: string, ended: Promise<void>) {
  return {
    request: (asked: string, ...rest: unknown[]) => {
      const granted = rest.at(-1) as () => unknown;
      const isWatching = rest.length > 1;
      if (!isWatching) return Promise.resolve(granted());
      return asked === name ? ended.then(granted) : new Promise(() => {});
    },
  };
}

describe('a handle', () => {
  it('passes tokens on, and is answered while it generates', async () => {
    const { engine } = await loadedEngine();
    const onToken = vi.fn();
    const answer = engine.generate(QUESTION, onToken);
    await vi.waitFor(() => expect(log).toContain('generate'));
    await engine.ping();
    backend.onToken('Hello');
    backend.finishAnswer(RESULT);
    expect(await answer).toEqual(RESULT);
    expect(onToken).toHaveBeenCalledWith('Hello');
  });

  it('tells that the device was lost while nothing was asked', async () => {
    const { lost } = await loadedEngine();
    const error = classify(namedError('DeviceLostError', 'destroyed'));
    backend.lose(error);
    await vi.waitFor(() => expect(lost).toHaveBeenCalledWith(error));
  });

  it('answers with the loss from then on, also when its worker has ended itself', async () => {
    const { engine, lost } = await loadedEngine();
    backend.lose(classify(namedError('DeviceLostError', 'destroyed')));
    await vi.waitFor(() => expect(lost).toHaveBeenCalled());
    engine.crashed(namedError('WorkerCrashedError', 'Its worker was ended.'));
    await expect(engine.generate(QUESTION, () => {})).rejects.toBe('DeviceLostError: destroyed');
    expect(lost).toHaveBeenCalledOnce();
  });

  it('tells even those who ask late', async () => {
    const { engine } = await loadedEngine();
    engine.crashed(namedError('WorkerCrashedError', 'killed'));
    const late = vi.fn();
    engine.onLost(late);
    expect(late).toHaveBeenCalledOnce();
  });

  it('fails what is waited for when its worker is gone, and tells it once', async () => {
    const { engine, lost } = await loadedEngine();
    const answer = engine.generate(QUESTION, () => {});
    engine.crashed(namedError('WorkerCrashedError', 'killed'));
    engine.crashed(namedError('WorkerCrashedError', 'killed again'));
    await expect(answer).rejects.toThrow('killed');
    await expect(engine.ping()).rejects.toThrow('killed');
    expect(lost).toHaveBeenCalledOnce();
  });

  it('tells that its worker was ended, by the lock that its worker held', async () => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    vi.stubGlobal('navigator', { locks: locksUntil('worker', ended) });
    const connection = await connectTo((_, port) =>
      expose(new EngineSession(pool, 'worker'), port),
    );
    connections.push(connection);
    const engine = new RemoteEngine(connection, { host: 'service-worker' });
    const lost = vi.fn<(error: EngineError) => void>();
    engine.onLost(lost);
    await engine.ping();
    expect(lost).not.toHaveBeenCalled();
    end();
    await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce());
    expect(lost.mock.calls[0]?.[0].kind).toBe('worker-crashed');
    await expect(engine.ping()).rejects.toThrow('Its worker was ended.');
  });

  it('given up: ends what is waited for, tells no loss, and the device goes', async () => {
    const { engine, lost } = await loadedEngine();
    const answer = engine.generate(QUESTION, () => {});
    engine.terminate();
    await expect(answer).rejects.toMatchObject({ name: 'WorkerCrashedError' });
    await vi.waitFor(() => expect(log).toContain('dispose'));
    expect(lost).not.toHaveBeenCalled();
  });

  it('given up or let go where the worker is its own: the worker is ended', async () => {
    const kill = vi.fn();
    (await loadedEngine(kill)).engine.terminate();
    expect(kill).toHaveBeenCalledOnce();
    log.length = 0;
    pool = new EnginePool(() => (backend = new HandBackend(log)));
    (await loadedEngine(kill)).engine.release();
    expect(kill).toHaveBeenCalledTimes(2);
  });

  it('let go: the engine stays as long as another page uses it', async () => {
    const { engine } = await loadedEngine();
    const other = new RemoteEngine(await connected(), { host: 'service-worker' });
    await other.load({ modelId: 'small', contextWindow: 1024 }, () => {});
    engine.release();
    await other.ping();
    expect(log).not.toContain('dispose');
    other.release();
    await vi.waitFor(() => expect(log).toContain('dispose'));
  });
});

describe('connecting', () => {
  it('fails when the worker does not answer in time', async () => {
    await expect(connectTo(() => {}, 10)).rejects.toThrow('does not answer');
  });

  it('tells a worker of this build from one that makes room for another', async () => {
    const connection = await connected();
    expect(isOfThisBuild(connection)).toBe(true);
    expect(connection.welcome.webgpu).toBe(false);
    await pool.retire();
    expect(isOfThisBuild(await connected())).toBe(false);
    const welcome = { ...connection.welcome, build: 'build-0' };
    expect(isOfThisBuild({ ...connection, welcome })).toBe(false);
  });
});
