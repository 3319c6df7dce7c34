/**
 * How fast models would answer here, from what was measured. For every token the GPU reads all
 * weights once, so with one visitor decoding is bound by memory bandwidth, not arithmetic (roofline:
 * https://kipp.ly/transformer-inference-arithmetic/; as 'model bandwidth utilization':
 * https://www.databricks.com/blog/llm-inference-performance-engineering-best-practices). Starting
 * the kernels, and reading the chosen token back, come on top, and decide for small models:
 *
 *   seconds per token = max(weights / bandwidth, 2 · parameters / FLOPS) + kernels · start + read
 *
 * Real kernels reach part of the bandwidth only, so this is an upper bound: 'up to'.
 */
import type { ModelEntry } from '../bridge/protocol';
import type { Finding } from './checks/check';

export interface GpuSpeed {
  /** Bytes per second. */
  bandwidth: number;
  /** Floating-point operations per second, with the floats the model computes in. */
  flops: { f32: number; f16: number | null };
  /** Seconds to start one kernel. */
  kernelS: number;
  /** Seconds to read one result back. */
  readBackS: number;
}

/** About ten kernels for each of the 24 to 32 layers that models of these sizes have. */
const KERNELS_PER_TOKEN = 300;

export interface Estimate {
  modelId: string;
  name: string;
  /** One of the models the app itself climbs to. */
  named: boolean;
  tokensPerS: number;
}

/** @returns null before bandwidth, arithmetic and kernel starts have been measured. */
export function speedFrom(findings: Record<string, Finding>): GpuSpeed | null {
  const bandwidth = findings.bandwidth?.facts?.bytesPerS;
  const { f32, f16 } = findings.arithmetic?.facts ?? {};
  const { kernelS, readBackS } = findings['kernel-launch']?.facts ?? {};
  const measured = [bandwidth, f32, kernelS, readBackS];
  if (!measured.every((value): value is number => typeof value === 'number')) return null;
  return {
    bandwidth: bandwidth as number,
    flops: { f32: f32 as number, f16: typeof f16 === 'number' ? f16 : null },
    kernelS: kernelS as number,
    readBackS: readBackS as number,
  };
}

/** @returns null for a model whose size is not known. */
export function tokensPerSecond(entry: ModelEntry, speed: GpuSpeed): number | null {
  const weights = entry.download_bytes?.value;
  if (!weights || !entry.parameters) return null;
  const flops = (entry.kernels === 'f16' && speed.flops.f16) || speed.flops.f32;
  const reading = weights / speed.bandwidth;
  const computing = (2 * entry.parameters) / flops;
  const around = KERNELS_PER_TOKEN * speed.kernelS + speed.readBackS;
  return 1 / (Math.max(reading, computing) + around);
}

/**
 * One build of each model, the smallest, smallest models first.
 *
 * @param models - those that fit this GPU.
 * @param memory - bytes the GPU was found to give, or null where that was not tried.
 */
export function estimates(
  models: readonly ModelEntry[],
  speed: GpuSpeed,
  memory: number | null,
): Estimate[] {
  const best = new Map<string, ModelEntry>();
  for (const entry of models) {
    const tooLarge = memory !== null && (entry.vram_mb ?? 0) * 2 ** 20 > memory;
    if (entry.backend !== 'webllm' || tooLarge) continue;
    const known = best.get(entry.name);
    if (!known || weightsOf(entry) < weightsOf(known)) best.set(entry.name, entry);
  }
  return [...best.values()]
    .sort((a, b) => weightsOf(a) - weightsOf(b))
    .flatMap((entry) => {
      const tokensPerS = tokensPerSecond(entry, speed);
      if (tokensPerS === null) return [];
      return [{ modelId: entry.model_id, name: entry.name, named: entry.named, tokensPerS }];
    });
}

function weightsOf(entry: ModelEntry): number {
  return entry.download_bytes?.value ?? Number.POSITIVE_INFINITY;
}
