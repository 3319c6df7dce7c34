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

  /** A piece of the answer's text has come. */
  piece(): void {
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

  /** @param counted - tokens as the engine counted them, where it did. */
  result(
    finish: GenerateResult['finish'],
    counted: { promptTokens?: number | undefined; completionTokens?: number | undefined },
  ): GenerateResult {
    // A piece of text can hold several tokens, or only the end of one.
    this.#tokens = counted.completionTokens ?? this.#tokens;
    return {
      finish,
      promptTokens: counted.promptTokens ?? 0,
      completionTokens: this.#tokens,
      timeToFirstTokenS: this.timeToFirstTokenS,
      decodeTokensPerS: this.decodeTokensPerS,
    };
  }
}
