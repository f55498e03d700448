// Audit events such as an EKS cluster writes: controllers, kubelets, the certificate controller, people. In: a seed and
// times. Out: JSON texts, the same for the same seed. For the demo, the benchmarks and tests.

import { createRandom, type Random } from './random.js';

export interface AuditEventOptions {
  readonly seed: number;
  /** Average size of an event, bytes (default 1250). */
  readonly averageSize?: number;
  /** Share of events that look like what rules alert on: exec, secrets, privileged pods, bindings (default 0.02). */
  readonly suspicious?: number;
}

export interface AuditEvents {
  /** The next event, as JSON text; its stage time is `time` (milliseconds since the epoch). */
  next(time: number): string;
}

interface Kind {
  readonly weight: number;
  make(random: Random, time: number): Call;
}

interface Call {
  readonly verb: string;
  readonly user: User;
  readonly agent: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly group?: string;
  readonly version?: string;
  readonly query?: string;
  readonly stage?: string;
  readonly code?: number;
  readonly level?: string;
  readonly request?: unknown;
  readonly response?: unknown;
}

interface User {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const DEFAULT_SIZE = 1250;
const NAMESPACES = ['default', 'payments', 'checkout', 'monitoring', 'kube-system', 'ci'] as const;
const APPS = ['web', 'api', 'worker', 'cache', 'ingress-nginx', 'checkout'] as const;
const IMAGES = [
  'nginx:1.27',
  'redis:7.4',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/api:5f2c',
  'busybox:1.36',
];
const ACCOUNT = '123456789012';
const KUBECTL = 'kubectl/v1.31.2 (linux/amd64) kubernetes/5864a46';

function eksUser(name: string): User {
  return {
    username: `eks:${name}`,
    uid: `aws-iam-authenticator:${ACCOUNT}:AROAEXAMPLE${name.length}`,
    groups: ['system:authenticated'],
    extra: {
      arn: [`arn:aws:sts::${ACCOUNT}:assumed-role/AWSWesleyClusterManagerLambda-${name}/session`],
      canonicalArn: [`arn:aws:iam::${ACCOUNT}:role/AWSWesleyClusterManagerLambda-${name}`],
      sessionName: ['session'],
    },
  };
}

function serviceAccount(namespace: string, name: string): User {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

function person(random: Random): User {
  const name = random.pick(['alice', 'bob', 'carol', 'deploy-bot']);
  return {
    username: `arn:aws:iam::${ACCOUNT}:user/${name}`,
    uid: `aws-iam-authenticator:${ACCOUNT}:AIDAEXAMPLE${name.toUpperCase()}`,
    groups: ['developers', 'system:authenticated'],
    extra: {
      arn: [`arn:aws:iam::${ACCOUNT}:user/${name}`],
      canonicalArn: [`arn:aws:iam::${ACCOUNT}:user/${name}`],
      sessionName: [''],
    },
  };
}

function node(random: Random): User {
  return {
    username: `system:node:ip-10-0-${random.below(4)}-${random.below(200)}.ec2.internal`,
    groups: ['system:bootstrappers', 'system:nodes', 'system:authenticated'],
  };
}

function podName(random: Random): string {
  return `${random.pick(APPS)}-${random.hex(9)}-${random.hex(5)}`;
}

function pod(random: Random, name: string, namespace: string, privileged: boolean): unknown {
  const app = name.split('-')[0]!;
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace, labels: { app, 'pod-template-hash': random.hex(9) } },
    spec: {
      containers: [
        {
          name: app,
          image: random.pick(IMAGES),
          env: [{ name: 'LOG_LEVEL', value: 'info' }],
          resources: { requests: { cpu: '100m', memory: '128Mi' } },
          securityContext: { privileged, allowPrivilegeEscalation: privileged },
        },
      ],
      ...(privileged && { hostNetwork: true }),
      serviceAccountName: 'default',
    },
  };
}

