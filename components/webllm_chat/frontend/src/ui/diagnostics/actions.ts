import type { Action } from '../../engine/errors';
import { useServices } from '../services';

export interface RunnableAction {
  label: string;
  run: () => void;
}

/** What the buttons beside an error do. */
export function useActions(): Partial<Record<Action, RunnableAction>> {
  const { engine } = useServices();
  return {
    'reset-gpu': { label: 'Reset GPU and try again', run: () => engine.reset() },
  };
}
