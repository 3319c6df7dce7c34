/** Finds out what this browser and its GPU can do, without loading anything. */
import type { DeviceReport } from '../bridge/protocol';
import { findAdapter } from './adapter';
import { sleep } from './sleep';

export interface ProbeEnvironment {
  gpu: GPU | undefined;
  secureContext: boolean;
  deviceMemoryGb: number | null;
  mobile: boolean;
  wait: (milliseconds: number) => Promise<void>;
}

type NavigatorExtras = Navigator & {
  deviceMemory?: number;
  userAgentData?: { mobile: boolean };
};

export function browserEnvironment(): ProbeEnvironment {
  const nav = navigator as NavigatorExtras;
  return {
    gpu: nav.gpu,
    secureContext: window.isSecureContext,
    deviceMemoryGb: nav.deviceMemory ?? null,
    mobile: nav.userAgentData?.mobile ?? /Android|iPhone|iPad|Mobile/.test(nav.userAgent),
    wait: sleep,
  };
}

export async function probeDevice(environment = browserEnvironment()): Promise<DeviceReport> {
  const { gpu, secureContext, deviceMemoryGb, mobile, wait } = environment;
  const nothing: DeviceReport = {
    webgpu: secureContext ? 'missing' : 'insecure-context',
    secure_context: secureContext,
    shader_f16: false,
    fallback_adapter: false,
    vendor: '',
    architecture: '',
    description: '',
    max_buffer_size: 0,
    max_storage_buffer_binding_size: 0,
    device_memory_gb: deviceMemoryGb,
    mobile,
  };
  if (!gpu) return nothing;
  // Older browsers have an adapter without `info`, or an `info` without the last of its fields.
  const { adapter } = await findAdapter(gpu, wait);
  if (!adapter) return { ...nothing, webgpu: 'no-adapter' };
  const info: Partial<GPUAdapterInfo> = adapter.info ?? {};
  return {
    ...nothing,
    webgpu: info.isFallbackAdapter ? 'software-only' : 'available',
    shader_f16: adapter.features.has('shader-f16'),
    fallback_adapter: info.isFallbackAdapter ?? false,
    vendor: (info.vendor ?? '').slice(0, 200),
    architecture: (info.architecture ?? '').slice(0, 200),
    description: (info.description ?? '').slice(0, 200),
    max_buffer_size: adapter.limits.maxBufferSize,
    max_storage_buffer_binding_size: adapter.limits.maxStorageBufferBindingSize,
  };
}
