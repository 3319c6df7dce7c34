/** A device of the checks' own: what is made on it goes with it. */
import { findAdapter } from '../adapter';
import { requestModelDevice } from '../limits';

/** @throws Error where there is no adapter, or it gives no device. */
export async function withWorkbench<T>(work: (bench: Workbench) => Promise<T>): Promise<T> {
  const gpu = navigator.gpu as GPU | undefined;
  const adapter = gpu && (await findAdapter(gpu)).adapter;
  if (!adapter) throw new Error('There is no GPU in a worker.');
  const device = await requestModelDevice(adapter);
  const bench = new Workbench(device, adapter.info?.isFallbackAdapter ?? false);
  try {
    return await bench.watched(work(bench));
  } finally {
    bench.release();
  }
}

export class Workbench {
  readonly #buffers: GPUBuffer[] = [];
  readonly #failed: Promise<never>;

  constructor(
    readonly device: GPUDevice,
    /** Whether the adapter is software: then less work is enough to measure, and all it bears. */
    readonly software: boolean,
  ) {
    this.#failed = new Promise((_, reject) => {
      device.addEventListener('uncapturederror', (event) => {
        event.preventDefault();
        reject(new Error(event.error.message));
      });
      void device.lost.then(({ reason, message }) => reject(new Error(`${reason}: ${message}`)));
    });
    this.#failed.catch(() => {});
  }

  /** The work's result, or the first error of the device. */
  watched<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failed]);
  }

  empty(size: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return this.#keep(this.device.createBuffer({ size, usage }));
  }

  storage(content: ArrayBuffer): GPUBuffer {
    const buffer = this.empty(content.byteLength);
    this.device.queue.writeBuffer(buffer, 0, content);
    return buffer;
  }

  readable(size: number): GPUBuffer {
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    return this.#keep(this.device.createBuffer({ size, usage }));
  }

  /** @returns null where the GPU has no room for it. */
  async emptyIfRoom(size: number): Promise<GPUBuffer | null> {
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    const buffer = this.empty(size);
    const refused = [await this.device.popErrorScope(), await this.device.popErrorScope()];
    if (refused.every((error) => error === null)) return buffer;
    buffer.destroy();
    return null;
  }

  release(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.device.destroy();
  }

  #keep(buffer: GPUBuffer): GPUBuffer {
    this.#buffers.push(buffer);
    return buffer;
  }
}

export type Dispatch = (encoder: GPUCommandEncoder) => void;

/** Compiles a shader over its buffers (bindings 0, 1, …) and returns what launches it. */
export async function kernel(
  { device }: Workbench,
  code: string,
  buffers: GPUBuffer[],
  groups: [number, number?],
): Promise<Dispatch> {
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module, entryPoint: 'main' },
  });
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return (encoder) => {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.dispatchWorkgroups(...groups);
    pass.end();
  };
}

export async function compute(
  bench: Workbench,
  code: string,
  buffers: GPUBuffer[],
  groups: [number, number?],
): Promise<void> {
  await run(bench, await kernel(bench, code, buffers, groups), 1);
}

/** @returns seconds from submitting to the GPU's having done it. */
export async function run(
  { device }: Workbench,
  dispatch: Dispatch,
  times: number,
): Promise<number> {
  const encoder = device.createCommandEncoder();
  for (let i = 0; i < times; i++) dispatch(encoder);
  const start = performance.now();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  return (performance.now() - start) / 1000;
}

export async function readBack(bench: Workbench, buffer: GPUBuffer): Promise<ArrayBuffer> {
  const copy = bench.readable(buffer.size);
  const encoder = bench.device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
  bench.device.queue.submit([encoder.finish()]);
  await copy.mapAsync(GPUMapMode.READ);
  const bytes = copy.getMappedRange().slice(0);
  copy.unmap();
  return bytes;
}
