import { useStore } from 'zustand';
import type { Action } from '../../engine/errors';
import { SMALLEST_CONTEXT_WINDOW } from '../../engine/machine/recovery';
import { useServices } from '../services';
import { useTexts } from '../texts';

export interface RunnableAction {
  label: string;
  /** Asked before it is done, where something would be lost. */
  sure?: string;
  run: () => void;
}

/** What the buttons beside an error do. */
export function useActions(): Partial<Record<Action, RunnableAction>> {
  const { engine } = useServices();
  const { rungs, rung } = useStore(engine.state);
  const present = rungs[rung];
  const { sessionError: words, engine: engineWords } = useTexts();
  return {
    'reset-gpu': { label: engineWords.reset, run: () => engine.reset() },
    ...(rungs[rung + 1] && {
      'smaller-model': { label: words.smallerModel, run: () => engine.smallerModel() },
    }),
    ...(present &&
      present.contextWindow > SMALLEST_CONTEXT_WINDOW && {
        'smaller-context': { label: words.smallerContext, run: () => engine.smallerContext() },
      }),
    'clear-cache': {
      label: words.clearCache,
      sure: words.clearCacheSure,
      run: () => void engine.library.deleteAll(),
    },
  };
}
