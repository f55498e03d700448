// What controllers have in common: leases, watches, reads.

import type { Random } from '../../demo/endpoint/random.js';
import { byAccount } from './actors.js';
import { appName, namespaceName } from './names.js';
import type { Activity } from './request.js';

// Each keeps a lease every two seconds.
export const leader = (namespace: string, name: string, agent: string): Activity => [
  2600,
  byAccount(namespace, name, agent, (random) => ({
    verb: random.pick(['get', 'update']),
    target: { resource: 'leases', group: 'coordination.k8s.io', namespace, name },
    code: random.unit() < 0.005 ? 409 : 200,
  })),
];

export const watches = (
  count: number,
  namespace: string,
  name: string,
  agent: string,
  ...resources: string[]
): Activity => [
  count,
  byAccount(namespace, name, agent, (random) => ({
    verb: 'watch',
    target: { resource: random.pick(resources) },
    query: 'allowWatchBookmarks=true&resourceVersion=812&watch=true',
    stage: random.pick(['ResponseStarted', 'ResponseComplete']),
  })),
];

export const reads = (
  count: number,
  namespace: string,
  name: string,
  agent: string,
  ...resources: string[]
): Activity => [
  count,
  byAccount(namespace, name, agent, (random) => ({
    verb: random.pick(['get', 'list']),
    target: { resource: random.pick(resources), namespace: namespaceName(random), name: appName(random) },
  })),
];

export const inNamespace = (random: Random, resource: string, group?: string) => ({
  resource,
  namespace: namespaceName(random),
  name: appName(random),
  ...(group === undefined ? {} : { group }),
});
