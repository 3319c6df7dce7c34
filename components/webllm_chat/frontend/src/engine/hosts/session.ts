/** One page's view of a worker with engines in it. */
import type { GenerateRequest, LoadProgress, LoadRequest } from '../backend';
import { type EngineError, namedError } from '../errors';
import { whenGone } from './lifeline';
import type { EnginePool } from './pool';
import type { EngineUser, SharedEngine } from './shared-engine';
import {
  type Answer,
  ENGINE_BUILD,
  type EngineService,
  type LoadedModel,
  type Welcome,
} from './wire';

export class EngineSession implements EngineService, EngineUser {
  #engine: SharedEngine | undefined;
  /** End the work on each answer, in their order, once the page has it or is gone. */
  #endings: (() => void)[] = [];
  readonly #watchers: ((error: EngineError) => void)[] = [];

  /** @param lifeline - name of this worker's own. */
  constructor(
    private readonly pool: EnginePool,
    private readonly lifeline: string | null,
  ) {}

  hello(lifeline: string | null): Welcome {
    if (lifeline) {
      whenGone(lifeline, () => {
        this.#endAll();
        this.pool.leave(this);
      });
    }
    return {
      build: ENGINE_BUILD,
      lifeline: this.lifeline,
      webgpu: 'gpu' in navigator,
      retired: this.pool.retired,
    };
  }

  async load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void> {
    this.pool.leave(this);
    const end = this.pool.beginWork();
    try {
      this.#engine = await this.pool.load(this, request, onProgress);
    } finally {
      end();
    }
  }

  async generate(request: GenerateRequest, onToken: (text: string) => void): Promise<Answer> {
    const engine = this.#engine;
    if (!engine) throw namedError('ModelNotLoadedError', 'Nothing is loaded.');
    let pieces = 0;
    const send = (text: string) => {
      pieces += 1;
      onToken(text);
    };
    const end = this.pool.beginWork();
    this.#endings.push(end);
    try {
      const result = await engine.generate(this, request, send);
      return { result, pieces };
    } catch (error) {
      this.#endings = this.#endings.filter((ending) => ending !== end);
      end();
      throw error;
    }
  }

  received(): void {
    this.#endings.shift()?.();
  }

  async stop(): Promise<void> {
    await this.#engine?.stop(this);
  }

  ping(): void {}

  watch(onLost: (error: EngineError) => void): void {
    this.#watchers.push(onLost);
  }

  loaded(): LoadedModel[] {
    return this.pool.loaded();
  }

  dispose(): Promise<void> {
    this.#endAll();
    return this.pool.giveUp(this, 'everybodys');
  }

  release(): Promise<void> {
    this.#endAll();
    return this.pool.giveUp(this, 'unused');
  }

  lost(error: EngineError): void {
    for (const watcher of this.#watchers) watcher(error);
  }

  #endAll(): void {
    for (const end of this.#endings.splice(0)) end();
  }
}
