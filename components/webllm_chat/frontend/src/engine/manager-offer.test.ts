import { expect, it, vi } from 'vitest';
import { EMBEDDED, F16, F32, someSettings } from '../test/fixtures';
import { namedError } from './errors';
import type { MachineState } from './machine';
import { EngineManager, type TurnRequest } from './manager';

const CONFIG = {
  settings: someSettings({ backend: 'cpu' }),
  catalog: [F16, F32],
  embedded: EMBEDDED,
  appAddress: 'https://app.example/',
};

/** Of a page whose models on offer come, or fail to, when a test says so. */
function waiting() {
  const tries: { come: () => void; fail: (error: Error) => void }[] = [];
  const engine = new EngineManager(
    {},
    () => new Promise((come, fail) => tries.push({ come, fail })),
  );
  engine.library.configure = () => {};
  engine.library.refresh = async () => {};
  const phase = () => engine.state.getState().phase;
  const tried = async (count: number) => {
    await vi.waitFor(() => expect(tries).toHaveLength(count));
    return tries.at(-1) as (typeof tries)[number];
  };
  return { engine, phase, tried };
}

function aTurn(fields: Partial<TurnRequest> = {}): TurnRequest {
  return {
    id: 'q',
    messages: () => [{ role: 'user', content: 'Hello' }],
    onStart: () => {},
    onToken: () => {},
    onNote: () => {},
    onEnd: () => {},
    ...fields,
  };
}

it('waits for the models on offer, and a question asked meanwhile waits with it', async () => {
  const { engine, phase, tried } = waiting();
  engine.start();
  const { come } = await tried(1);
  expect(phase()).toBe('probing');
  engine.ask(aTurn({ modelId: F16.model_id, options: { contextWindow: 8192 } }));
  expect(engine.state.getState().turn).toMatchObject({ id: 'q' });
  const planned = new Promise<MachineState>((resolve) => {
    engine.state.subscribe((state) => state.rungs.length > 0 && resolve(state));
  });
  engine.configure(CONFIG);
  come();
  expect((await planned).turn).toMatchObject({ id: 'q' });
});

it('says what is missing where they cannot be had, ends the question, and tries again on request', async () => {
  const { engine, phase, tried } = waiting();
  const onEnd = vi.fn();
  engine.start();
  engine.ask(aTurn({ onEnd }));
  const { fail } = await tried(1);
  fail(namedError('CatalogUnavailableError', 'TypeError: Failed to fetch'));
  await vi.waitFor(() => expect(phase()).toBe('failed'));
  expect(engine.state.getState().error).toMatchObject({ kind: 'catalog-unavailable' });
  expect(onEnd).toHaveBeenCalledWith({ kind: 'failed', errorKind: 'catalog-unavailable' });
  engine.reset();
  expect(phase()).toBe('probing');
  const { come } = await tried(2);
  engine.configure(CONFIG);
  come();
  await vi.waitFor(() => expect(engine.state.getState().rungs).not.toEqual([]));
});

it('needs no models on offer for what pages ask of it meanwhile', () => {
  const { engine } = waiting();
  expect(engine.fit(F16.model_id)).toBeNull();
  expect(engine.memoryBudgetMb()).toBeNull();
  expect(() => engine.switchModel(F16.model_id)).not.toThrow();
});
