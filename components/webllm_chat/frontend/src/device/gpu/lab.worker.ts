/** Where the checks use the GPU. Ending this worker gives back everything they took. */
import { expose } from 'comlink';
import { findAdapter } from '../adapter';
import { checkProduct, type ProductCheck } from './matrix';
import { fillMemory, type MemoryFound } from './memory';
import type { Scalar } from './shaders';
import {
  type Bandwidth,
  type LaunchCost,
  measureArithmetic,
  measureBandwidth,
  measureLaunches,
} from './speed';
import { withWorkbench } from './workbench';

export interface Recovery {
  /** Why the browser said the device was lost. */
  reason: string;
  product: ProductCheck;
}

const lab = {
  async hasGpu(): Promise<boolean> {
    const gpu = navigator.gpu as GPU | undefined;
    return gpu !== undefined && (await findAdapter(gpu)).adapter !== null;
  },

  /** @returns names of the device's features. */
  device: (): Promise<string[]> => withWorkbench(async ({ device }) => [...device.features]),

  product: (scalar: Scalar): Promise<ProductCheck> =>
    withWorkbench((bench) => checkProduct(bench, scalar)),

  bandwidth: (): Promise<Bandwidth> => withWorkbench(measureBandwidth),

  arithmetic: (scalar: Scalar): Promise<number> =>
    withWorkbench((bench) => measureArithmetic(bench, scalar)),

  launches: (): Promise<LaunchCost> => withWorkbench(measureLaunches),

  /** Loses a device on purpose and computes on a new one, as a reset of the engine does. */
  async recovery(): Promise<Recovery> {
    const lost = await loseDevice();
    const product = await withWorkbench((bench) => checkProduct(bench, 'f32'));
    return { reason: lost.reason, product };
  },

  memory: (goal: number, onStep: (bytes: number) => void): Promise<MemoryFound> =>
    withWorkbench((bench) => fillMemory(bench, goal, onStep)),
};

/** A page cannot make a driver fail; giving a device up is the loss it can cause. */
async function loseDevice(): Promise<GPUDeviceLostInfo> {
  const { adapter } = await findAdapter(navigator.gpu);
  if (!adapter) throw new Error('There is no GPU in a worker.');
  const device = await adapter.requestDevice();
  device.destroy();
  return device.lost;
}

export type LabApi = typeof lab;

expose(lab);
