/** The deep check: needs the GPU to itself, so it runs only when asked, with no model loaded. */
import { proxy } from 'comlink';
import { size } from '../units';
import { type Check, pass, warn } from './check';

export const MEMORY_CHECK: Check = {
  id: 'gpu-memory',
  group: 'memory',
  title: 'GPU memory',
  why: 'Browsers do not say how much memory a GPU has; the only way to know is to use it.',
  needs: ['device'],
  limitS: 120,
  run: async ({ lab, memory }) => {
    const { bytes, refused } = await lab.ask((api) =>
      api.memory(memory.goal, proxy(memory.onStep)),
    );
    const facts = { bytes, refused, goal: memory.goal };
    if (refused) return warn(`${size(bytes, true)}, then the GPU refused`, facts);
    return bytes >= memory.goal
      ? pass(`at least ${size(bytes, true)}: enough for every model here`, facts)
      : pass(`at least ${size(bytes, true)}; no more was tried in software`, facts);
  },
};
