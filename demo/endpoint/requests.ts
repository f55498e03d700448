// Requests that an ordinary EKS cluster sees, with their weights: what controllers, kubelets and AWS do all the time
// (quiet), and what Falco's stock rules alert on (alerting), from token requests by the hundred to a rare exec.

import { type Body, pod } from './bodies.js';
import {
  anonymous,
  type Caller,
  controlPlane,
  eksComponent,
  node,
  person,
  serviceAccount,
} from './callers.js';
import type { Random } from './random.js';

export interface Request {
  readonly caller: Caller;
  readonly verb: string;
  /** Path and query. Left out: the path of `target`. */
  readonly uri?: string;
  readonly target?: Target;
  readonly code?: number;
  readonly requestObject?: Body;
  /** Default: ResponseComplete. */
  readonly stage?: string;
}

export interface Target {
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly group?: string;
  readonly subresource?: string;
}

type Scenario = readonly [weight: number, make: (random: Random) => Request];

const NAMESPACES = ['default', 'payments', 'checkout', 'search', 'ci', 'monitoring', 'argocd'] as const;
const APPS = ['web', 'api', 'worker', 'cart', 'billing', 'gateway', 'search-indexer'] as const;
const LEADERS = [
  'kube-controller-manager',
  'kube-scheduler',
  'cloud-controller-manager',
  'eks-certificates-controller',
] as const;
const leases = 'coordination.k8s.io';

const app = (random: Random): string => random.pick(APPS);
const space = (random: Random): string => random.pick(NAMESPACES);
const podName = (random: Random): string => `${app(random)}-${random.hex(9)}-${random.hex(5)}`;
const controller = (random: Random, name: string): Caller =>
  controlPlane(random, `system:serviceaccount:kube-system:${name}`, 'kube-controller-manager');
const nodeName = (caller: Caller): string => String(caller.user['username']).slice('system:node:'.length);

function byNode(
  verb: string,
  target: (random: Random, name: string) => Target,
  more: Partial<Request> = {},
): Scenario[1] {
  return (random) => {
    const caller = node(random);
    return { caller, verb, target: target(random, nodeName(caller)), ...more };
  };
}

const leaseOfNode = (_random: Random, name: string): Target => ({
  resource: 'leases',
  group: leases,
  namespace: 'kube-node-lease',
  name,
});
const podOf = (random: Random): Target => ({
  resource: 'pods',
  namespace: space(random),
  name: podName(random),
});

/** Requests on which no stock rule alerts. */
export const QUIET: readonly Scenario[] = [
  [12, byNode('update', leaseOfNode)],
  [4, byNode('get', leaseOfNode)],
  [5, byNode('patch', (_, name) => ({ resource: 'nodes', name, subresource: 'status' }))],
  [4, byNode('get', (_, name) => ({ resource: 'nodes', name }))],
  [
    5,
    byNode('patch', (random) => ({ ...podOf(random), subresource: 'status' }), {
      requestObject: { status: { phase: 'Running' } },
    }),
  ],
  [4, byNode('get', podOf)],
  [5, byNode('create', (random) => ({ resource: 'events', namespace: space(random) }), { code: 201 })],
  [3, byNode('create', () => ({ resource: 'tokenreviews', group: 'authentication.k8s.io' }), { code: 201 })],
  [
    3,
    byNode('watch', (random) => ({ resource: 'configmaps', namespace: space(random) }), {
      stage: 'ResponseStarted',
    }),
  ],
  [3, byNode('watch', (random) => ({ resource: 'configmaps', namespace: space(random) }))],
  [10, leaderElection],
  [2, certificateController],
  [3, update('endpointslice-controller', { resource: 'endpointslices', group: 'discovery.k8s.io' })],
  [3, update('deployment-controller', { resource: 'deployments', group: 'apps', subresource: 'status' })],
  [2, update('replicaset-controller', { resource: 'replicasets', group: 'apps', subresource: 'status' })],
  [5, accessReview],
  [
    3,
    (random) => ({
      caller: serviceAccount(random, 'monitoring', 'prometheus', 'Prometheus/2.53.1'),
      verb: 'list',
      target: { resource: 'pods', namespace: space(random) },
    }),
  ],
  [
    3,
    (random) => ({
      caller: serviceAccount(
        random,
        'argocd',
        'argocd-application-controller',
        'argocd-application-controller/v0.0.0 (linux/amd64) kubernetes/$Format',
      ),
      verb: 'list',
      target: { resource: 'applications', group: 'argoproj.io', namespace: 'argocd' },
    }),
  ],
  [
    3,
    (random) => ({
      caller: serviceAccount(random, 'kube-system', 'aws-node', 'aws-k8s-agent/v1.19.0'),
      verb: 'watch',
      target: { resource: 'eniconfigs', group: 'crd.k8s.amazonaws.com' },
      stage: 'ResponseStarted',
    }),
  ],
  [3, (random) => ({ caller: anonymous(random), verb: 'get', uri: '/readyz' })],
  [
    2,
    (random) => ({
      caller: controlPlane(random, 'system:kube-controller-manager', 'kube-controller-manager'),
      verb: 'get',
      uri: '/apis',
    }),
  ],
  [2, createPod],
  [2, bindPod],
  [
    1,
    (random) => ({
      caller: controller(random, 'generic-garbage-collector'),
      verb: 'delete',
      target: podOf(random),
    }),
  ],
  [
    2,
    (random) => ({
      caller: person(random, 'kubernetes-admin', 'PlatformAdmin'),
      verb: 'list',
      target: { resource: 'pods', namespace: space(random) },
      uri: '/api/v1/namespaces/default/pods?limit=500',
    }),
  ],
  [
    1,
    (random) => ({
      caller: person(random, 'kubernetes-admin', 'PlatformAdmin'),
      verb: 'get',
      target: { ...podOf(random), subresource: 'log' },
    }),
  ],
];

