import type { EngineManager } from '../../engine/manager';
import type { EngineAccess } from './session';

/** The engine as the memory check needs it. */
export function engineAccess(engine: EngineManager): EngineAccess {
  return { suspend: async () => engine.suspend(), resume: () => engine.resume() };
}
