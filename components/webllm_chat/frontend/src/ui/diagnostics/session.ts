/** The diagnostics of one page's life: what was found stays when the visitor goes and comes back. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RenderArgs } from '../../bridge/protocol';
import { LOCAL_CHECKS } from '../../device/checks';
import { MEMORY_CHECK } from '../../device/checks/memory';
import { NETWORK_CHECKS } from '../../device/checks/network';
import type { CheckRunner } from '../../device/checks/runner';
import { createChecks, type MemoryProgress } from './context';

/** What the memory check needs of the engine. */
export interface EngineAccess {
  /** Unloads the model, and keeps it from coming back until `resume`. */
  suspend(): Promise<void>;
  resume(): void;
}

export class DiagnosticsSession {
  readonly checks: CheckRunner;
  /** How far the memory check is; null while it does not run. */
  readonly memory: StoreApi<{ progress: MemoryProgress | null }> = createStore(() => ({
    progress: null,
  }));

  constructor(
    args: () => RenderArgs | null,
    private readonly engine: EngineAccess,
  ) {
    this.checks = createChecks(args, (progress) => this.memory.setState({ progress }));
  }

  /** On the page's opening; what was found by a whole run before stays. */
  begin(): void {
    if (this.checks.state.getState().phase !== 'done') void this.checks.run(LOCAL_CHECKS);
  }

  again(): void {
    void this.checks.run(LOCAL_CHECKS);
  }

  network(): void {
    void this.checks.run(NETWORK_CHECKS);
  }

  async fillMemory(): Promise<void> {
    await this.engine.suspend();
    try {
      await this.checks.run([MEMORY_CHECK]);
    } finally {
      this.memory.setState({ progress: null });
      this.engine.resume();
    }
  }

  stop(): void {
    this.checks.stop();
  }
}