// Everyday life of a cluster.
const ORDINARY: readonly Kind[] = [
  {
    weight: 30,
    make: (random, time) => {
      const user = node(random);
      const name = user.username.slice('system:node:'.length);
      return {
        verb: random.pick(['get', 'update', 'update']),
        user,
        agent: 'kubelet/v1.31.2 (linux/amd64) kubernetes/5864a46',
        group: 'coordination.k8s.io',
        resource: 'leases',
        namespace: 'kube-node-lease',
        name,
        query: 'timeout=10s',
        level: 'Metadata',
        response: { kind: 'Lease', spec: { holderIdentity: name, renewTime: new Date(time).toISOString() } },
      };
    },
  },
  {
    weight: 14,
    make: () => ({
      verb: 'get',
      user: eksUser('certificate-controller'),
      agent: 'eks-certificates-controller/v0.0.0 (linux/amd64) kubernetes/$Format/leader-election',
      resource: 'configmaps',
      namespace: 'kube-system',
      name: 'eks-certificates-controller',
      level: 'Metadata',
    }),
  },
  {
    weight: 16,
    make: (random) => ({
      verb: random.pick(['list', 'watch', 'watch', 'get']),
      user: serviceAccount(
        'kube-system',
        random.pick(['deployment-controller', 'endpointslice-controller', 'coredns']),
      ),
      agent:
        'kube-controller-manager/v1.31.2 (linux/amd64) kubernetes/5864a46/system:serviceaccount:kube-system',
      resource: random.pick(['pods', 'services', 'endpoints', 'nodes']),
      query: `allowWatchBookmarks=true&resourceVersion=${random.below(9_000_000)}&timeoutSeconds=412&watch=true`,
      level: 'Metadata',
    }),
  },
  {
    weight: 14,
    make: (random) => {
      const namespace = random.pick(NAMESPACES);
      const name = podName(random);
      return {
        verb: 'patch',
        user: node(random),
        agent: 'kubelet/v1.31.2 (linux/amd64) kubernetes/5864a46',
        resource: 'pods',
        subresource: 'status',
        namespace,
        name,
        request: {
          status: {
            phase: 'Running',
            podIP: `10.0.1.${random.below(250)}`,
            conditions: [{ type: 'Ready', status: 'True' }],
          },
        },
        response: pod(random, name, namespace, false),
      };
    },
  },
  {
    weight: 8,
    make: (random) => {
      const namespace = random.pick(NAMESPACES);
      const name = podName(random);
      return {
        verb: 'create',
        user: serviceAccount('kube-system', 'replicaset-controller'),
        agent:
          'kube-controller-manager/v1.31.2 (linux/amd64) kubernetes/5864a46/system:serviceaccount:kube-system:replicaset-controller',
        resource: 'pods',
        namespace,
        name,
        code: 201,
        request: pod(random, name, namespace, false),
        response: pod(random, name, namespace, false),
      };
    },
  },
  {
    weight: 10,
    make: (random) => ({
      verb: random.pick(['get', 'list', 'get', 'update']),
      user: person(random),
      agent: KUBECTL,
      resource: random.pick(['deployments', 'replicasets', 'statefulsets']),
      group: 'apps',
      namespace: random.pick(NAMESPACES),
      name: random.pick(APPS),
      level: 'Metadata',
    }),
  },
];

