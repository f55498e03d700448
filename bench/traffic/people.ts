// What a team of twenty does by hand. Counted over a tenth of a day: what happens once a day is one in ten samples.

import { type Caller, person } from '../../demo/endpoint/callers.js';
import type { Random } from '../../demo/endpoint/random.js';
import { type Act, aPod } from './actors.js';
import { appName, namespaceName } from './names.js';
import type { Activity } from './request.js';

function developer(random: Random): Caller {
  const name = random.pick(['alice', 'bob', 'carol', 'dave']);
  return {
    ...person(random, `${name}@example.com`, 'Developer'),
    reason:
      'RBAC: allowed by ClusterRoleBinding "developers" of ClusterRole "edit" to Group "team:developer"',
  };
}

const byPerson =
  (make: Act): Activity[1] =>
  (random) => ({ caller: developer(random), ...make(random) });

export const PEOPLE: readonly Activity[] = [
  [
    160,
    byPerson((random) => ({
      verb: random.pick(['get', 'list', 'watch']),
      target: { ...aPod(random), resource: random.pick(['pods', 'deployments', 'services', 'nodes']) },
    })),
  ],
  [
    40,
    byPerson((random) => ({
      verb: 'get',
      target: { ...aPod(random), subresource: 'log' },
      query: 'container=app&tailLines=200',
    })),
  ],
  [
    30,
    byPerson((random) => ({
      verb: 'create',
      target: {
        resource: 'selfsubjectaccessreviews',
        group: 'authorization.k8s.io',
        namespace: namespaceName(random),
      },
    })),
  ],
  [
    2,
    byPerson((random) => ({
      verb: 'get',
      target: { ...aPod(random), subresource: 'exec' },
      query: 'command=sh&container=app&stdin=true&tty=true',
      stage: 'ResponseStarted',
      code: 101,
    })),
  ],
  [
    2,
    byPerson((random) => ({
      verb: 'get',
      target: { ...aPod(random), subresource: 'portforward' },
      stage: 'ResponseStarted',
      code: 101,
    })),
  ],
  [
    2,
    byPerson((random) => ({
      verb: 'get',
      target: { resource: 'secrets', namespace: namespaceName(random), name: appName(random) },
    })),
  ],
  [
    2,
    byPerson((random) => ({
      verb: 'patch',
      target: {
        resource: 'deployments',
        group: 'apps',
        namespace: namespaceName(random),
        name: appName(random),
      },
      body: {
        spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'x' } } } },
      },
    })),
  ],
  [2, byPerson((random) => ({ verb: 'delete', target: aPod(random) }))],
  [
    4,
    byPerson((random) => ({
      verb: 'list',
      target: { resource: 'pods', namespace: random.pick(['kube-system', 'argocd']) },
      code: 403,
    })),
  ],
  [
    1,
    byPerson((random) => ({
      verb: 'create',
      target: aPod(random),
      body: { spec: { containers: [{ name: 'tools', image: 'registry.example/tools:1' }] } },
    })),
  ],
];
