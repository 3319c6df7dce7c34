/** What a worker of the checks answers. */
import { findAdapter } from '../adapter';

export interface WorkerAnswer {
  webgpu: boolean;
  adapter: boolean;
}

export async function lookForGpu(): Promise<WorkerAnswer> {
  const gpu = navigator.gpu as GPU | undefined;
  return {
    webgpu: gpu !== undefined,
    adapter: gpu ? (await findAdapter(gpu)).adapter !== null : false,
  };
}
