import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MEMORY_CHECK } from '../../device/checks/memory';
import { someServices } from '../../test/services';
import { engineAccess } from './engine-access';
import { DiagnosticsSession } from './session';

function aSession() {
  const steps: string[] = [];
  const session = new DiagnosticsSession(
    () => null,
    () => [],
    {
      busy: () => false,
      freeGpu: () => {
        steps.push('unload');
        return () => steps.push('load');
      },
    },
  );
  const run = vi.spyOn(session.checks, 'run').mockImplementation(async (checks) => {
    steps.push(...checks.map(({ id }) => id));
  });
  return { session, steps, run };
}

describe('the memory check', () => {
  it('unloads the model first and loads it again', async () => {
    const { session, steps } = aSession();
    await session.fillMemory();
    expect(steps).toEqual(['unload', MEMORY_CHECK.id, 'load']);
  });

  it('loads it again whatever happens', async () => {
    const { session, steps, run } = aSession();
    run.mockRejectedValue(new Error('lost'));
    await expect(session.fillMemory()).rejects.toThrow();
    expect(steps).toEqual(['unload', 'load']);
  });
});

describe('opening the page', () => {
  it('runs the checks once, and again after a stop', async () => {
    const { session, run } = aSession();
    session.begin();
    expect(run).toHaveBeenCalledTimes(1);
    session.checks.state.setState({ phase: 'done' });
    session.begin();
    expect(run).toHaveBeenCalledTimes(1);
    session.checks.state.setState({ phase: 'stopped' });
    session.begin();
    expect(run).toHaveBeenCalledTimes(2);
  });
});

describe('freeing the GPU', () => {
  let services: ReturnType<typeof someServices>;
  beforeEach(() => {
    services = someServices();
  });

  it('keeps unloaded what the visitor unloaded', () => {
    services.engine.state.setState({ phase: 'suspended' });
    const resume = vi.spyOn(services.engine, 'resume');
    engineAccess(services.engine).freeGpu()();
    expect(resume).not.toHaveBeenCalled();
  });

  it('loads again what was loaded', () => {
    const suspend = vi.spyOn(services.engine, 'suspend').mockReturnValue();
    const resume = vi.spyOn(services.engine, 'resume').mockReturnValue();
    engineAccess(services.engine).freeGpu()();
    expect(suspend).toHaveBeenCalledOnce();
    expect(resume).toHaveBeenCalledOnce();
  });
});
