/** The page's side of an engine that lives in a worker, whatever kind of worker it is. */
import { proxy, type Remote, wrap } from 'comlink';
import type { GenerateRequest, GenerateResult, LoadProgress, LoadRequest } from '../backend';
import { classify, type EngineError, namedError } from '../errors';
import type { EngineHandle, Fallback, HostKind } from '../host';
import { onWorkerError } from './crash-watch';
import { holdLifeline, whenGone } from './lifeline';
import { CONNECT, ENGINE_BUILD, type EngineService, type Welcome } from './wire';

/** What a page knows of a worker that it is connected to. */
export interface Connection {
  service: Remote<EngineService>;
  welcome: Welcome;
  close(): void;
}

/**
 * @param post - hands the worker its end of the channel.
 * @param patienceMs - how long the worker may take to answer; leave it out where the worker's code
 *   may still have to be fetched, which takes as long as it takes.
 */
export async function connectTo(
  post: (message: string, port: MessagePort) => void,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<Connection> {
  const lifeline = await holdLifeline();
  const { port1, port2 } = new MessageChannel();
  post(CONNECT, port2);
  const service = wrap<EngineService>(port1);
  const close = () => {
    lifeline?.release();
    port1.close();
  };
  try {
    const welcome = await within(patienceMs, service.hello(lifeline?.name ?? null));
    return { service, welcome, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Rejects when the worker's code cannot be fetched or does not run. */
export function connectToWorker(
  worker: Worker | SharedWorker,
  patienceMs?: number,
): Promise<Connection> {
  const target = 'port' in worker ? worker.port : worker;
  return new Promise((resolve, reject) => {
    onWorkerError(worker, reject);
    connectTo((message, port) => target.postMessage(message, [port]), patienceMs).then(
      resolve,
      reject,
    );
  });
}

export function isOfThisBuild({ welcome }: Connection): boolean {
  return welcome.build === ENGINE_BUILD && !welcome.retired;
}

export interface RemoteOptions {
  host: HostKind;
  /** Ends the worker for real, where a page can. */
  kill?: () => void;
  /** Is called once the handle is of no more use, for whatever reason. */
  onEnd?: () => void;
}

export class RemoteEngine implements EngineHandle {
  readonly host: HostKind;
  fallback: Fallback | null = null;
  readonly #listeners: ((error: EngineError) => void)[] = [];
  /** Rejects when the engine is gone, for whoever waits for its answer. */
  readonly #gone: Promise<never>;
  #go: (why: unknown) => void = () => {};
  #lost: EngineError | undefined;
  #ended = false;
  #stopWatching = () => {};

  constructor(
    private readonly connection: Connection,
    private readonly options: RemoteOptions,
  ) {
    this.host = options.host;
    this.#gone = new Promise((_, reject) => {
      this.#go = reject;
    });
    // Nobody may be waiting when an engine goes; the next call still meets the rejection.
    this.#gone.catch(() => {});
    void connection.service.watch(proxy((error: EngineError) => this.#lose(error)));
    const worker = connection.welcome.lifeline;
    if (worker) {
      const ended = () => this.crashed(namedError('WorkerCrashedError', 'Its worker was ended.'));
      this.#stopWatching = whenGone(worker, ended);
    }
    this.#gone.catch(() => options.onEnd?.());
  }

  load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void> {
    return this.#orGone(this.connection.service.load(request, proxy(onProgress)));
  }

  async generate(
    request: GenerateRequest,
    onToken: (text: string) => void,
  ): Promise<GenerateResult> {
    const pieces = new Arrivals();
    const receive = (text: string) => {
      onToken(text);
      pieces.arrived();
    };
    const answer = await this.#orGone(this.connection.service.generate(request, proxy(receive)));
    await this.#orGone(pieces.until(answer.pieces));
    void this.connection.service.received();
    return answer.result;
  }

  stop(): Promise<void> {
    return this.#orGone(this.connection.service.stop());
  }

  ping(): Promise<void> {
    return this.#orGone(this.connection.service.ping());
  }

  onLost(listener: (error: EngineError) => void): void {
    if (this.#lost) listener(this.#lost);
    else this.#listeners.push(listener);
  }

  terminate(): void {
    this.#end('The engine was given up.', async () => {
      if (this.options.kill) this.options.kill();
      else await this.connection.service.dispose();
    });
  }

  release(): void {
    if (this.host === 'dedicated') this.terminate();
    else this.#end('The page let the engine go.', () => this.connection.service.release());
  }

  /** The worker is gone, or does not answer any more. */
  crashed(error: Error): void {
    this.#go(error);
    this.#lose(classify(error));
  }

  #lose(error: EngineError): void {
    if (this.#ended || this.#lost) return;
    this.#lost = error;
    // A worker without an engine ends itself: what is asked later must meet the loss, not that.
    this.#go(error.detail);
    for (const listener of this.#listeners) listener(error);
  }

  #end(why: string, end: () => Promise<void>): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopWatching();
    this.#go(namedError('WorkerCrashedError', why));
    // A worker that is gone never answers, and has nothing left to give up.
    void end().finally(() => this.connection.close());
  }

  #orGone<T>(result: Promise<T>): Promise<T> {
    return Promise.race([result, this.#gone]);
  }
}

/** Resolves when as many have arrived as were sent. */
class Arrivals {
  #arrived = 0;
  #check = () => {};

  arrived(): void {
    this.#arrived += 1;
    this.#check();
  }

  until(sent: number): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (this.#arrived >= sent) resolve();
      };
      this.#check();
    });
  }
}

async function within<T>(milliseconds: number, result: Promise<T>): Promise<T> {
  if (milliseconds === Number.POSITIVE_INFINITY) return result;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = namedError('WorkerCrashedError', 'The worker does not answer.');
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
