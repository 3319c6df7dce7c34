/** Loses a worker's GPU devices the way a driver does, which no page can ask for. */
const devices: GPUDevice[] = [];
let arrive = () => {};
const arrived = new Promise<void>((resolve) => {
  arrive = resolve;
});

/** Remembers every device that this worker asks for from now on. */
export function rememberDevices(): void {
  const prototype = globalThis.GPUAdapter?.prototype;
  if (!prototype) return;
  const original = prototype.requestDevice;
  prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    const device = await original.call(this, descriptor);
    devices.push(device);
    arrive();
    return device;
  };
}

export const faults = {
  /** Resolves when all who watch the devices have been told; the number that was lost. */
  async loseDevices(): Promise<number> {
    const lost = devices.splice(0);
    for (const device of lost) device.destroy();
    await Promise.all(lost.map((device) => device.lost));
    return lost.length;
  },

  /** Resolves when the worker has been given a device. */
  hasDevice: (): Promise<void> => arrived,

  /** Makes this worker's browser one without WebGPU. */
  async hideWebGPU(): Promise<void> {
    Object.defineProperty(navigator, 'gpu', { value: undefined });
  },

  /** Makes every adapter of this worker one with a lower limit, as old browsers have. */
  async lowerLimit(name: keyof GPUSupportedLimits, value: number): Promise<void> {
    Object.defineProperty(GPUSupportedLimits.prototype, name, { get: () => value });
  },
};

export type Faults = typeof faults;
