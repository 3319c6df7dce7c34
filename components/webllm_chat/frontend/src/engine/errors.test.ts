import { describe, expect, it } from 'vitest';
import table from '../../../errors.json';
import { classify, errorKind, namedError } from './errors';

/** What browsers, WebLLM 0.2.86 and llama.cpp really say, by the kind it must be given. */
const REAL_MESSAGES: Record<string, string[]> = {
  'device-lost': [
    'Instance dropped in onSubmittedWorkDone',
    'OperationError: A valid external Instance reference no longer exists.',
    'DeviceLostError: The WebGPU device was lost while loading the model. This issue often occurs due to running out of memory (OOM). To resolve this, try reloading with a model that has fewer parameters or uses a smaller context length.',
    'Device was lost. This can happen due to insufficient memory or other GPU constraints. Detailed error: [object GPUDeviceLostInfo]. Please try to reload WebLLM with a less resource-intensive model.',
    'DeviceLostError: destroyed: Device was destroyed.',
    'DeviceLostError: unknown: A valid external Instance reference no longer exists.',
    "AbortError: Failed to execute 'mapAsync' on 'GPUBuffer': A valid external Instance reference no longer exists.",
    // What a load says whose GPU is lost while the weights are fetched: WebLLM unloads itself.
    'Engine.unload() is called.',
  ],
  'buffer-map-failed': [
    "AbortError: Failed to execute 'mapAsync' on 'GPUBuffer': Buffer was unmapped before mapping was resolved.",
    "Failed to execute 'mapAsync' on 'GPUBuffer'",
  ],
  'out-of-memory': [
    'Out of memory',
    'RangeError: Array buffer allocation failed',
    'RuntimeError: memory access out of bounds',
    'Cannot initialize runtime because of requested maxBufferSize exceeds limit. requested=256MB, limit=128MB. Consider upgrading your browser.',
    'Cannot initialize runtime because of requested maxStorageBufferBindingSize exceeds limit. requested=128MB, limit=64MB. ',
  ],
  'shader-compilation': [
    'GPUPipelineError: [Invalid ShaderModule (unlabeled)] is invalid due to a previous error.',
    'Shader module compilation failed',
    'ShaderF16SupportError: This model requires WebGPU extension shader-f16, which is not enabled in this browser. You can try to launch Chrome Canary in command line with flag "--enable-dawn-features=allow_unsafe_apis".',
  ],
  'no-adapter': [
    "Error: Unable to find a compatible GPU. This issue might be because your computer doesn't have a GPU, or your system settings are not configured properly. Please check if your device has a GPU properly set up and if your your browser supports WebGPU.",
  ],
  'no-webgpu': [
    'WebGPUNotAvailableError: WebGPU is not supported in your current environment, but it is necessary to run the WebLLM engine. Please make sure that your browser supports WebGPU and that it is enabled in your browser settings.',
  ],
  'context-exceeded': [
    'ContextWindowSizeExceededError: Prompt tokens exceed context window size: number of prompt tokens: 3031; context window size: 2048\nConsider shortening the prompt, or increase `context_window_size`, or using sliding window via `sliding_window_size`.',
    'Running out of context cache',
  ],
  'storage-quota': [
    "QuotaExceededError: Failed to execute 'put' on 'Cache': Quota exceeded.",
    'QuotaExceededError: The current transaction exceeded its quota limitations.',
  ],
  'storage-denied': [
    "SecurityError: Failed to execute 'open' on 'CacheStorage': An attempt was made to break through the security policy of the user agent.",
    'The operation is insecure.',
    'ReferenceError: caches is not defined',
  ],
  'storage-busy': ['StorageBusyError: Another tab is still at work on m.'],
  'corrupt-file': [
    'CorruptFileError: https://app.example/model.gguf is not the file it should be (its SHA-256 differs); it was thrown away.',
    'IntegrityError: Integrity verification failed for https://hub.example/model.wasm\n  Expected: sha256-a\n  Actual: sha256-b\nThis may indicate file corruption or tampering.',
    'CompileError: WebAssembly.instantiate(): expected magic word 00 61 73 6d, found 3c 21 64 6f @+0',
    'SyntaxError: Unexpected token \'<\', "<!doctype "... is not valid JSON',
    'Error: Tensor-cache record range [0, 131072) exceeds shard size 1000',
  ],
  http: [
    'HttpError: https://app.example/model.gguf answered HTTP 404 instead of a part.',
    'Error: Failed to load https://hub.example/x: HTTP status 503',
  ],
  network: [
    "TypeError: Failed to execute 'add' on 'Cache': Request failed",
    "NetworkError: Failed to execute 'add' on 'Cache': Cache.add() encountered a network error",
    'TypeError: Failed to fetch',
    'TypeError: NetworkError when attempting to fetch resource.',
    'TypeError: Load failed',
    'ShortReadError: network error: https://app.example/model.gguf sent 10 of 20 bytes.',
  ],
  'catalog-unavailable': ['CatalogUnavailableError: NetworkError: TypeError: Failed to fetch'],
  'embedded-unavailable': ['EmbeddedModelUnavailableError: No reason was given.'],
  'unsupported-model': [
    'ModelNotFoundError: Cannot find model record in appConfig for nobody. Please check if the model ID is correct and included in the model_list configuration.',
    'UnknownModelError: nobody has no address in the catalog.',
  ],
  'question-too-long': ['QuestionTooLongError: The question alone is too long.'],
  'engine-hung': ['EngineHungError: It gave no sign of life.'],
  'crashed-while-loading': ['CrashedWhileLoadingError: the tab ended'],
  'worker-crashed': [
    '[object Object]',
    'ModelNotLoadedError: Model not loaded before trying to complete ChatCompletionRequest. Please ensure you have called MLCEngine.reload(model) to load the model before initiating APIs, or initialize your engine using CreateMLCEngine() with a valid model configuration.',
    'WorkerEngineModelNotLoadedError: WebWorkerMLCEngine is not loaded with a model. Did you call `engine.reload()`?',
    'WorkerCrashedError: The worker stopped.',
    'Module has already been disposed',
    'Error: The current Object has already been disposed',
    'GrammarMatcherInitError: Failed to initialize the grammar matcher for response format `json_object`: Cannot pass non-string to std::string',
    'BindingError: Tokenizer instance already deleted',
    'ExitStatus: Program terminated with exit(1)',
    'Program terminated with exit(1)',
    'RuntimeError: unreachable',
  ],
};

