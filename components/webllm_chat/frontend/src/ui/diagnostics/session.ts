/** The diagnostics of one page's life: what was found stays when the visitor goes and comes back. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ModelEntry, RenderArgs } from '../../bridge/protocol';
import { LOCAL_CHECKS } from '../../device/checks';
import { MEMORY_CHECK } from '../../device/checks/memory';
import { NETWORK_CHECKS } from '../../device/checks/network';
import type { CheckRunner } from '../../device/checks/runner';
import { createChecks, type MemoryProgress } from './context';

/** What the checks need of the engine. */
export interface EngineAccess {
  /** Whether a model is answering now. */
  busy(): boolean;
  /** Unloads every model. @returns what loads them again. */
  freeGpu(): () => void;
}

export class DiagnosticsSession {
  readonly checks: CheckRunner;
  /** How far the memory check is; null while it does not run. */
  readonly memory: StoreApi<{ progress: MemoryProgress | null }> = createStore(() => ({
    progress: null,
  }));

  constructor(
    args: () => RenderArgs | null,
    catalog: () => readonly ModelEntry[],
    private readonly engine: EngineAccess,
  ) {
    this.checks = createChecks({
      args,
      catalog,
      busy: () => engine.busy(),
      onMemory: (progress) => this.memory.setState({ progress }),
    });
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
    const loadAgain = this.engine.freeGpu();
    try {
      await this.checks.run([MEMORY_CHECK]);
    } finally {
      this.memory.setState({ progress: null });
      loadAgain();
    }
  }

  stop(): void {
    this.checks.stop();
  }
}
