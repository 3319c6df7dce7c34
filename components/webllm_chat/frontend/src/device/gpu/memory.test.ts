import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fillMemory } from './memory';
import { Workbench } from './workbench';

/** A device that has this many bytes, as far as its error scopes tell. */
function aDevice(bytes: number) {
  let taken = 0;
  let refused = false;
  const destroyed: number[] = [];
  return {
    destroyed,
    taken: () => taken,
    device: {
      limits: { maxBufferSize: 2 ** 30 },
      lost: new Promise(() => {}),
      addEventListener: () => {},
      pushErrorScope: () => {},
      popErrorScope: async () => {
        const error = refused ? new Error('out of memory') : null;
        refused = false;
        return error;
      },
      createBuffer: ({ size }: { size: number }) => {
        refused = taken + size > bytes;
        if (!refused) taken += size;
        return { size, destroy: () => destroyed.push(size) };
      },
      createCommandEncoder: () => ({ clearBuffer: () => {}, finish: () => ({}) }),
      queue: { submit: () => {}, onSubmittedWorkDone: async () => {} },
      destroy: vi.fn(),
    },
  };
}

describe('fillMemory', () => {
  beforeEach(() => {
    vi.stubGlobal('GPUBufferUsage', { STORAGE: 1, COPY_SRC: 2, COPY_DST: 4 });
  });

  it('takes memory until the GPU refuses', async () => {
    const { device } = aDevice(600 * 2 ** 20);
    const steps: number[] = [];
    const bench = new Workbench(device as unknown as GPUDevice, false);
    const found = await fillMemory(bench, 2 ** 33, (bytes) => steps.push(bytes));
    expect(found).toEqual({ bytes: 2 ** 29, refused: true });
    expect(steps).toEqual([2 ** 28, 2 ** 29]);
  });

  it('asks for no more than is of use', async () => {
    const { device, taken } = aDevice(2 ** 40);
    const bench = new Workbench(device as unknown as GPUDevice, false);
    expect(await fillMemory(bench, 3 * 2 ** 28, () => {})).toEqual({
      bytes: 3 * 2 ** 28,
      refused: false,
    });
    expect(taken()).toBe(3 * 2 ** 28);
  });

  it('spares the computer’s own memory', async () => {
    const { device } = aDevice(2 ** 40);
    const bench = new Workbench(device as unknown as GPUDevice, true);
    expect((await fillMemory(bench, 2 ** 33, () => {})).bytes).toBe(2 ** 30);
  });

  it('gives everything back', async () => {
    const { device, destroyed } = aDevice(2 ** 40);
    const bench = new Workbench(device as unknown as GPUDevice, false);
    await fillMemory(bench, 2 ** 29, () => {});
    bench.release();
    expect(destroyed).toEqual([2 ** 28, 2 ** 28]);
    expect(device.destroy).toHaveBeenCalledOnce();
  });
});