// What rules look for.
const SUSPICIOUS: readonly Kind[] = [
  {
    weight: 3,
    make: (random) => ({
      verb: 'get',
      user: person(random),
      agent: KUBECTL,
      resource: 'pods',
      subresource: 'exec',
      namespace: random.pick(NAMESPACES),
      name: podName(random),
      query: 'command=sh&container=web&stdin=true&stdout=true&tty=true',
      stage: 'ResponseStarted',
      code: 101,
      level: 'Request',
    }),
  },
  {
    weight: 3,
    make: (random) => ({
      verb: random.pick(['get', 'create', 'delete']),
      user: person(random),
      agent: KUBECTL,
      resource: 'secrets',
      namespace: random.pick(NAMESPACES),
      name: random.pick(['database-password', 'tls-cert', 'registry-login']),
      level: 'Metadata',
    }),
  },
  {
    weight: 2,
    make: (random) => {
      const namespace = random.pick(NAMESPACES);
      const name = podName(random);
      return {
        verb: 'create',
        user: person(random),
        agent: KUBECTL,
        resource: 'pods',
        namespace,
        name,
        code: 201,
        request: pod(random, name, namespace, true),
        response: pod(random, name, namespace, true),
      };
    },
  },
  {
    weight: 1,
    make: (random) => ({
      verb: 'create',
      user: person(random),
      agent: KUBECTL,
      group: 'rbac.authorization.k8s.io',
      resource: 'clusterrolebindings',
      name: `temporary-${random.hex(4)}`,
      code: 201,
      request: {
        kind: 'ClusterRoleBinding',
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'User', name: 'bob' }],
      },
    }),
  },
  {
    weight: 1,
    make: (random) => ({
      verb: 'list',
      user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
      agent: 'curl/8.5.0',
      resource: 'secrets',
      namespace: random.pick(NAMESPACES),
      code: 403,
      level: 'Metadata',
    }),
  },
];

/** Makes a stream of audit events. */
export function createAuditEvents(options: AuditEventOptions): AuditEvents {
  const { seed, averageSize = DEFAULT_SIZE, suspicious = 0.02 } = options;
  const random = createRandom(seed);
  let written = 0;
  let count = 0;
  return {
    next(time) {
      const kinds = random.next() < suspicious ? SUSPICIOUS : ORDINARY;
      const call = choose(kinds, random).make(random, time);
      const event = auditEvent(call, random, time);
      const text = JSON.stringify(event);
      count++;
      // Managed fields are what makes real events long; here they bring the average to where it should be.
      const missing = Math.floor(averageSize * count - written - text.length);
      const filled = missing > 60 ? withManagedFields(text, missing - 40, random) : text;
      written += filled.length;
      return filled;
    },
  };
}

function choose(kinds: readonly Kind[], random: Random): Kind {
  let left = random.next() * kinds.reduce((sum, { weight }) => sum + weight, 0);
  return kinds.find(({ weight }) => (left -= weight) < 0) ?? kinds[0]!;
}

function auditEvent(call: Call, random: Random, time: number) {
  const { group = '', version = 'v1', resource, namespace, name, subresource, query } = call;
  const path = [
    group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource,
    ...(name === undefined || call.verb === 'create' ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/');
  const stamp = (ms: number): string =>
    new Date(ms).toISOString().replace('Z', `${String(random.below(1000)).padStart(3, '0')}Z`);
  const denied = call.code === 403;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: call.level ?? 'RequestResponse',
    auditID: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`,
    stage: call.stage ?? 'ResponseComplete',
    requestURI: query === undefined ? path : `${path}?${query}`,
    verb: call.verb,
    user: call.user,
    sourceIPs: [`10.0.${random.below(4)}.${random.below(250)}`],
    userAgent: call.agent,
    objectRef: {
      resource,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      ...(group !== '' && { apiGroup: group }),
      apiVersion: version,
      ...(subresource !== undefined && { subresource }),
    },
    responseStatus: {
      metadata: {},
      ...(denied && { status: 'Failure', reason: 'Forbidden' }),
      code: call.code ?? 200,
    },
    ...(call.request !== undefined && { requestObject: call.request }),
    ...(call.response !== undefined && { responseObject: call.response }),
    requestReceivedTimestamp: stamp(time - 1 - random.below(30)),
    stageTimestamp: stamp(time),
    annotations: {
      'authorization.k8s.io/decision': denied ? 'forbid' : 'allow',
      'authorization.k8s.io/reason': '',
    },
  };
}

function withManagedFields(text: string, length: number, random: Random): string {
  const fields: string[] = [];
  let size = 0;
  while (size < length) {
    const field = `"f:${random.hex(4 + random.below(12))}":{}`;
    fields.push(field);
    size += field.length + 1;
  }
  return `${text.slice(0, -1)},"managedFields":{${[...new Set(fields)].join(',')}}}`;
}
