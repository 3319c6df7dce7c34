/** How much memory the GPU really gives: buffers are made and filled until it refuses. */
import type { Workbench } from './workbench';

const STEP = 2 ** 28;
/** Software WebGPU takes the computer's own memory, which others need. */
const MOST_IN_SOFTWARE = 2 ** 30;

export interface MemoryFound {
  /** Bytes that could be used at once. */
  bytes: number;
  /** Whether the GPU refused more; false where no more was asked for. */
  refused: boolean;
}

/**
 * @param goal - bytes; more is not asked for.
 * @param onStep - called with the bytes so far.
 */
export async function fillMemory(
  bench: Workbench,
  goal: number,
  onStep: (bytes: number) => void,
): Promise<MemoryFound> {
  const step = Math.min(STEP, bench.device.limits.maxBufferSize);
  const most = bench.software ? Math.min(goal, MOST_IN_SOFTWARE) : goal;
  let bytes = 0;
  while (bytes < most) {
    const buffer = await bench.emptyIfRoom(Math.min(step, most - bytes));
    if (!buffer) return { bytes, refused: true };
    // Systems hand out memory that is not there until it is written.
    const encoder = bench.device.createCommandEncoder();
    encoder.clearBuffer(buffer);
    bench.device.queue.submit([encoder.finish()]);
    await bench.device.queue.onSubmittedWorkDone();
    bytes += buffer.size;
    onStep(bytes);
  }
  return { bytes, refused: false };
}
