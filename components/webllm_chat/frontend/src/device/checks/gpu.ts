/** What the browser says of the GPU: WebGPU itself, the adapter, its features and limits. */
import { type LimitNeed, WEBLLM_LIMITS } from '../limits';
import { size } from '../units';
import { type Check, type CheckContext, fail, pass, warn } from './check';

const LIMIT_TEXTS: Record<LimitNeed['limit'], { id: string; title: string; why: string }> = {
  maxBufferSize: {
    id: 'max-buffer-size',
    title: 'Largest buffer',
    why: 'A model’s largest part must fit into one buffer.',
  },
  maxStorageBufferBindingSize: {
    id: 'max-storage-buffer-binding-size',
    title: 'Largest buffer a shader reads',
    why: 'Shaders read the weights from such buffers; large models need large ones.',
  },
  maxComputeWorkgroupStorageSize: {
    id: 'max-compute-workgroup-storage-size',
    title: 'Memory of a workgroup',
    why: 'The models’ matrix kernels keep their tiles there.',
  },
  maxStorageBuffersPerShaderStage: {
    id: 'max-storage-buffers-per-shader-stage',
    title: 'Buffers a shader reads at once',
    why: 'The models’ kernels need ten; the standard promises eight.',
  },
  maxComputeInvocationsPerWorkgroup: {
    id: 'max-compute-invocations-per-workgroup',
    title: 'Threads of a workgroup',
    why: 'The more work together, the faster the models run.',
  },
};

export const GPU_CHECKS: Check[] = [
  {
    id: 'webgpu',
    group: 'gpu',
    title: 'WebGPU',
    why: 'Through it the models run on the GPU, several times faster than on the CPU.',
    needs: ['secure-context'],
    run: async ({ gpu }) => (gpu ? pass('navigator.gpu is there') : fail('not in this browser')),
  },
  {
    id: 'adapter',
    group: 'gpu',
    title: 'GPU',
    why: 'WebGPU needs a graphics card that the browser lets it use.',
    needs: ['webgpu'],
    limitS: 8,
    run: describeAdapter,
  },
  {
    id: 'webgpu-worker',
    group: 'gpu',
    title: 'WebGPU in a worker',
    why: 'The models compute in a worker, so that the page stays quick.',
    needs: ['adapter'],
    limitS: 8,
    run: async ({ lab }) =>
      (await lab.ask((api) => api.hasGpu())) ? pass('works') : fail('only in the page'),
  },
  {
    id: 'shader-f16',
    group: 'gpu',
    title: '16-bit arithmetic (shader-f16)',
    why: 'Models built for it need less memory and run faster.',
    needs: ['adapter'],
    run: async (context) =>
      (await hasFeature(context, 'shader-f16')) ? pass('yes') : warn('no: 32-bit builds are used'),
  },
  {
    id: 'subgroups',
    group: 'gpu',
    title: 'Subgroups',
    why: 'Some kernels run faster with them; none needs them.',
    needs: ['adapter'],
    run: async (context) =>
      pass((await hasFeature(context, 'subgroups')) ? 'yes' : 'no, and none are needed'),
  },
  ...WEBLLM_LIMITS.map(limitCheck),
  {
    id: 'device',
    group: 'gpu',
    title: 'A device with these limits',
    why: 'A model is loaded onto a device; the driver can still refuse to make one.',
    needs: ['webgpu-worker', ...WEBLLM_LIMITS.map(({ limit }) => LIMIT_TEXTS[limit].id)],
    run: async ({ lab }) => {
      const features = await lab.ask((api) => api.device());
      return pass('made and given back', { features: features.join(' ') });
    },
  },
];

async function describeAdapter({ adapter, platform }: CheckContext) {
  const { adapter: found, tries } = await adapter();
  if (!found) return { ...fail(`none, asked ${tries} times`, { tries }), reason: 'none' };
  // Older browsers have an adapter without `info`, or an `info` without the last of its fields.
  const info: Partial<GPUAdapterInfo> = found.info ?? {};
  const software = info.isFallbackAdapter ?? false;
  const facts = {
    vendor: info.vendor ?? '',
    architecture: info.architecture ?? '',
    device: info.device ?? '',
    description: info.description ?? '',
    fallback: software,
    tries,
  };
  const name =
    [info.vendor, info.architecture, info.description].filter(Boolean).join(' · ') ||
    (platform.gpu === 'other' ? 'not named by the browser' : platform.gpu);
  if (software)
    return { ...warn(`${name}: software, no graphics card`, facts), reason: 'software' };
  return pass(name, facts);
}

async function hasFeature({ adapter }: CheckContext, name: GPUFeatureName): Promise<boolean> {
  return (await adapter()).adapter?.features.has(name) ?? false;
}

function limitCheck({ limit, asks, least, unit }: LimitNeed): Check {
  const show = (value: number) => (unit === 'bytes' ? size(value, true) : String(value));
  return {
    ...LIMIT_TEXTS[limit],
    group: 'gpu',
    needs: ['adapter'],
    run: async ({ adapter }) => {
      const value = (await adapter()).adapter?.limits[limit] ?? 0;
      const facts = { [limit]: value };
      if (value >= asks) return pass(show(value), facts);
      return value >= least
        ? warn(`${show(value)}, less than the ${show(asks)} asked for`, facts)
        : fail(`${show(value)}, needed are ${show(least)}`, facts);
    },
  };
}
