/** The one interface behind which every engine works, in a worker of its own. */

export type Role = 'system' | 'user' | 'assistant';

export interface ChatTurnMessage {
  role: Role;
  content: string;
}

export interface LoadRequest {
  modelId: string;
  /** Tokens. */
  contextWindow: number;
  /** WebLLM: addresses of the weights and of the compiled library, and the build's overrides. */
  weights?: { model: string; modelLib: string; overrides: Record<string, unknown> };
  /** wllama: the whole GGUF file. */
  gguf?: Blob;
}

export interface LoadProgress {
  stage: 'download' | 'load' | 'compile' | 'warm-up';
  /** 0 to 1, through all stages, never falling. */
  fraction: number;
  /** Bytes so far and in all, where they are known. */
  received?: number;
  total?: number;
}

export interface GenerateRequest {
  messages: ChatTurnMessage[];
  /** Tokens. */
  maxTokens: number;
  temperature: number;
  topP: number;
  /** 1 leaves repeated tokens alone; above, they become less likely. */
  repetitionPenalty: number;
}

export interface GenerateResult {
  finish: 'stop' | 'length' | 'stopped';
  promptTokens: number;
  completionTokens: number;
  timeToFirstTokenS: number;
  decodeTokensPerS: number;
}

export interface Backend {
  load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<void>;
  /** Resolves when the answer is complete or was stopped. */
  generate(request: GenerateRequest, onToken: (text: string) => void): Promise<GenerateResult>;
  /** Ends the answer in flight; what was generated stays. */
  stop(): Promise<void>;
}
