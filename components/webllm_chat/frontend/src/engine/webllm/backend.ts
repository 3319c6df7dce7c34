/** WebLLM on WebGPU: one engine with one model, and the GPU device that belongs to it. */
import { type AppConfig, type ChatOptions, MLCEngine } from '@mlc-ai/web-llm';
import { sleep } from '../../device/sleep';
import type {
  GenerateRequest,
  GenerateResult,
  LoadProgress,
  LoadRequest,
  LocalBackend,
} from '../backend';
import { classify, type EngineError, namedError } from '../errors';
import { Stopwatch } from '../stopwatch';
import { noteDevices } from './device-watch';
import { WebLLMProgress } from './progress';

/** How long a load that was given up may take to end; unloading aborts what it waits for. */
const LOAD_END_MS = 10_000;

export class WebLLMBackend implements LocalBackend {
  #engine: MLCEngine | undefined;
  #modelId = '';
  #devices: GPUDevice[] = [];
  #disposed = false;
  #loadEnded: Promise<void> = Promise.resolve();
  readonly #listeners: ((error: EngineError) => void)[] = [];
  /** Rejects when a device is lost: WebLLM's own promises may then stay open for good. */
  readonly #lost: Promise<never>;
  #lose: (error: Error) => void = () => {};

  constructor() {
    this.#lost = new Promise((_, reject) => {
      this.#lose = reject;
    });
    // Nobody may be waiting; the next call still meets the rejection.
    this.#lost.catch(() => {});
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
          ...(weights.integrity && { integrity: weights.integrity }),
          ...(weights.modelManifest && { model_manifest: weights.modelManifest }),
        },
      ],
      cacheBackend: weights.cacheBackend,
    };
    const progress = new WebLLMProgress(undefined);
    const engine = new MLCEngine({
      appConfig,
      logLevel: 'SILENT',
      initProgressCallback: (report) => onProgress(progress.read(report)),
    });
    const load = noteDevices(
      () => engine.reload(modelId, { context_window_size: contextWindow }),
      (device) => this.#watch(device),
    );
    this.#engine = engine;
    this.#modelId = modelId;
    this.#loadEnded = load.then(
      () => {},
      () => {},
    );
    await this.#orLost(load);
    await this.#orLost(warmUp(engine));
    onProgress({ stage: 'warm-up', fraction: 1 });
  }

  async generate(
    request: GenerateRequest,
    onToken: (text: string) => void,
  ): Promise<GenerateResult> {
    const engine = this.#engine;
    if (!engine) throw namedError('ModelNotLoadedError', 'Nothing is loaded.');
    return this.#orLost(answer(engine, ownSampling(engine, this.#modelId), request, onToken));
  }

  async stop(): Promise<void> {
    this.#engine?.interruptGenerate();
  }

  onLost(listener: (error: EngineError) => void): void {
    this.#listeners.push(listener);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const engine = this.#engine;
    this.#engine = undefined;
    engine?.interruptGenerate();
    this.#lose(namedError('ModelNotLoadedError', 'The engine was given up.'));
    for (const device of this.#devices) device.destroy();
    await Promise.all(this.#devices.map((device) => device.lost));
    // WebLLM unloads itself when its device goes; what it says about that concerns nobody now.
    await engine?.unload().catch(() => {});
    // A load that goes on could still ask for a device, which would pass for the next engine's.
    await Promise.race([this.#loadEnded, sleep(LOAD_END_MS)]);
  }

  #watch(device: GPUDevice): void {
    this.#devices.push(device);
    void device.lost.then(({ reason, message }) => {
      if (this.#disposed) return;
      const error = namedError('DeviceLostError', `${reason}: ${message}`);
      this.#lose(error);
      for (const listener of this.#listeners) listener(classify(error));
    });
    if (this.#disposed) device.destroy();
  }

  async #orLost<T>(result: Promise<T>): Promise<T> {
    try {
      return await Promise.race([result, this.#lost]);
    } catch (error) {
      // Losing the device makes WebLLM fail in ways of its own, which can come first.
      // `GPUDevice.lost` resolves within the same turn of the event loop or the next.
      await Promise.race([this.#lost, sleep(0)]);
      throw error;
    }
  }
}

/** For a model whose configuration lacks one, which WebLLM refuses to sample from. */
const LAST_RESORT = { temperature: 0.2, top_p: 0.9, repetition_penalty: 1 };

type OwnSampling = Pick<
  ChatOptions,
  'temperature' | 'top_p' | 'repetition_penalty' | 'frequency_penalty' | 'presence_penalty'
>;

/** What the model's own configuration says, the record's overrides in it. */
function ownSampling(engine: MLCEngine, modelId: string): OwnSampling {
  // Not public in WebLLM 0.2.86; the browser tests see that it is there.
  const configs = (engine as unknown as { loadedModelIdToChatConfig: Map<string, OwnSampling> })
    .loadedModelIdToChatConfig;
  return configs.get(modelId) ?? {};
}

/**
 * What was decided for this request, else the model's own. All of it is sent: WebLLM takes one
 * penalty alone for a decision that the other is 0.
 */
function samplingParameters(request: GenerateRequest, own: OwnSampling) {
  return {
    temperature: request.temperature ?? own.temperature ?? LAST_RESORT.temperature,
    top_p: request.topP ?? own.top_p ?? LAST_RESORT.top_p,
    repetition_penalty:
      request.repetitionPenalty ?? own.repetition_penalty ?? LAST_RESORT.repetition_penalty,
    frequency_penalty: request.frequencyPenalty ?? own.frequency_penalty ?? 0,
    presence_penalty: request.presencePenalty ?? own.presence_penalty ?? 0,
  };
}

async function answer(
  engine: MLCEngine,
  own: OwnSampling,
  request: GenerateRequest,
  onToken: (text: string) => void,
): Promise<GenerateResult> {
  const stopwatch = new Stopwatch();
  let usage: { prompt_tokens: number; completion_tokens: number } | undefined;
  let finish: GenerateResult['finish'] = 'stop';
  const chunks = await engine.chat.completions.create({
    messages: request.messages,
    max_tokens: request.maxTokens,
    ...samplingParameters(request, own),
    seed: request.seed ?? null,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of chunks) {
    const choice = chunk.choices[0];
    if (choice?.delta.content) {
      stopwatch.piece();
      onToken(choice.delta.content);
    }
    if (choice?.finish_reason === 'length') finish = 'length';
    if (choice?.finish_reason === 'abort') finish = 'stopped';
    usage = chunk.usage ?? usage;
  }
  return stopwatch.result(finish, {
    promptTokens: usage?.prompt_tokens,
    completionTokens: usage?.completion_tokens,
  });
}

/** `reload()` also resolves when it was aborted; one generated token proves the model is there. */
async function warmUp(engine: MLCEngine): Promise<void> {
  await engine.chat.completions.create({
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 1,
    ...LAST_RESORT,
  });
  await engine.resetChat();
}
