/** The page and the browser. */
import { supportFor } from '../advice';
import { type Check, fail, pass, warn } from './check';

export const PAGE_CHECKS: Check[] = [
  {
    id: 'secure-context',
    group: 'page',
    title: 'Secure connection',
    why: 'Browsers offer WebGPU and lasting storage only to pages opened over HTTPS or on localhost.',
    run: async ({ secureContext }) =>
      secureContext ? pass('HTTPS or localhost') : fail('neither HTTPS nor localhost'),
  },
  {
    id: 'browser',
    group: 'page',
    title: 'Browser',
    why: 'Each browser has WebGPU from a certain version on, and not on every system.',
    run: async ({ platform }) => {
      const { browserTitle, version, systemTitle, system, browser } = platform;
      const name = `${browserTitle} ${version ?? ''} on ${systemTitle}`.replace(/\s+/g, ' ');
      const facts = { browser, version, system, gpu: platform.gpu };
      const support = supportFor(platform);
      if (!support || version === null) return { result: 'unknown', value: name, facts };
      if (support.since === null) return warn(`${name}: no WebGPU by itself yet`, facts);
      // Browsers on iOS count their own versions; Safari's engine comes with the system.
      if (system === 'ios' && browser !== 'safari') return pass(name, facts);
      return version >= support.since
        ? pass(name, facts)
        : warn(`${name}: WebGPU came with ${support.since}`, facts);
    },
  },
];
