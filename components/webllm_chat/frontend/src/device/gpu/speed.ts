/** How fast the GPU reads its memory, computes, and starts work. */
import { ADD_ONE, MULTIPLY_ADDS, multiplyAdd, READ_ALL, type Scalar } from './shaders';
import { type Dispatch, kernel, readBack, run, type Workbench } from './workbench';

/** Seconds a measurement should take: long against the clock's grain, short for the visitor. */
const LONG_ENOUGH_S = 0.08;
const MOST_REPEATS = 512;

export interface Bandwidth {
  bytesPerS: number;
  /** Size of the buffer that was read. */
  bytes: number;
}

/**
 * Reads a buffer larger than the caches of most GPUs, as an answer's every token reads all weights.
 * Where there is no room for it beside a loaded model, a smaller one is read.
 */
export async function measureBandwidth(bench: Workbench): Promise<Bandwidth> {
  const largest = bench.device.limits.maxStorageBufferBindingSize;
  let bytes = Math.min(bench.software ? 2 ** 24 : 2 ** 28, largest);
  let data = await bench.emptyIfRoom(bytes);
  while (!data && bytes > 2 ** 22) {
    bytes /= 2;
    data = await bench.emptyIfRoom(bytes);
  }
  if (!data) throw new Error('The GPU has no memory left, not even 4 MiB.');
  const groups = bench.software ? 32 : 1024;
  const sums = bench.empty(groups * 256 * 16);
  const dispatch = await kernel(bench, READ_ALL, [data, sums], [groups]);
  return { bytesPerS: bytes / (await timePerRun(bench, dispatch)), bytes };
}

/** @returns floating-point operations per second; a fused multiply-add counts as two. */
export async function measureArithmetic(bench: Workbench, scalar: Scalar): Promise<number> {
  const groups = bench.software ? 16 : 2048;
  const invocations = groups * 256;
  const results = bench.empty(invocations * 4 * (scalar === 'f16' ? 2 : 4));
  const dispatch = await kernel(bench, multiplyAdd(scalar), [results], [groups]);
  return (invocations * MULTIPLY_ADDS * 2) / (await timePerRun(bench, dispatch));
}

export interface LaunchCost {
  /** Seconds for one small kernel after another that depends on it. */
  kernelS: number;
  /** Seconds from submitting to having a result in JavaScript. */
  readBackS: number;
}

export async function measureLaunches(bench: Workbench): Promise<LaunchCost> {
  const number = bench.storage(new ArrayBuffer(4));
  const dispatch = await kernel(bench, ADD_ONE, [number], [1]);
  const kernelS = await timePerRun(bench, dispatch);
  const start = performance.now();
  for (let i = 0; i < 3; i++) await readBack(bench, number);
  return { kernelS, readBackS: (performance.now() - start) / 3000 };
}

/** Repeats the work until it takes long enough to be measured. */
async function timePerRun(bench: Workbench, dispatch: Dispatch): Promise<number> {
  await run(bench, dispatch, 1);
  for (let times = 1; ; times *= 4) {
    const seconds = await run(bench, dispatch, times);
    if (seconds >= LONG_ENOUGH_S || times >= MOST_REPEATS) return seconds / times;
  }
}
