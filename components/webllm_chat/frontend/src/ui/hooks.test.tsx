/** The names and types that the project's description gives its two hooks. */
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import type { ModelEntry } from '../bridge/protocol';
import type { Message } from '../conversation/store';
import type { MachineState } from '../engine/machine';
import { CPU_RUNG, F16, F16_RUNG, F32, F32_RUNG } from '../test/fixtures';
import { someServices, within } from '../test/services';
import { useChat } from './useChat';
import { useModelManager } from './useModelManager';

afterEach(cleanup);

const READY: Partial<MachineState> = {
  phase: 'ready',
  rungs: [F16_RUNG, F32_RUNG, CPU_RUNG],
  choice: 'default',
};

function hook<T>(use: () => T, state: Partial<MachineState> = READY) {
  const services = someServices(state);
  const { result } = renderHook(use, { wrapper: within(services) });
  return { services, current: () => result.current };
}

type Manager = ReturnType<typeof useModelManager>;
type Chat = ReturnType<typeof useChat>;

describe('useModelManager', () => {
  it('has the promised types', () => {
    expectTypeOf<Manager['availableModels']>().toExtend<readonly ModelEntry[]>();
    expectTypeOf<Manager['activeModel']>().toEqualTypeOf<string | null>();
    expectTypeOf<Manager['isLoading']>().toEqualTypeOf<boolean>();
    expectTypeOf<Manager['loadingProgress']>().toEqualTypeOf<number>();
    expectTypeOf<Manager['loadingStatus']>().toEqualTypeOf<string>();
    expectTypeOf<Manager['switchModel']>().toBeCallableWith('a model');
    expectTypeOf<Manager['isModelLoaded']>().toEqualTypeOf<boolean>();
    expectTypeOf<Manager['chat']>().toExtend<(text: string) => Promise<string>>();
    expectTypeOf<Manager['streamChat']>().toExtend<
      (text: string, onToken: (token: string) => void) => Promise<void>
    >();
  });

  it('names the model that answers', () => {
    expect(hook(useModelManager).current()).toMatchObject({
      activeModel: F16.model_id,
      isLoading: false,
      isModelLoaded: true,
      loadingProgress: 100,
      loadingStatus: expect.stringMatching(/\w/),
    });
  });

  it('follows a load from 0 to 100', () => {
    const { services, current } = hook(useModelManager, { ...READY, phase: 'loading' });
    expect(current()).toMatchObject({
      activeModel: null,
      isLoading: true,
      isModelLoaded: false,
      loadingProgress: 0,
    });
    const seen: number[] = [];
    for (const fraction of [0, 0.333, 0.999, 1]) {
      act(() => services.engine.state.setState({ progress: { stage: 'load', fraction } }));
      seen.push(current().loadingProgress);
    }
    expect(seen).toEqual([0, 33, 99, 100]);
    act(() => services.engine.state.setState({ phase: 'ready', progress: null }));
    expect(current()).toMatchObject({ isLoading: false, loadingProgress: 100 });
  });

  it('offers no f16 model to a GPU without f16', () => {
    const state = { ...READY, rungs: [F32_RUNG, CPU_RUNG] };
    const offered = hook(useModelManager, state)
      .current()
      .availableModels.map(({ model_id }) => model_id);
    expect(offered).toContain(F32.model_id);
    expect(offered).not.toContain(F16.model_id);
  });

  it('hands a switch to the engine', () => {
    const { services, current } = hook(useModelManager);
    const switchModel = vi.spyOn(services.engine, 'switchModel').mockImplementation(() => {});
    current().switchModel(F32.model_id);
    expect(switchModel).toHaveBeenCalledWith(F32.model_id);
  });

  it('gives the whole answer, or its tokens as they come', async () => {
    const { services, current } = hook(useModelManager);
    vi.spyOn(services.engine, 'ask').mockImplementation((turn) => {
      turn.onStart(F16.model_id);
      turn.onToken('Be');
      turn.onToken('cause.');
      turn.onEnd({ kind: 'stopped' });
    });
    expect(await act(() => current().chat('Why?'))).toBe('Because.');
    const tokens: string[] = [];
    await act(() => current().streamChat('Why?', (token) => tokens.push(token)));
    expect(tokens.join('')).toBe('Because.');
  });
});

describe('useChat', () => {
  it('has the promised types', () => {
    expectTypeOf<Chat['messages']>().toExtend<readonly Message[]>();
    expectTypeOf<Chat['sendMessage']>().toExtend<(text: string) => Promise<void>>();
    expectTypeOf<Chat['sendMessageStream']>().toExtend<
      (text: string, onToken: (token: string) => void) => Promise<void>
    >();
    expectTypeOf<Chat['clearChat']>().toBeCallableWith();
    expectTypeOf<Chat['changeModel']>().toBeCallableWith('a model');
    expectTypeOf<Chat['currentModel']>().toEqualTypeOf<string | null>();
    expectTypeOf<Chat['availableModels']>().toExtend<readonly ModelEntry[]>();
    expectTypeOf<Chat['isLoading']>().toEqualTypeOf<boolean>();
    expectTypeOf<Chat['error']>().toEqualTypeOf<string | null>();
  });

  it('sends, shows what was said, and clears it', async () => {
    const { services, current } = hook(useChat);
    vi.spyOn(services.engine, 'ask').mockImplementation((turn) => {
      turn.onStart(F16.model_id);
      turn.onToken('Because.');
      turn.onEnd({ kind: 'stopped' });
    });
    const tokens: string[] = [];
    await act(() => current().sendMessage('Why?'));
    await act(() => current().sendMessageStream('Really?', (token) => tokens.push(token)));
    expect(current().messages.map(({ content }) => content)).toEqual([
      'Why?',
      'Because.',
      'Really?',
      'Because.',
    ]);
    expect(tokens).toEqual(['Because.']);
    act(() => current().clearChat());
    expect(current().messages).toEqual([]);
  });

  it('is loading while an answer is on its way', () => {
    const { services, current } = hook(useChat);
    expect(current()).toMatchObject({ isLoading: false, currentModel: F16.model_id, error: null });
    act(() => services.engine.state.setState({ turn: { id: 'q', trimmed: 0 } }));
    expect(current().isLoading).toBe(true);
  });

  it('has an error only when the chat cannot go on', () => {
    const error = { kind: 'out-of-memory', detail: '' };
    const { services, current } = hook(useChat, { ...READY, phase: 'recovering', error });
    expect(current().error).toBeNull();
    act(() => services.engine.state.setState({ phase: 'failed' }));
    expect(current().error).toBe('out-of-memory');
  });
});
