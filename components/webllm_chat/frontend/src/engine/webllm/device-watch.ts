/**
 * WebLLM says that its GPU device was lost only in its log, and unloads itself. So the devices that
 * are asked for in this worker are noted here, each for the engine that was loading at the time.
 */
type DeviceListener = (device: GPUDevice) => void;

let loading: DeviceListener | undefined;
let wrapped = false;

/**
 * Tells of every device that is asked for while `load` runs. Loads of one worker come one after
 * the other.
 */
export async function noteDevices<T>(load: () => Promise<T>, onDevice: DeviceListener): Promise<T> {
  wrapRequestDevice();
  loading = onDevice;
  try {
    return await load();
  } finally {
    if (loading === onDevice) loading = undefined;
  }
}

function wrapRequestDevice(): void {
  const prototype = globalThis.GPUAdapter?.prototype;
  if (!prototype || wrapped) return;
  wrapped = true;
  const original = prototype.requestDevice;
  prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    const listener = loading;
    const device = await original.call(this, descriptor);
    listener?.(device);
    return device;
  };
}
