/**
 * Reads WebLLM's progress reports. It reports per shard, in two passes that each start at 0,
 * and says how many bytes only in its text (0.2.86: `Fetching param cache[3/24]: 120MB fetched.
 * 15% completed, …`, then `Loading model from cache[3/24]: …`).
 */
import type { LoadProgress } from '../backend';

export interface WebLLMReport {
  progress: number;
  text: string;
}

/** Shares of one bar from 0 to 1; shader compilation and warm-up report nothing themselves. */
const DOWNLOAD_SHARE = 0.7;
const LOAD_SHARE = 0.2;

/** WebLLM says MB and counts 2^20 bytes, rounded up. */
const MEBIBYTE = 2 ** 20;

export class WebLLMProgress {
  #highest = 0;

  /** @param totalBytes - the download's size, where it is known. */
  constructor(private readonly totalBytes: number | undefined) {}

  read({ progress, text }: WebLLMReport): LoadProgress {
    const fetching = /^Fetching param cache\[\d+\/\d+\]: (\d+)MB fetched/.exec(text);
    if (fetching) {
      const received = Number(fetching[1]) * MEBIBYTE;
      return {
        ...this.#at('download', progress * DOWNLOAD_SHARE),
        received,
        ...(this.totalBytes === undefined ? {} : { total: Math.max(this.totalBytes, received) }),
      };
    }
    if (text.startsWith('Loading model from cache')) {
      return this.#at('load', DOWNLOAD_SHARE + progress * LOAD_SHARE);
    }
    if (text.startsWith('Finish loading')) return this.#at('warm-up', 0.97);
    if (text.startsWith('Loading GPU shader modules')) {
      return this.#at('compile', DOWNLOAD_SHARE + LOAD_SHARE + progress * 0.07);
    }
    return this.#at('download', 0);
  }

  #at(stage: LoadProgress['stage'], fraction: number): LoadProgress {
    this.#highest = Math.max(this.#highest, Math.min(1, fraction));
    return { stage, fraction: this.#highest };
  }
}
