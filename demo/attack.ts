// A short attack on the demo's cluster: somebody finds an API server that lets anonymous requests in, takes a service account's
// token, and makes himself at home. In: seconds since its start. Out: the audit events of that time, as the API server writes them.

interface Step {
  /** Seconds since the start. */
  readonly at: number;
  readonly event: Readonly<Record<string, unknown>>;
}

const ACCOUNT = 'system:serviceaccount:shop:web';

function step(at: number, user: string, verb: string, uri: string, more: object): Step {
  const groups =
    user === 'system:anonymous'
      ? ['system:unauthenticated']
      : ['system:serviceaccounts', 'system:authenticated'];
  const event = {
    requestURI: uri,
    verb,
    user: { username: user, groups },
    sourceIPs: ['203.0.113.66'],
    userAgent:
      user === 'system:anonymous' ? 'curl/8.5.0' : 'kubectl/v1.31.2 (linux/amd64) kubernetes/5864a46',
    responseStatus: { metadata: {}, code: 200 },
    ...more,
  };
  return { at, event };
}

const object = (resource: string, namespace: string, name?: string, more: object = {}): object => ({
  objectRef: { resource, namespace, ...(name !== undefined && { name }), apiVersion: 'v1', ...more },
});

const PRIVILEGED = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'helper', namespace: 'shop' },
  spec: {
    hostPID: true,
    containers: [
      {
        name: 'helper',
        image: 'busybox',
        securityContext: { privileged: true },
        volumeMounts: [{ name: 'host', mountPath: '/host' }],
      },
    ],
    volumes: [{ name: 'host', hostPath: { path: '/' } }],
  },
};

const BINDING = {
  kind: 'ClusterRoleBinding',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  metadata: { name: 'web-admin' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }],
};

const STEPS: readonly Step[] = [
  step(1, 'system:anonymous', 'get', '/api', { responseStatus: { metadata: {}, code: 403 } }),
  step(2, 'system:anonymous', 'create', '/api/v1/namespaces/shop/serviceaccounts/web/token', {
    ...object('serviceaccounts', 'shop', 'web', { subresource: 'token' }),
    responseStatus: { metadata: {}, code: 201 },
  }),
  step(3, ACCOUNT, 'list', '/api/v1/secrets?limit=500', object('secrets', '')),
  step(4.5, ACCOUNT, 'create', '/api/v1/namespaces/shop/pods', {
    ...object('pods', 'shop', 'helper'),
    requestObject: PRIVILEGED,
    responseStatus: { metadata: {}, code: 201 },
  }),
  step(
    6,
    ACCOUNT,
    'get',
    '/api/v1/namespaces/kube-system/pods/aws-node-x7k2p/exec?command=sh&stdin=true&tty=true',
    {
      ...object('pods', 'kube-system', 'aws-node-x7k2p', { subresource: 'exec' }),
      responseStatus: { metadata: {}, code: 101 },
      stage: 'ResponseStarted',
    },
  ),
  step(7.5, ACCOUNT, 'create', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    objectRef: {
      resource: 'clusterrolebindings',
      name: 'web-admin',
      apiGroup: 'rbac.authorization.k8s.io',
      apiVersion: 'v1',
    },
    requestObject: BINDING,
    responseStatus: { metadata: {}, code: 201 },
  }),
  step(9, ACCOUNT, 'deletecollection', '/api/v1/namespaces/shop/events', object('events', 'shop')),
];

/** Writes the steps whose time has come. */
export function createAttack(
  start: number,
  write: (message: string, time: number) => void,
): (now: number) => void {
  let next = 0;
  return (now) => {
    for (; next < STEPS.length && start + STEPS[next]!.at * 1000 <= now; next++) {
      const { at, event } = STEPS[next]!;
      const time = start + at * 1000;
      const stamp = new Date(time).toISOString().replace('Z', '000Z');
      const head = { kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'RequestResponse' };
      const auditID = `0b5e7a11-0000-4000-8000-${String(next).padStart(12, '0')}`;
      const times = { requestReceivedTimestamp: stamp, stageTimestamp: stamp };
      write(JSON.stringify({ ...head, auditID, stage: 'ResponseComplete', ...event, ...times }), time);
    }
  };
}
