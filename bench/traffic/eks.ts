// What AWS's own components do in a cluster.

import { byEks } from './actors.js';
import { appName, namespaceName } from './names.js';
import type { Activity } from './request.js';

export const EKS: readonly Activity[] = [
  [
    1500,
    byEks('certificate-controller', (random) => ({
      verb: random.pick(['get', 'update']),
      target: { resource: 'configmaps', namespace: 'kube-system', name: 'eks-certificates-controller' },
    })),
  ],
  [
    6,
    byEks('certificate-controller', (random) => ({
      verb: 'update',
      target: {
        resource: 'certificatesigningrequests',
        group: 'certificates.k8s.io',
        name: `csr-${random.hex(5)}`,
        subresource: 'approval',
      },
      body: { spec: { signerName: 'kubernetes.io/kubelet-serving' } },
    })),
  ],
  [400, byEks('nodewatcher', () => ({ verb: 'list', target: { resource: 'nodes' } }))],
  [
    400,
    byEks('k8s-metrics', (random) => ({
      verb: 'list',
      target: { resource: random.pick(['pods', 'nodes', 'daemonsets']) },
    })),
  ],
  [
    300,
    byEks('cluster-event-watcher', () => ({
      verb: 'watch',
      target: { resource: 'nodes' },
      stage: 'ResponseStarted',
    })),
  ],
  [
    300,
    byEks('vpc-resource-controller', (random) => ({
      verb: 'patch',
      target: { resource: 'nodes', name: `ip-${random.hex(3)}`, subresource: 'status' },
    })),
  ],
  [
    20,
    byEks('vpc-resource-controller', (random) => ({
      verb: 'create',
      target: { resource: 'cninodes', group: 'vpcresources.k8s.aws', name: `ip-${random.hex(3)}` },
    })),
  ],
  [
    200,
    byEks('network-policy-controller', (random) => ({
      verb: 'update',
      target: {
        resource: 'policyendpoints',
        group: 'networking.k8s.aws',
        namespace: namespaceName(random),
        name: appName(random),
      },
    })),
  ],
  [
    8,
    byEks('addon-manager', (random) => ({
      verb: 'patch',
      target: {
        resource: random.pick([
          'daemonsets',
          'deployments',
          'clusterroles',
          'clusterrolebindings',
          'mutatingwebhookconfigurations',
        ]),
        group: 'apps',
        namespace: 'kube-system',
        name: 'aws-node',
      },
      query: 'fieldManager=eks&force=true',
    })),
  ],
  [
    4,
    byEks('node-manager', () => ({
      verb: 'update',
      target: { resource: 'configmaps', namespace: 'kube-system', name: 'aws-auth' },
      body: { data: { mapRoles: '- groups: [system:nodes]' } },
    })),
  ],
  [
    6,
    byEks('node-manager', (random) => ({
      verb: 'delete',
      target: { resource: 'nodes', name: `ip-${random.hex(3)}` },
    })),
  ],
];