function leaderElection(random: Random): Request {
  const name = random.pick(LEADERS);
  return {
    caller: controlPlane(
      random,
      `system:${name === 'kube-scheduler' ? name : 'kube-controller-manager'}`,
      name,
    ),
    verb: random.pick(['get', 'update', 'update']),
    target: { resource: 'leases', group: leases, namespace: 'kube-system', name },
  };
}

function certificateController(random: Random): Request {
  return {
    caller: eksComponent(random, 'certificate-controller'),
    verb: random.pick(['get', 'update']),
    target: { resource: 'configmaps', namespace: 'kube-system', name: 'eks-certificates-controller' },
  };
}

function update(name: string, target: Target): Scenario[1] {
  return (random) => ({
    caller: controller(random, name),
    verb: 'update',
    target: { ...target, namespace: space(random), name: app(random) },
    requestObject: {
      metadata: { name: app(random), resourceVersion: String(random.integer(1e8)) },
      status: { observedGeneration: random.integer(50), replicas: 3 },
    },
  });
}

function accessReview(random: Random): Request {
  return {
    caller: controlPlane(random, 'system:serviceaccount:kube-system:metrics-server', 'metrics-server'),
    verb: 'create',
    target: { resource: 'subjectaccessreviews', group: 'authorization.k8s.io' },
    code: 201,
  };
}

function createPod(random: Random): Request {
  const namespace = space(random);
  return {
    caller: controller(random, 'replicaset-controller'),
    verb: 'create',
    target: { resource: 'pods', namespace },
    code: 201,
    requestObject: pod(random, { namespace, name: podName(random) }),
  };
}

function bindPod(random: Random): Request {
  return {
    caller: controlPlane(random, 'system:kube-scheduler', 'kube-scheduler'),
    verb: 'create',
    target: { ...podOf(random), subresource: 'binding' },
    code: 201,
  };
}

const developer = (random: Random): Caller =>
  person(random, random.pick(['alice@example.com', 'bob@example.com', 'carol@example.com']), 'Developer');
const pipeline = (random: Random): Caller => serviceAccount(random, 'ci', 'deployer', 'helm/v3.16.2');

function byPipeline(verb: string, resource: string, group: string, requestObject?: Body): Scenario[1] {
  return (random) => ({
    caller: pipeline(random),
    verb,
    target: { resource, group, namespace: space(random), name: app(random) },
    code: verb === 'create' ? 201 : 200,
    ...(requestObject === undefined ? {} : { requestObject }),
  });
}

const rbac = 'rbac.authorization.k8s.io';

