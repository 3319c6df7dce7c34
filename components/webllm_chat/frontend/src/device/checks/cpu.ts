/** What the CPU's model needs. */
import { simd, threads } from 'wasm-feature-detect';
import { type Check, fail, pass, warn } from './check';

export const CPU_CHECKS: Check[] = [
  {
    id: 'wasm-simd',
    group: 'cpu',
    title: 'WebAssembly SIMD',
    why: 'Without a GPU the model runs on the CPU; it needs this.',
    run: async () => ((await simd()) ? pass('yes') : fail('no')),
  },
  {
    id: 'wasm-threads',
    group: 'cpu',
    title: 'WebAssembly threads',
    why: 'More threads would make the CPU’s model faster.',
    run: async () => {
      const cores = navigator.hardwareConcurrency;
      const facts = { cores, crossOriginIsolated: window.crossOriginIsolated };
      if (!(await threads())) return warn('no: one thread is used', facts);
      return window.crossOriginIsolated
        ? pass(`yes, ${cores} cores`, facts)
        : warn(`not on this page: one of ${cores} cores is used`, facts);
    },
  },
];
