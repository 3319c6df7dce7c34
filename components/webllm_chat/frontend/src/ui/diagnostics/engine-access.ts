import type { EngineManager } from '../../engine/manager';
import type { EngineAccess } from './session';

/** The engine as the checks need it. */
export function engineAccess(engine: EngineManager): EngineAccess {
  return {
    busy: () => engine.state.getState().turn !== null,
    freeGpu: () => {
      // Who unloaded the model themselves keeps it unloaded.
      if (engine.state.getState().phase === 'suspended') return () => {};
      engine.suspend();
      return () => engine.resume();
    },
  };
}
