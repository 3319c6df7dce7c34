/** Downloads one after another, so that what is waited for has the whole connection. */
import type { Priority } from '../download/service';
import { namedError } from '../errors';
import { nextInLine, type Queued } from './queue';

export const PAUSED = 'DownloadPausedError';
export const CANCELLED = 'DownloadCancelledError';
/** Another model goes first; this one goes on afterwards. Nobody outside sees this error. */
const PREEMPTED = 'DownloadPreemptedError';

interface Job extends Queued {
  modelId: string;
  /** It was paused or cancelled, and is only keeping what it has. */
  ending: boolean;
  result: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** What the line needs done, and whom it tells. */
export interface LineWork {
  /** Downloads; rejects with an error of the name that `stop` was given. */
  run(modelId: string, priority: Priority): Promise<void>;
  stop(modelId: string, reason: string): Promise<void>;
  onWaiting(modelId: string): void;
  onStarted(modelId: string): void;
  /** Before whoever waits for the download hears of its end. */
  onEnded(modelId: string, error: unknown): Promise<void>;
}

export class DownloadLine {
  readonly #jobs = new Map<string, Job>();
  #running: { job: Job; priority: Priority; settled: Promise<void> } | undefined;
  #order = 0;

  constructor(private readonly work: LineWork) {}

  has(modelId: string): boolean {
    return this.#jobs.has(modelId);
  }

  isRunning(modelId: string): boolean {
    return this.#running?.job.modelId === modelId;
  }

  priorityOf(modelId: string): Priority | undefined {
    return this.#jobs.get(modelId)?.priority;
  }

  /**
   * Puts a model in line, or joins the download there is of it.
   * @param isHere - asked for a new one: what is here already need not wait for others.
   * @throws what the download ends with.
   */
  async download(
    modelId: string,
    priority: Priority,
    isHere: () => Promise<boolean>,
  ): Promise<void> {
    const known = this.#jobs.get(modelId);
    if (known && !known.ending) return this.#join(known, priority);
    const job = this.#add(modelId, priority);
    if (await isHere()) this.#runAside(job);
    else this.#next();
    return job.result;
  }

  /** Resolves when the model's download, if there is one, is over and what it has is kept. */
  async end(modelId: string, reason: string): Promise<void> {
    const job = this.#jobs.get(modelId);
    if (!job) return;
    job.ending = true;
    if (this.#running?.job === job) {
      const { settled } = this.#running;
      await this.work.stop(modelId, reason);
      await settled;
    } else {
      await this.#finish(job, namedError(reason, `The download of ${modelId} was ended.`));
    }
  }

  #add(modelId: string, priority: Priority): Job {
    const { promise, resolve, reject } = withResolvers();
    // Nobody may be waiting: whoever runs the line is told of the failure too.
    promise.catch(() => {});
    this.#order += 1;
    const order = this.#order;
    const job = { modelId, priority, order, ending: false, result: promise, resolve, reject };
    this.#jobs.set(modelId, job);
    this.work.onWaiting(modelId);
    return job;
  }

  #join(job: Job, priority: Priority): Promise<void> {
    if (priority === 'foreground') {
      job.priority = priority;
      this.#order += 1;
      job.order = this.#order;
      this.#next();
    }
    return job.result;
  }

  #runAside(job: Job): void {
    void this.work.run(job.modelId, job.priority).then(
      () => this.#finish(job),
      (error: unknown) => this.#finish(job, error),
    );
  }

  #next(): void {
    const next = nextInLine(this.#jobs.values());
    if (!next) return;
    if (!this.#running) {
      this.#start(next);
    } else if (this.#running.job !== next || this.#running.priority !== next.priority) {
      void this.work.stop(this.#running.job.modelId, PREEMPTED);
    }
  }

  #start(job: Job): void {
    const { modelId, priority } = job;
    this.work.onStarted(modelId);
    const settled = this.work.run(modelId, priority).then(
      () => this.#ended(job),
      (error: unknown) => this.#ended(job, error),
    );
    this.#running = { job, priority, settled };
  }

  async #ended(job: Job, error?: unknown): Promise<void> {
    this.#running = undefined;
    const preempted = error instanceof Error && error.name === PREEMPTED;
    if (preempted && this.#jobs.get(job.modelId) === job) this.work.onWaiting(job.modelId);
    else await this.#finish(job, error);
    this.#next();
  }

  async #finish(job: Job, error?: unknown): Promise<void> {
    if (this.#jobs.get(job.modelId) === job) this.#jobs.delete(job.modelId);
    await this.work.onEnded(job.modelId, error);
    if (error === undefined) job.resolve();
    else job.reject(error);
  }
}

function withResolvers() {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
