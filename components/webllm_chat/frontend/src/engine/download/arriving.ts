/** The bytes of one file on their way from the network into parts. */
import type { Environment } from './environment';
import type { PartStore } from './part-store';
import type { RemoteFile } from './source';

/** A part is kept when it holds so many bytes … */
export const PART_BYTES = 1024 * 1024;
/** … and so much time has passed since the last: a fast connection ends a file before that, and
 * then nothing is written twice. Milliseconds. */
export const PART_MS = 2000;
/** Arrived bytes are handed from JavaScript's memory to the browser's in pieces of this size. */
const PIECE_BYTES = 8 * 1024 * 1024;

export class Arriving {
  received: number;
  readonly #kept: Blob[];
  #pieces: Blob[] = [];
  #loose: Uint8Array<ArrayBuffer>[] = [];
  #looseBytes = 0;
  #unkept = 0;
  #keptAt: number;

  constructor(
    private readonly file: RemoteFile,
    private readonly parts: PartStore,
    private readonly environment: Environment,
    kept: Blob[],
  ) {
    this.#kept = [...kept];
    this.received = kept.reduce((sum, part) => sum + part.size, 0);
    this.#keptAt = environment.now();
  }

  async add(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#loose.push(bytes);
    this.#looseBytes += bytes.length;
    this.received += bytes.length;
    this.#unkept += bytes.length;
    if (this.#looseBytes >= PIECE_BYTES) this.#gather();
    const due = this.environment.now() - this.#keptAt >= PART_MS;
    if (due && this.#unkept >= PART_BYTES) await this.keep();
  }

  /** Writes what is not kept yet. Full storage costs the shortcut next time, not this download. */
  async keep(): Promise<void> {
    this.#keptAt = this.environment.now();
    if (this.#unkept === 0) return;
    this.#gather();
    const part = new Blob(this.#pieces);
    try {
      await this.parts.append(this.file, this.#kept.length, part);
    } catch {
      return; // The pieces stay in hand, and are tried again with the next.
    }
    this.#kept.push(part);
    this.#pieces = [];
    this.#unkept = 0;
  }

  whole(): Blob {
    this.#gather();
    return new Blob([...this.#kept, ...this.#pieces]);
  }

  #gather(): void {
    if (this.#looseBytes > 0) this.#pieces.push(new Blob(this.#loose));
    this.#loose = [];
    this.#looseBytes = 0;
  }
}
