/** The page's side of an engine that lives in a worker, whatever kind of worker it is. */
import { type Endpoint, proxy, type Remote, wrap } from 'comlink';
import type { GenerateRequest, GenerateResult, LoadProgress, LoadRequest } from '../backend';
import { classify, type EngineError, namedError } from '../errors';
import type { EngineHandle } from '../host';
import type { EngineService } from './service';

/** How a host gives an engine up, and how it lets one go. */
export interface Ending {
  terminate(): void;
  release(): void;
}

export class RemoteEngine implements EngineHandle {
  readonly #service: Remote<EngineService>;
  readonly #listeners: ((error: EngineError) => void)[] = [];
  /** Rejects when the engine is gone, for whoever waits for its answer. */
  readonly #gone: Promise<never>;
  #go: (error: Error) => void = () => {};
  #state: 'alive' | 'lost' | 'ended' = 'alive';

  constructor(
    endpoint: Endpoint,
    private readonly ending: Ending,
  ) {
    this.#gone = new Promise((_, reject) => {
      this.#go = reject;
    });
    // Nobody may be waiting when an engine goes; the next call still meets the rejection.
    this.#gone.catch(() => {});
    this.#service = wrap<EngineService>(endpoint);
    void this.#service.watch(proxy((error: EngineError) => this.#lose(error)));
  }

  load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void> {
    return this.#orGone(this.#service.load(request, proxy(onProgress)));
  }

  generate(request: GenerateRequest, onToken: (text: string) => void): Promise<GenerateResult> {
    return this.#orGone(this.#service.generate(request, proxy(onToken)));
  }

  stop(): Promise<void> {
    return this.#orGone(this.#service.stop());
  }

  ping(): Promise<void> {
    return this.#orGone(this.#service.ping());
  }

  onLost(listener: (error: EngineError) => void): void {
    this.#listeners.push(listener);
  }

  terminate(): void {
    this.#end('The engine was given up.', () => this.ending.terminate());
  }

  release(): void {
    this.#end('The page let the engine go.', () => this.ending.release());
  }

  /** The host found out that the worker is gone. */
  crashed(error: Error): void {
    this.#go(error);
    this.#lose(classify(error));
  }

  #lose(error: EngineError): void {
    if (this.#state !== 'alive') return;
    this.#state = 'lost';
    for (const listener of this.#listeners) listener(error);
  }

  #end(why: string, end: () => void): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#go(namedError('WorkerCrashedError', why));
    end();
  }

  #orGone<T>(result: Promise<T>): Promise<T> {
    return Promise.race([result, this.#gone]);
  }
}
