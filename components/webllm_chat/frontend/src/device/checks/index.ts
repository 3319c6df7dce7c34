/** All checks, in the order they run and are shown. */
import type { Check, CheckGroup } from './check';
import { COMPUTE_CHECKS } from './compute';
import { CPU_CHECKS } from './cpu';
import { GPU_CHECKS } from './gpu';
import { MEMORY_CHECK } from './memory';
import { NETWORK_CHECKS } from './network';
import { PAGE_CHECKS } from './page';
import { STORAGE_CHECKS } from './storage';
import { WORKER_CHECKS } from './workers';

/** They run by themselves: they ask nobody but this browser. */
export const LOCAL_CHECKS: Check[] = [
  ...PAGE_CHECKS,
  ...GPU_CHECKS,
  ...STORAGE_CHECKS,
  ...WORKER_CHECKS,
  ...CPU_CHECKS,
  ...COMPUTE_CHECKS,
];

export const CHECKS: Check[] = [...LOCAL_CHECKS, ...NETWORK_CHECKS, MEMORY_CHECK];

export const GROUPS: { id: CheckGroup; title: string }[] = [
  { id: 'page', title: 'This page' },
  { id: 'gpu', title: 'GPU' },
  { id: 'compute', title: 'Computing on it' },
  { id: 'storage', title: 'Storage' },
  { id: 'workers', title: 'Workers' },
  { id: 'cpu', title: 'CPU' },
  { id: 'network', title: 'Network' },
  { id: 'memory', title: 'GPU memory' },
];
