/** What the worker of an engine offers to a page. */
import type {
  Backend,
  GenerateRequest,
  GenerateResult,
  LoadProgress,
  LoadRequest,
  LocalBackend,
} from '../backend';
import type { EngineError } from '../errors';

export interface EngineService extends Backend {
  /** Answered at once, also while an answer is being generated. */
  ping(): void;
  /** @param onLost - is called when the engine's device is gone, in use or not. */
  watch(onLost: (error: EngineError) => void): void;
}

export class LocalEngineService implements EngineService {
  constructor(private readonly backend: LocalBackend) {}

  load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void> {
    return this.backend.load(request, onProgress);
  }

  generate(request: GenerateRequest, onToken: (text: string) => void): Promise<GenerateResult> {
    return this.backend.generate(request, onToken);
  }

  stop(): Promise<void> {
    return this.backend.stop();
  }

  ping(): void {}

  watch(onLost: (error: EngineError) => void): void {
    this.backend.onLost(onLost);
  }
}
