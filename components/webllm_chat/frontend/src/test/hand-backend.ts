import type { GenerateRequest, GenerateResult, LoadRequest, LocalBackend } from '../engine/backend';
import { type EngineError, namedError } from '../engine/errors';

export const QUESTION: GenerateRequest = {
  messages: [{ role: 'user', content: 'Hi' }],
  maxTokens: 10,
  temperature: 0,
  topP: 1,
  repetitionPenalty: 1,
};

export const RESULT: GenerateResult = {
  finish: 'stop',
  promptTokens: 3,
  completionTokens: 2,
  timeToFirstTokenS: 0.1,
  decodeTokensPerS: 10,
};

/** An engine whose every step the test ends itself. */
export class HandBackend implements LocalBackend {
  readonly log: string[];
  finishLoading: () => void = () => {};
  failLoading: (error: Error) => void = () => {};
  onProgress: Parameters<LocalBackend['load']>[1] = () => {};
  finishAnswer: (result: GenerateResult) => void = () => {};
  onToken: (text: string) => void = () => {};
  lose: (error: EngineError) => void = () => {};

  constructor(log: string[]) {
    this.log = log;
  }

  load(request: LoadRequest, onProgress: Parameters<LocalBackend['load']>[1]): Promise<void> {
    this.log.push(`load ${request.modelId}`);
    this.onProgress = onProgress;
    return new Promise((resolve, reject) => {
      this.finishLoading = resolve;
      this.failLoading = reject;
    });
  }

  generate(_: GenerateRequest, onToken: (text: string) => void): Promise<GenerateResult> {
    this.log.push('generate');
    this.onToken = onToken;
    return new Promise((resolve) => {
      this.finishAnswer = resolve;
    });
  }

  async stop(): Promise<void> {
    this.log.push('stop');
    this.finishAnswer({ ...RESULT, finish: 'stopped' });
  }

  onLost(listener: (error: EngineError) => void): void {
    this.lose = listener;
  }

  async dispose(): Promise<void> {
    this.log.push('dispose');
    this.failLoading(namedError('ModelNotLoadedError', 'given up'));
  }
}
