import { describe, expect, it, vi } from 'vitest';
import { aContext } from '../../test/checks';
import { type Check, type CheckContext, pass } from './check';
import { CheckRunner } from './runner';

function aCheck(fields: Partial<Check> & { id: string }): Check {
  return {
    group: 'page',
    title: fields.id,
    why: '',
    run: async () => pass('fine'),
    ...fields,
  };
}

function aRunner() {
  const close = vi.fn();
  const contexts: CheckContext[] = [];
  const runner = new CheckRunner(async (signal) => {
    const context = aContext({ signal, lab: { close } as unknown as CheckContext['lab'] });
    contexts.push(context);
    return context;
  });
  return { runner, close, contexts };
}

const never = () => new Promise<never>(() => {});

describe('CheckRunner', () => {
  it('finds in order, and ends what holds the GPU', async () => {
    const { runner, close } = aRunner();
    const seen: (string | null)[] = [];
    runner.state.subscribe(({ current }) => {
      if (seen.at(-1) !== current) seen.push(current);
    });
    await runner.run([aCheck({ id: 'a' }), aCheck({ id: 'b' })]);
    expect(seen).toEqual([null, 'a', 'b', null]);
    expect(runner.state.getState()).toMatchObject({
      phase: 'done',
      findings: { a: pass('fine'), b: pass('fine') },
    });
    expect(close).toHaveBeenCalled();
  });

  it('looks at nothing that has no meaning after a failure, and says after which', async () => {
    const { runner } = aRunner();
    const run = vi.fn();
    await runner.run([
      aCheck({ id: 'a', run: async () => ({ result: 'fail', value: 'no' }) }),
      aCheck({ id: 'b', needs: ['a'], run }),
      aCheck({ id: 'c', needs: ['b'], run }),
    ]);
    const { findings } = runner.state.getState();
    expect(findings.b).toMatchObject({ result: 'unknown', reason: 'a' });
    expect(findings.c).toMatchObject({ result: 'unknown', reason: 'b' });
    expect(run).not.toHaveBeenCalled();
  });

  it('makes a finding of whatever is thrown, and goes on', async () => {
    const { runner, close } = aRunner();
    const run = async () => {
      throw new Error('The driver said no.');
    };
    await runner.run([aCheck({ id: 'a', run }), aCheck({ id: 'b' })]);
    expect(runner.state.getState().findings).toMatchObject({
      a: { result: 'fail', value: 'The driver said no.', reason: 'error' },
      b: { result: 'pass' },
    });
    expect(close).toHaveBeenCalledTimes(2);
  });

  it('gives up a check that never answers, and its worker', async () => {
    vi.useFakeTimers();
    const { runner, close } = aRunner();
    const running = runner.run([aCheck({ id: 'a', limitS: 2, run: never }), aCheck({ id: 'b' })]);
    await vi.advanceTimersByTimeAsync(2000);
    await running;
    vi.useRealTimers();
    expect(runner.state.getState().findings.a).toMatchObject({ result: 'fail', reason: 'timeout' });
    expect(runner.state.getState().findings.b?.result).toBe('pass');
    expect(close).toHaveBeenCalledTimes(2);
  });

  it('stops at once and keeps what was found', async () => {
    const { runner, close } = aRunner();
    const running = runner.run([aCheck({ id: 'a' }), aCheck({ id: 'b', run: never })]);
    await vi.waitFor(() => expect(runner.state.getState().current).toBe('b'));
    runner.stop();
    await running;
    expect(runner.state.getState().phase).toBe('stopped');
    expect(Object.keys(runner.state.getState().findings)).toEqual(['a']);
    expect(close).toHaveBeenCalled();
  });

  it('keeps findings of earlier runs, and runs one at a time', async () => {
    const { runner, contexts } = aRunner();
    await runner.run([aCheck({ id: 'a' })]);
    const first = runner.run([aCheck({ id: 'b' })]);
    await runner.run([aCheck({ id: 'c' })]);
    await first;
    expect(Object.keys(runner.state.getState().findings)).toEqual(['a', 'b']);
    expect(contexts).toHaveLength(2);
  });
});
