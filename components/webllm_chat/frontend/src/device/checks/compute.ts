/** What the GPU really does: right results, how fast, and whether it comes back after a loss. */
import type { ProductCheck } from '../gpu/matrix';
import { MATRIX_SIZE } from '../gpu/shaders';
import { duration, rounded, size } from '../units';
import { type Check, type CheckContext, type Finding, fail, pass, warn } from './check';

/** Bytes per second below which even small models answer slower than people read. */
const SLOW_BANDWIDTH = 10e9;
/** A launch this slow makes a model of 30 layers wait a tenth of a second for every token. */
const SLOW_LAUNCH_S = 3e-4;

export const COMPUTE_CHECKS: Check[] = [
  {
    id: 'compute-f32',
    group: 'compute',
    title: 'Right results in 32 bits',
    why: 'A driver that computes wrongly makes answers nonsense without any error.',
    needs: ['device'],
    run: async ({ lab }) => judgeProduct(await lab.ask((api) => api.product('f32'))),
  },
  {
    id: 'compute-f16',
    group: 'compute',
    title: 'Right results in 16 bits',
    why: 'The 16-bit builds are the smallest; they need right 16-bit results.',
    needs: ['device'],
    run: async (context) => {
      if (!(await hasF16(context))) return { result: 'unknown', value: 'no 16-bit arithmetic' };
      return judgeProduct(await context.lab.ask((api) => api.product('f16')));
    },
  },
  {
    id: 'bandwidth',
    group: 'compute',
    title: 'Memory bandwidth',
    why: 'For every token the whole model is read once, so this decides how fast it answers.',
    needs: ['compute-f32'],
    limitS: 6,
    run: undisturbed(async ({ lab }) => {
      const { bytesPerS, bytes } = await lab.ask((api) => api.bandwidth());
      const facts = { bytesPerS, bufferBytes: bytes };
      const value = `${size(bytesPerS)}/s`;
      return bytesPerS < SLOW_BANDWIDTH ? warn(`${value}: slow`, facts) : pass(value, facts);
    }),
  },
  {
    id: 'arithmetic',
    group: 'compute',
    title: 'Arithmetic',
    why: 'Reading a long question needs arithmetic more than memory.',
    needs: ['compute-f32'],
    limitS: 6,
    run: undisturbed(async (context) => {
      const f32 = await context.lab.ask((api) => api.arithmetic('f32'));
      const f16 = (await hasF16(context))
        ? await context.lab.ask((api) => api.arithmetic('f16'))
        : null;
      const also = f16 === null ? '' : `, ${rounded(f16 / 1e9)} in 16 bits`;
      return pass(`${rounded(f32 / 1e9)} GFLOPS in 32 bits${also}`, { f32, f16 });
    }),
  },
  {
    id: 'kernel-launch',
    group: 'compute',
    title: 'Starting work',
    why: 'A token takes hundreds of kernels; with small models their starts take longest.',
    needs: ['compute-f32'],
    limitS: 6,
    run: undisturbed(async ({ lab }) => {
      const { kernelS, readBackS } = await lab.ask((api) => api.launches());
      const value = `${duration(kernelS)} a kernel, ${duration(readBackS)} to read a result`;
      const facts = { kernelS, readBackS };
      return kernelS > SLOW_LAUNCH_S ? warn(value, facts) : pass(value, facts);
    }),
  },
  {
    id: 'device-recovery',
    group: 'compute',
    title: 'Coming back after a loss',
    why: 'When a GPU is lost, the app makes a new device and goes on.',
    needs: ['compute-f32'],
    run: async ({ lab }) => {
      const { reason, product } = await lab.ask((api) => api.recovery());
      return product.wrong === 0
        ? pass('a lost device was replaced', { reason })
        : fail('the new device computes wrongly', { reason });
    },
  },
];

/** A speed measured beside an answer would be a wrong speed. */
function undisturbed(measure: Check['run']): Check['run'] {
  return (context) =>
    context.busy()
      ? Promise.resolve({ result: 'unknown', value: 'a model is answering: run it again later' })
      : measure(context);
}

function judgeProduct({ entries, wrong }: ProductCheck): Finding {
  const what = `${MATRIX_SIZE}×${MATRIX_SIZE} matrices multiplied`;
  return wrong === 0
    ? pass(`${what}, all right`, { wrong })
    : fail(`${what}: ${wrong} of ${entries} numbers are wrong`, { wrong });
}

async function hasF16({ adapter }: CheckContext): Promise<boolean> {
  return (await adapter()).adapter?.features.has('shader-f16') ?? false;
}
