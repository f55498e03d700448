// Names of the generated cluster's tenants and workloads.

import type { Random } from '../../demo/endpoint/random.js';

const NAMESPACES = ['default', 'payments', 'checkout', 'search', 'catalog'] as const;
const APPS = ['web', 'api', 'worker', 'cart', 'billing', 'gateway', 'search-indexer'] as const;

export const namespaceName = (random: Random): string => random.pick(NAMESPACES);
export const appName = (random: Random): string => random.pick(APPS);
export const podName = (random: Random): string => `${appName(random)}-${random.hex(9)}-${random.hex(5)}`;
