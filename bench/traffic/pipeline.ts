// The pipeline that deploys some dozens of times a day, and what the internet sends to the API server.

import { anonymous } from '../../demo/endpoint/callers.js';
import { type Act, byAccount } from './actors.js';
import { appName, namespaceName } from './names.js';
import type { Activity } from './request.js';

const deployer = (agent: string, make: Act): Activity[1] => byAccount('ci', 'deployer', agent, make);

export const PIPELINE: readonly Activity[] = [
  [
    30,
    deployer('Helm/3.16.2', (random) => ({
      verb: 'list',
      target: { resource: 'secrets', namespace: namespaceName(random) },
      query: 'labelSelector=name%3Dweb%2Cowner%3Dhelm',
    })),
  ],
  [
    20,
    deployer('Helm/3.16.2', (random) => ({
      verb: random.pick(['create', 'update']),
      target: {
        resource: 'secrets',
        namespace: namespaceName(random),
        name: `sh.helm.release.v1.${appName(random)}.v${random.integer(90)}`,
      },
    })),
  ],
  // The runner drives its build pods by exec.
  [
    20,
    byAccount('ci', 'runner', 'gitlab-runner 17.5.3 linux/amd64', (random) => ({
      verb: 'create',
      target: { resource: 'pods', namespace: 'ci', name: `runner-${random.hex(6)}`, subresource: 'exec' },
      query: 'command=sh&container=build&stdin=true&stdout=true',
      stage: 'ResponseStarted',
      code: 101,
    })),
  ],
  [
    60,
    deployer('Helm/3.16.2', (random) => ({
      verb: random.pick(['get', 'patch']),
      target: {
        resource: random.pick(['deployments', 'services', 'configmaps', 'ingresses', 'serviceaccounts']),
        namespace: namespaceName(random),
        name: appName(random),
      },
      body: { spec: { replicas: 3 } },
    })),
  ],
  [
    4,
    deployer('Helm/3.16.2', (random) => ({
      verb: 'create',
      target: {
        resource: random.pick(['configmaps', 'services', 'jobs']),
        namespace: namespaceName(random),
        name: appName(random),
      },
      body: { spec: { type: 'ClusterIP' } },
    })),
  ],
  [
    30,
    deployer('kubectl/v1.31.2 (linux/amd64) kubernetes/5864a46', (random) => ({
      verb: random.pick(['get', 'watch']),
      target: {
        resource: 'deployments',
        group: 'apps',
        namespace: namespaceName(random),
        name: appName(random),
      },
    })),
  ],
];

export const INTERNET: readonly Activity[] = [
  [
    900,
    (random) => ({
      caller: anonymous(random),
      verb: 'get',
      uri: random.pick(['/readyz', '/livez', '/livez?verbose']),
    }),
  ],
  [
    40,
    (random) => ({
      caller: { ...anonymous(random), userAgent: 'Go-http-client/1.1' },
      verb: 'get',
      uri: random.pick(['/', '/api', '/.env', '/api/v1/pods']),
      code: 403,
    }),
  ],
  [
    15,
    (random) => ({
      caller: { ...anonymous(random), user: {}, userAgent: 'kubectl/v1.29.0' },
      verb: 'list',
      target: { resource: 'pods' },
      code: 401,
      stage: 'ResponseStarted',
    }),
  ],
];
