import { expect, it } from 'vitest';
import { pickHost } from './pick';

const ALL = { serviceWorker: true, sharedWorker: true, locks: true };

it.each([
  ['auto', ALL, 'service-worker'],
  ['service-worker', ALL, 'service-worker'],
  ['dedicated', ALL, 'dedicated'],
  ['parent', ALL, 'parent'],
  ['shared-worker', ALL, 'shared-worker'],
  ['auto', { ...ALL, serviceWorker: false }, 'dedicated'],
  ['service-worker', { ...ALL, serviceWorker: false }, 'dedicated'],
  ['shared-worker', { ...ALL, sharedWorker: false }, 'dedicated'],
  ['auto', { ...ALL, locks: false }, 'dedicated'],
  ['parent', { ...ALL, locks: false }, 'dedicated'],
] as const)('%s with %o gives %s', (setting, capabilities, host) => {
  expect(pickHost(setting, capabilities)).toBe(host);
});
