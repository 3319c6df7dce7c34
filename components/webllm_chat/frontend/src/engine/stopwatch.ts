import type { GenerateResult } from './backend';

/** Times one answer from the request to its last token. */
export class Stopwatch {
  readonly #started: number;
  #first: number | undefined;
  #last = 0;
  #tokens = 0;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.#started = now();
  }

  token(): void {
    this.#tokens += 1;
    this.#last = this.now();
    this.#first ??= this.#last;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Seconds from the request to the first token. */
  get timeToFirstTokenS(): number {
    return ((this.#first ?? this.now()) - this.#started) / 1000;
  }

  /** Tokens per second after the first, which belongs to the prefill; 0 for fewer than two. */
  get decodeTokensPerS(): number {
    if (this.#first === undefined || this.#tokens < 2 || this.#last <= this.#first) return 0;
    return (this.#tokens - 1) / ((this.#last - this.#first) / 1000);
  }

  /** @param promptTokens - what the engine had to read: less where it kept earlier turns. */
  result(finish: GenerateResult['finish'], promptTokens: number): GenerateResult {
    return {
      finish,
      promptTokens,
      completionTokens: this.#tokens,
      timeToFirstTokenS: this.timeToFirstTokenS,
      decodeTokensPerS: this.decodeTokensPerS,
    };
  }
}