/** Requests on which at least one stock rule alerts. */
export const ALERTING: readonly Scenario[] = [
  [
    30,
    byNode(
      'create',
      (random) => ({
        resource: 'serviceaccounts',
        namespace: space(random),
        name: app(random),
        subresource: 'token',
      }),
      { code: 201 },
    ),
  ],
  [
    15,
    (random) => ({
      caller: pipeline(random),
      verb: 'get',
      target: { resource: 'secrets', namespace: space(random), name: `${app(random)}-tls` },
      code: random.pick([200, 200, 200, 404]),
    }),
  ],
  [
    12,
    (random) => ({ caller: developer(random), verb: random.pick(['get', 'list']), target: podOf(random) }),
  ],
  [
    6,
    byPipeline('create', 'configmaps', '', {
      kind: 'ConfigMap',
      data: { 'app.properties': 'log.level=info\ncache.size=64' },
    }),
  ],
  [4, byPipeline('delete', 'configmaps', '')],
  [4, byPipeline('create', 'deployments', 'apps', { kind: 'Deployment', spec: { replicas: 3 } })],
  [2, byPipeline('delete', 'deployments', 'apps')],
  [
    3,
    byPipeline('create', 'services', '', {
      kind: 'Service',
      spec: { type: 'ClusterIP', ports: [{ port: 80 }] },
    }),
  ],
  [
    1,
    byPipeline('create', 'services', '', {
      kind: 'Service',
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
    }),
  ],
  [
    1,
    byPipeline('create', 'ingresses', 'networking.k8s.io', {
      kind: 'Ingress',
      spec: { rules: [{ host: 'shop.example.com' }] },
    }),
  ],
  [
    1,
    byPipeline('create', 'configmaps', '', {
      kind: 'ConfigMap',
      data: { 'db.ini': 'user=shop\npassword=hunter2' },
    }),
  ],
  [
    1,
    byPipeline('create', 'clusterrolebindings', rbac, {
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }],
    }),
  ],
  [
    1,
    byPipeline('create', 'clusterroles', rbac, {
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    }),
  ],
  [3, (random) => ({ caller: anonymous(random), verb: 'get', uri: '/version' })],
  [3, exec],
  [
    1,
    (random) => ({
      caller: developer(random),
      verb: 'get',
      target: { ...podOf(random), subresource: 'portforward' },
      stage: 'ResponseStarted',
      code: 101,
    }),
  ],
  [2, kubeSystemPod],
  [
    1,
    (random) => ({
      ...createPod(random),
      requestObject: pod(random, { namespace: 'default', name: podName(random), privileged: true }),
    }),
  ],
  [
    1,
    (random) => ({
      caller: developer(random),
      verb: 'create',
      target: { resource: 'namespaces', name: `sandbox-${random.hex(4)}` },
      code: 201,
    }),
  ],
];

function exec(random: Random): Request {
  const target: Target = { ...podOf(random), subresource: 'exec' };
  const command = random.pick(['sh', 'bash&command=-c&command=env', 'cat&command=%2Fetc%2Fpasswd']);
  return {
    caller: developer(random),
    verb: 'get',
    target,
    uri: `${pathOf(target)}?command=${command}&container=app&stdin=true&stdout=true&tty=true`,
    stage: 'ResponseStarted',
    code: 101,
  };
}

function kubeSystemPod(random: Random): Request {
  const traits = {
    namespace: 'kube-system',
    name: `aws-node-${random.hex(5)}`,
    image: '602401143452.dkr.ecr.us-east-1.amazonaws.com/amazon-k8s-cni:v1.19.0',
    hostNetwork: true,
  };
  return {
    caller: controller(random, 'daemon-set-controller'),
    verb: 'create',
    target: { resource: 'pods', namespace: 'kube-system' },
    code: 201,
    requestObject: pod(random, traits),
  };
}

/** Path of the API server under which a target is found. */
export function pathOf({ resource, namespace, name, group, subresource }: Target): string {
  const root = group === undefined || group === '' ? '/api/v1' : `/apis/${group}/v1`;
  const parts = [
    namespace === undefined ? undefined : `namespaces/${namespace}`,
    resource,
    name,
    subresource,
  ];
  return [root, ...parts.filter((part) => part !== undefined)].join('/');
}

/** Picks a scenario by weight and makes its request. */
export function makeRequest(random: Random, scenarios: readonly Scenario[]): Request {
  let left = random.unit() * scenarios.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of scenarios) {
    left -= weight;
    if (left < 0) return make(random);
  }
  return scenarios[0]![1](random);
}
