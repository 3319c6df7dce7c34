import type { EngineManager } from '../../engine/manager';
import type { EngineAccess } from './session';

/** The engine as the memory check needs it. */
export function engineAccess(engine: EngineManager): EngineAccess {
  const access = engine as Partial<EngineAccess>;
  return {
    suspend: async () => access.suspend?.call(engine),
    resume: () => access.resume?.call(engine),
  };
}
