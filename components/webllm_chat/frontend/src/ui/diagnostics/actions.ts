import { useStore } from 'zustand';
import type { Action } from '../../engine/errors';
import { SMALLEST_CONTEXT_WINDOW } from '../../engine/machine/recovery';
import { useServices } from '../services';

export interface RunnableAction {
  label: string;
  run: () => void;
}

/** What the buttons beside an error do. */
export function useActions(): Partial<Record<Action, RunnableAction>> {
  const { engine } = useServices();
  const { rungs, rung } = useStore(engine.state);
  const present = rungs[rung];
  return {
    'reset-gpu': { label: 'Reset GPU and try again', run: () => engine.reset() },
    ...(rungs[rung + 1] && {
      'smaller-model': { label: 'Use a smaller model', run: () => engine.smallerModel() },
    }),
    ...(present &&
      present.contextWindow > SMALLEST_CONTEXT_WINDOW && {
        'smaller-context': { label: 'Use a shorter context', run: () => engine.smallerContext() },
      }),
    'clear-cache': { label: 'Delete all models', run: () => void engine.library.deleteAll() },
  };
}
