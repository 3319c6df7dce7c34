/** One engine, and the pages that use it in turns. */
import type {
  GenerateRequest,
  GenerateResult,
  LoadProgress,
  LoadRequest,
  LocalBackend,
} from '../backend';
import type { EngineError } from '../errors';

/** A page, as far as an engine knows it. */
export interface EngineUser {
  lost(error: EngineError): void;
}

interface Job {
  user: EngineUser;
  stopped: boolean;
}

const STOPPED_IN_THE_QUEUE: GenerateResult = {
  finish: 'stopped',
  promptTokens: 0,
  completionTokens: 0,
  timeToFirstTokenS: 0,
  decodeTokensPerS: 0,
};

export class SharedEngine {
  readonly users = new Set<EngineUser>();
  readonly #listeners = new Set<(progress: LoadProgress) => void>();
  readonly #jobs = new Set<Job>();
  #progress: LoadProgress | undefined;
  #running: Job | undefined;
  #lastJob: Promise<unknown> = Promise.resolve();

  constructor(
    readonly modelId: string,
    readonly contextWindow: number,
    private readonly backend: LocalBackend,
  ) {}

  load(request: LoadRequest): Promise<void> {
    return this.backend.load(request, (progress) => {
      this.#progress = progress;
      for (const listener of this.#listeners) listener(progress);
    });
  }

  /** Who comes while the engine loads is told how far it is. */
  async follow(
    loading: Promise<void>,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<void> {
    if (this.#progress) onProgress(this.#progress);
    this.#listeners.add(onProgress);
    try {
      await loading;
    } finally {
      this.#listeners.delete(onProgress);
    }
  }

  /** Answers one after the other, in the order they were asked for. */
  generate(
    user: EngineUser,
    request: GenerateRequest,
    onToken: (text: string) => void,
  ): Promise<GenerateResult> {
    const job: Job = { user, stopped: false };
    this.#jobs.add(job);
    const result = this.#lastJob.then(() => this.#run(job, request, onToken));
    const ended = () => {
      this.#jobs.delete(job);
    };
    this.#lastJob = result.then(ended, ended);
    return result;
  }

  /** Ends this page's answers, the one in flight and those that wait; never another page's. */
  async stop(user: EngineUser): Promise<void> {
    for (const job of this.#jobs) if (job.user === user) job.stopped = true;
    if (this.#running?.user === user) await this.backend.stop();
  }

  onLost(listener: (error: EngineError) => void): void {
    this.backend.onLost(listener);
  }

  dispose(): Promise<void> {
    return this.backend.dispose();
  }

  async #run(
    job: Job,
    request: GenerateRequest,
    onToken: (text: string) => void,
  ): Promise<GenerateResult> {
    if (job.stopped) return STOPPED_IN_THE_QUEUE;
    this.#running = job;
    try {
      return await this.backend.generate(request, (text) => {
        onToken(text);
        // An engine that was told before it had begun forgets that it was.
        if (job.stopped) void this.backend.stop();
      });
    } finally {
      this.#running = undefined;
    }
  }
}
