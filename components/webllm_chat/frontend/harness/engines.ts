/** The app's own WebLLM backend, and WebLLM as it comes, behind one face for tests. */
import {
  type ChatCompletionRequestStreaming,
  type ChatOptions,
  type ModelRecord,
  WebWorkerMLCEngine,
} from '@mlc-ai/web-llm';
import type { GenerateRequest, LoadRequest } from '../src/engine/backend';
import { connectToWorker, RemoteEngine } from '../src/engine/hosts/remote';
import { type HarmedWorker, startWorker } from './workers';

export interface Answer {
  text: string;
  /** Why it ended: the app's word, or WebLLM's. */
  finish: string;
  /** Tokens that were read for it; fewer where the engine still had earlier turns. */
  promptTokens: number;
}

export class AppEngine {
  readonly #started: HarmedWorker;
  readonly #engine: Promise<RemoteEngine>;
  readonly faults: HarmedWorker['faults'];

  constructor(kind: 'backend' | 'cpu') {
    this.#started = startWorker(kind);
    this.#engine = connectToWorker(this.#started.worker).then(
      (connection) => new RemoteEngine(connection, { host: 'dedicated', kill: () => this.#kill() }),
    );
    this.faults = this.#started.faults;
  }

  /** @param request - `file` is the address of a GGUF file, for the CPU. */
  async load({ file, ...request }: LoadRequest & { file?: string }): Promise<void> {
    const gguf = file === undefined ? {} : { gguf: await (await fetch(file)).blob() };
    await (await this.#engine).load({ ...request, ...gguf }, () => {});
  }

  async ask(request: GenerateRequest, onToken: () => void): Promise<Answer> {
    let text = '';
    const engine = await this.#engine;
    const { finish, promptTokens } = await engine.generate(request, (token) => {
      text += token;
      onToken();
    });
    return { text, finish, promptTokens };
  }

  async stop(): Promise<void> {
    await (await this.#engine).stop();
  }

  terminate(): void {
    void this.#engine.then((engine) => engine.terminate());
  }

  #kill(): void {
    this.#started.worker.terminate();
  }
}

export class PlainEngine {
  readonly #started = startWorker('plain');
  readonly #engine: WebWorkerMLCEngine;
  readonly faults = this.#started.faults;

  constructor(models: ModelRecord[]) {
    const appConfig = { model_list: models };
    this.#engine = new WebWorkerMLCEngine(this.#started.worker, { appConfig, logLevel: 'SILENT' });
  }

  load({ modelId, ...options }: ChatOptions & { modelId: string }): Promise<void> {
    return this.#engine.reload(modelId, options);
  }

  async ask(
    request: Omit<ChatCompletionRequestStreaming, 'stream'>,
    onToken: () => void,
  ): Promise<Answer> {
    const chunks = await this.#engine.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    const answer: Answer = { text: '', finish: '', promptTokens: 0 };
    for await (const { choices, usage } of chunks) {
      if (choices[0]?.delta.content) {
        answer.text += choices[0].delta.content;
        onToken();
      }
      answer.finish = choices[0]?.finish_reason ?? answer.finish;
      answer.promptTokens = usage?.prompt_tokens ?? answer.promptTokens;
    }
    return answer;
  }

  async stop(): Promise<void> {
    this.#engine.interruptGenerate();
  }

  unload(): Promise<void> {
    return this.#engine.unload();
  }

  terminate(): void {
    this.#started.worker.terminate();
  }
}
