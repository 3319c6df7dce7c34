/** Measures the app's own backend: loading, reading, answering, and answering beside a download. */
import type { GenerateRequest, GenerateResult, LoadRequest } from '../src/engine/backend';
import type { ModelSource } from '../src/engine/download/source';
import { createEngine, type EngineHandle } from '../src/engine/host';
import { DownloadWorker } from '../src/engine/library/worker';

export interface MeasureRequest {
  model: LoadRequest;
  /** How often each figure is taken. */
  repeats: number;
  /** Tokens of each answer whose speed is taken. */
  answerTokens: number;
  /** Files to download while answering, null to measure without. */
  download: ModelSource | null;
}

/** Times in seconds, speeds in tokens per second, one value for each repeat. */
export interface Measured {
  adapter: string;
  /** To the question of a few words: two builds of one model should say the same. */
  answer: string;
  /** Until the first token was generated; from the network, then from the browser's cache. */
  loadCold: number;
  loadCached: number;
  /** A question of a few words, from asking to the first token. */
  firstToken: number[];
  /** A prompt of about 700 tokens, its tokens over the time to the first token of the answer. */
  prefill: number[];
  prefillTokens: number[];
  decode: number[];
  /** The same while files are downloaded and hashed in another worker, and how fast they came. */
  decodeWhileDownloading: number[];
  downloadedMegabytesPerS: number[];
}

const QUESTION = 'What is the capital of France?';
const TASK = 'Write a long story about a lighthouse keeper and the sea, with many details.';
/** Read as about 700 tokens. */
const LONG_TEXT = 'The keeper of the lighthouse walks up the stairs and looks at the sea. '.repeat(
  45,
);

export async function measureModel(request: MeasureRequest): Promise<Measured> {
  const adapter = await describeAdapter();
  const cold = await timedLoad(request.model);
  cold.engine.terminate();
  const cached = await timedLoad(request.model);
  const measured: Measured = {
    adapter,
    answer: '',
    loadCold: cold.seconds,
    loadCached: cached.seconds,
    firstToken: [],
    prefill: [],
    prefillTokens: [],
    decode: [],
    decodeWhileDownloading: [],
    downloadedMegabytesPerS: [],
  };
  const ask = asker(cached.engine);
  const downloader = new DownloadWorker();
  // The first long answer compiles what short ones did not need.
  await ask(TASK, request.answerTokens);
  for (let i = 0; i < request.repeats; i += 1) {
    const answered = await ask(QUESTION, 8);
    measured.answer = answered.text;
    measured.firstToken.push(answered.timeToFirstTokenS);
    // A new beginning each time, so that nothing read before can be used again.
    const read = await ask(`Text ${i}: ${LONG_TEXT} Summarize it.`, 2);
    measured.prefill.push(read.promptTokens / read.timeToFirstTokenS);
    measured.prefillTokens.push(read.promptTokens);
    const alone = async () => {
      measured.decode.push((await ask(TASK, request.answerTokens)).decodeTokensPerS);
    };
    const besideDownload = async () => {
      if (!request.download) return;
      const downloads = new RepeatedDownload(downloader, request.download);
      await downloads.started;
      const { decodeTokensPerS } = await ask(TASK, request.answerTokens);
      measured.decodeWhileDownloading.push(decodeTokensPerS);
      measured.downloadedMegabytesPerS.push(await downloads.stop());
    };
    // In turns, so that neither is always the first.
    for (const decode of i % 2 ? [alone, besideDownload] : [besideDownload, alone]) await decode();
  }
  cached.engine.terminate();
  return measured;
}

interface Loaded {
  engine: EngineHandle;
  seconds: number;
}

async function timedLoad(model: LoadRequest): Promise<Loaded> {
  const started = performance.now();
  const engine = await createEngine('webllm', 'dedicated', model.modelId);
  await engine.load(model, () => {});
  return { engine, seconds: (performance.now() - started) / 1000 };
}

function asker(engine: EngineHandle) {
  return async (content: string, maxTokens: number): Promise<GenerateResult & { text: string }> => {
    let text = '';
    const request: GenerateRequest = {
      messages: [{ role: 'user', content }],
      maxTokens,
      temperature: 0,
      topP: 1,
      repetitionPenalty: 1,
    };
    const result = await engine.generate(request, (token) => {
      text += token;
    });
    return { ...result, text };
  };
}

/** Downloads the same files again and again, as the app does in the background, until stopped. */
class RepeatedDownload {
  readonly #began = performance.now();
  /** Bytes of whole rounds, and of the one under way. */
  #finished = 0;
  #current = 0;
  #stopped = false;
  readonly #ended: Promise<void>;
  /** Resolves when the first bytes have come. */
  readonly started: Promise<void>;

  constructor(
    private readonly downloader: DownloadWorker,
    private readonly source: ModelSource,
  ) {
    let onBytes = () => {};
    this.started = new Promise((resolve) => {
      onBytes = resolve;
    });
    this.#ended = this.#run(onBytes);
  }

  /** @returns megabytes (10^6 bytes) a second, hashed and stored. */
  async stop(): Promise<number> {
    const megabytes = (this.#finished + this.#current) / 1e6;
    const seconds = (performance.now() - this.#began) / 1000;
    this.#stopped = true;
    await this.downloader.stop(this.source.modelId, 'DownloadCancelledError');
    await this.#ended;
    return megabytes / seconds;
  }

  async #run(onBytes: () => void): Promise<void> {
    while (!this.#stopped) {
      await this.downloader
        .download(this.source, 'background', (event) => {
          if (event.type !== 'progress') return;
          this.#current = event.tally.received;
          if (this.#current > 0) onBytes();
        })
        .catch((error: Error) => {
          if (error.name !== 'DownloadCancelledError') throw error;
        });
      this.#finished += this.#current;
      this.#current = 0;
      await this.downloader.dropParts(this.source);
      await this.downloader.remove(this.source);
    }
  }
}

/** The first request after the GPU process started can fail. */
async function describeAdapter(): Promise<string> {
  for (let tries = 0; tries < 20; tries += 1) {
    const adapter = await navigator.gpu.requestAdapter().catch(() => null);
    if (adapter) {
      const { vendor, architecture, description } = adapter.info;
      return [vendor, architecture, description].filter(Boolean).join(' ');
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('This browser offers no GPU.');
}