describe('classify', () => {
  const cases = Object.entries(REAL_MESSAGES).flatMap(([kind, messages]) =>
    messages.map((message) => ({ kind, message })),
  );

  it.each(cases)('calls this $kind: $message', ({ kind, message }) => {
    expect(classify(message)).toEqual({ kind, detail: message });
  });

  it('has a real message for every row of the table', () => {
    const named = table.map(({ kind }) => kind).filter((kind) => kind !== 'unknown');
    expect(Object.keys(REAL_MESSAGES).sort()).toEqual(named.sort());
  });

  it('leaves what it has no name for unknown', () => {
    for (const thrown of ['Something odd happened.', '', undefined, null, 42, new Error('odd')]) {
      expect(classify(thrown).kind).toBe('unknown');
    }
  });

  it('knows an Error by its name alone', () => {
    expect(classify(namedError('DeviceLostError', 'unknown: ')).kind).toBe('device-lost');
    expect(classify(new DOMException('No room.', 'QuotaExceededError')).kind).toBe('storage-quota');
  });

  it('knows an object that says nothing as a crash', () => {
    expect(classify({ status: 1 }).kind).toBe('worker-crashed');
  });

  it('keeps the raw text, but no more of it than a report can hold', () => {
    expect(classify(new Error('odd'))).toEqual({ kind: 'unknown', detail: 'Error: odd' });
    expect(classify('x'.repeat(5000)).detail).toHaveLength(2000);
  });

  it.each([
    ['a lost device, not memory', 'Device was lost (insufficient memory)', 'device-lost'],
    [
      'a lost device, not the buffer it broke',
      "Failed to execute 'mapAsync' on 'GPUBuffer': A valid external Instance reference no longer exists.",
      'device-lost',
    ],
    [
      'memory, not a model it cannot run',
      'failed to load model: unable to allocate memory',
      'out-of-memory',
    ],
    ['a model it cannot run', 'failed to load model', 'unsupported-model'],
    [
      'a full storage, not the request',
      "Failed to execute 'add' on 'Cache': Quota exceeded",
      'storage-quota',
    ],
    ['an answer of the server, not the connection', 'Failed to fetch x: HTTP 404', 'http'],
  ])('lets the more specific row win: %s', (_, message, kind) => {
    expect(classify(message).kind).toBe(kind);
  });
});

describe('the table of kinds', () => {
  it('ends with unknown, which matches nothing itself', () => {
    expect(table.at(-1)).toMatchObject({ kind: 'unknown', patterns: [] });
  });

  it('names each kind once', () => {
    const kinds = table.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  it.each(table)('says for $kind why, what the app does and what to do', (row) => {
    for (const sentence of [row.cause, row.app, row.person]) expect(sentence).toMatch(/\w.*\.$/);
    expect([
      'same-model-once',
      'smaller-context',
      'step-down',
      'f32-sibling',
      'refuse',
      'trim',
      'none',
    ]).toContain(row.remedy);
  });

  it.each(
    table.flatMap(({ kind, seen }) => seen.map((message) => ({ kind, message }))),
  )('recognises the message it lists for $kind: $message', ({ kind, message }) => {
    expect(classify(new Error(message)).kind).toBe(kind);
  });

  it('is found by kind, and unknown stands in for a kind that is not there', () => {
    expect(errorKind('http').kind).toBe('http');
    expect(errorKind('nonsense').kind).toBe('unknown');
  });
});
