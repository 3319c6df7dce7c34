/**
 * What WebLLM 0.2.86 asks of a GPU device (its runtime's `detectGPUDevice`): it takes `asks` where
 * the adapter has it, is content with `least`, and refuses to start below that.
 */
export type LimitName =
  | 'maxBufferSize'
  | 'maxStorageBufferBindingSize'
  | 'maxComputeWorkgroupStorageSize'
  | 'maxStorageBuffersPerShaderStage'
  | 'maxComputeInvocationsPerWorkgroup';

export interface LimitNeed {
  limit: LimitName;
  asks: number;
  least: number;
  unit: 'bytes' | 'count';
}

export const WEBLLM_LIMITS: LimitNeed[] = [
  { limit: 'maxBufferSize', asks: 2 ** 30, least: 2 ** 28, unit: 'bytes' },
  { limit: 'maxStorageBufferBindingSize', asks: 2 ** 30, least: 2 ** 27, unit: 'bytes' },
  { limit: 'maxComputeWorkgroupStorageSize', asks: 2 ** 15, least: 2 ** 15, unit: 'bytes' },
  { limit: 'maxStorageBuffersPerShaderStage', asks: 10, least: 10, unit: 'count' },
  { limit: 'maxComputeInvocationsPerWorkgroup', asks: 1024, least: 256, unit: 'count' },
];

const FEATURES: GPUFeatureName[] = ['shader-f16', 'subgroups'];

/** A device as WebLLM makes one, with as much of each limit as the adapter gives. */
export function requestModelDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(
    WEBLLM_LIMITS.map(({ limit, asks }) => [limit, Math.min(asks, adapter.limits[limit])]),
  );
  const requiredFeatures = FEATURES.filter((feature) => adapter.features.has(feature));
  return adapter.requestDevice({ requiredLimits, requiredFeatures });
}
