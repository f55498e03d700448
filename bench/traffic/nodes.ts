// What the kubelets of ten nodes do all day.

import { aPod, byNode } from './actors.js';
import { appName, namespaceName } from './names.js';
import type { Activity } from './request.js';

export const NODES: readonly Activity[] = [
  [
    26_500,
    byNode((random, name) => ({
      verb: random.pick(['update', 'update', 'update', 'get']),
      target: { resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-node-lease', name },
    })),
  ],
  [
    2000,
    byNode((_, name) => ({ verb: 'patch', target: { resource: 'nodes', name, subresource: 'status' } })),
  ],
  [
    2500,
    byNode((random) => ({
      verb: 'patch',
      target: { ...aPod(random), subresource: 'status' },
      body: { metadata: { uid: random.uuid() }, status: { phase: 'Running' } },
    })),
  ],
  [1500, byNode((random) => ({ verb: 'get', target: aPod(random), code: random.unit() < 0.03 ? 404 : 200 }))],
  [
    6000,
    byNode((random) => ({
      verb: 'watch',
      target: {
        resource: random.pick(['configmaps', 'secrets']),
        namespace: namespaceName(random),
        name: appName(random),
      },
      stage: random.pick(['ResponseStarted', 'ResponseComplete']),
      query: 'allowWatchBookmarks=true&fieldSelector=metadata.name%3Dx&resourceVersion=1&watch=true',
    })),
  ],
  [
    2500,
    byNode((random) => ({
      verb: 'create',
      target: {
        resource: 'serviceaccounts',
        namespace: namespaceName(random),
        name: appName(random),
        subresource: 'token',
      },
      body: { spec: { audiences: [random.pick(['https://kubernetes.default.svc', 'sts.amazonaws.com'])] } },
    })),
  ],
  [
    1200,
    byNode((random, name) => ({
      verb: 'create',
      target: { resource: 'subjectaccessreviews', group: 'authorization.k8s.io' },
      body: {
        spec: random.pick([
          {
            user: 'system:serviceaccount:kube-system:metrics-server',
            resourceAttributes: { verb: 'get', resource: 'nodes', subresource: 'metrics', name },
          },
          {
            user: 'system:serviceaccount:monitoring:datadog-agent',
            resourceAttributes: { verb: 'get', resource: 'nodes', subresource: 'proxy', name },
          },
          {
            user: 'kube-apiserver-kubelet-client',
            resourceAttributes: { verb: 'create', resource: 'nodes', subresource: 'proxy', name },
          },
        ]),
      },
    })),
  ],
  [
    600,
    byNode(() => ({ verb: 'create', target: { resource: 'tokenreviews', group: 'authentication.k8s.io' } })),
  ],
  [
    6,
    byNode((random) => ({
      verb: 'create',
      target: {
        resource: 'certificatesigningrequests',
        group: 'certificates.k8s.io',
        name: `csr-${random.hex(5)}`,
      },
      body: { spec: { signerName: 'kubernetes.io/kubelet-serving' } },
    })),
  ],
];
