/**
 * WebLLM says that its GPU device was lost only in its log, and unloads itself. So the devices it
 * asks for are watched here, and a loss becomes an error of the answer in flight or of the next.
 */
export function watchDevices(onLost: (info: GPUDeviceLostInfo) => void): void {
  const prototype = globalThis.GPUAdapter?.prototype;
  if (!prototype) return;
  const original = prototype.requestDevice;
  prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    const device = await original.call(this, descriptor);
    void device.lost.then(onLost);
    return device;
  };
}
