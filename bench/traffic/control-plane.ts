// What the control plane's controllers and scheduler do all day.

import { pod } from '../../demo/endpoint/bodies.js';
import { controlPlane } from '../../demo/endpoint/callers.js';
import type { Random } from '../../demo/endpoint/random.js';
import { aPod, byController } from './actors.js';
import { appName, namespaceName, podName } from './names.js';
import type { Activity, Request } from './request.js';

const elect =
  (user: string, agent: string): Activity[1] =>
  (random) => ({
    caller: controlPlane(random, user, agent),
    verb: random.pick(['get', 'update', 'update']),
    target: { resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system', name: agent },
    code: random.unit() < 0.01 ? 409 : 200,
  });

export const CONTROL_PLANE: readonly Activity[] = [
  [4500, elect('system:kube-controller-manager', 'kube-controller-manager')],
  [4500, elect('system:kube-scheduler', 'kube-scheduler')],
  [3000, elect('eks:cloud-controller-manager', 'cloud-controller-manager')],
  ...['deployment-controller', 'replicaset-controller', 'statefulset-controller'].map(
    (name): Activity => [
      900,
      byController(name, (random) => ({
        verb: 'update',
        target: {
          resource: random.pick(['deployments', 'replicasets', 'statefulsets']),
          group: 'apps',
          namespace: namespaceName(random),
          name: appName(random),
          subresource: 'status',
        },
        code: random.unit() < 0.08 ? 409 : 200,
      })),
    ],
  ),
  [
    1800,
    byController('endpointslice-controller', (random) => ({
      verb: 'update',
      target: {
        resource: 'endpointslices',
        group: 'discovery.k8s.io',
        namespace: namespaceName(random),
        name: appName(random),
      },
    })),
  ],
  ...['replicaset-controller', 'job-controller', 'daemon-set-controller'].map(
    (name): Activity => [
      name === 'daemon-set-controller' ? 60 : 350,
      byController(name, (random) => createdPod(random, name)),
    ],
  ),
  [
    150,
    byController('cronjob-controller', (random) => ({
      verb: 'create',
      target: {
        resource: 'jobs',
        group: 'batch',
        namespace: namespaceName(random),
        name: `${appName(random)}-2894`,
      },
      body: {
        spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/batch:1' }] } } },
      },
    })),
  ],
  [600, byController('generic-garbage-collector', (random) => ({ verb: 'delete', target: aPod(random) }))],
  [
    700,
    byController('horizontal-pod-autoscaler', (random) => ({
      verb: 'list',
      target: { resource: 'pods', group: 'metrics.k8s.io', namespace: namespaceName(random) },
    })),
  ],
  [
    300,
    (random) => ({
      caller: controlPlane(random, 'system:kube-controller-manager', 'kube-controller-manager'),
      verb: 'create',
      target: {
        resource: 'serviceaccounts',
        namespace: 'kube-system',
        name: 'deployment-controller',
        subresource: 'token',
      },
      body: { spec: { expirationSeconds: 3600 } },
    }),
  ],
  [
    760,
    (random) => ({
      caller: controlPlane(random, 'system:kube-scheduler', 'kube-scheduler'),
      verb: 'create',
      target: { ...aPod(random), subresource: 'binding' },
    }),
  ],
  [
    3000,
    (random) => ({
      caller: controlPlane(random, 'system:apiserver', 'kube-apiserver'),
      verb: random.pick(['get', 'list', 'update']),
      target: {
        resource: random.pick([
          'leases',
          'flowschemas',
          'apiservices',
          'clusterroles',
          'validatingwebhookconfigurations',
        ]),
        name: 'x',
      },
    }),
  ],
];

// The DaemonSets of a new node: EKS's own, and those that every cluster adds to watch it.
function createdPod(random: Random, controller: string): Omit<Request, 'caller'> {
  const own = controller === 'daemon-set-controller' && random.unit() < 0.6;
  const namespace = own
    ? 'kube-system'
    : controller === 'daemon-set-controller'
      ? 'monitoring'
      : namespaceName(random);
  const name = own ? 'aws-node' : podName(random);
  const traits = { namespace, name, privileged: own, hostNetwork: controller === 'daemon-set-controller' };
  return { verb: 'create', target: { resource: 'pods', namespace }, body: pod(random, traits) };
}
