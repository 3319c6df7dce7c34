/** WebLLM on WebGPU, one model per worker. */
import { type AppConfig, MLCEngine } from '@mlc-ai/web-llm';
import type {
  Backend,
  GenerateRequest,
  GenerateResult,
  LoadProgress,
  LoadRequest,
} from '../backend';
import { namedError } from '../errors';
import { Stopwatch } from '../stopwatch';
import { watchDevices } from './device-watch';
import { WebLLMProgress } from './progress';

export class WebLLMBackend implements Backend {
  #engine: MLCEngine | undefined;
  #lost: GPUDeviceLostInfo | undefined;

  constructor() {
    watchDevices((info) => {
      this.#lost = info;
    });
  }

  async load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void> {
    const { weights, modelId, contextWindow } = request;
    if (!weights) throw namedError('UnknownModelError', `${modelId} has no address.`);
    const appConfig: AppConfig = {
      model_list: [
        {
          model: weights.model,
          model_id: modelId,
          model_lib: weights.modelLib,
          overrides: weights.overrides,
        },
      ],
      cacheBackend: 'cache',
    };
    const progress = new WebLLMProgress(undefined);
    const engine = new MLCEngine({
      appConfig,
      logLevel: 'SILENT',
      initProgressCallback: (report) => onProgress(progress.read(report)),
    });
    await engine.reload(modelId, { context_window_size: contextWindow });
    await warmUp(engine);
    this.#engine = engine;
    onProgress({ stage: 'warm-up', fraction: 1 });
  }

  async generate(
    request: GenerateRequest,
    onToken: (text: string) => void,
  ): Promise<GenerateResult> {
    if (this.#lost) throw lostError(this.#lost);
    if (!this.#engine) throw namedError('ModelNotLoadedError', 'Nothing is loaded.');
    const stopwatch = new Stopwatch();
    let promptTokens = 0;
    let finish: GenerateResult['finish'] = 'stop';
    try {
      const chunks = await this.#engine.chat.completions.create({
        messages: request.messages,
        max_tokens: request.maxTokens,
        temperature: request.temperature,
        top_p: request.topP,
        repetition_penalty: request.repetitionPenalty,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of chunks) {
        const choice = chunk.choices[0];
        if (choice?.delta.content) {
          stopwatch.token();
          onToken(choice.delta.content);
        }
        if (choice?.finish_reason === 'length') finish = 'length';
        if (choice?.finish_reason === 'abort') finish = 'stopped';
        promptTokens = chunk.usage?.prompt_tokens ?? promptTokens;
      }
    } catch (error) {
      throw this.#lost ? lostError(this.#lost) : error;
    }
    return stopwatch.result(finish, promptTokens);
  }

  async stop(): Promise<void> {
    this.#engine?.interruptGenerate();
  }
}

/** `reload()` also resolves when it was aborted; one generated token proves the model is there. */
async function warmUp(engine: MLCEngine): Promise<void> {
  await engine.chat.completions.create({
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 1,
  });
  await engine.resetChat();
}

function lostError(info: GPUDeviceLostInfo): Error {
  return namedError('DeviceLostError', `${info.reason}: ${info.message}`);
}
