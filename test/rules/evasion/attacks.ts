// What an attacker sets, by rule: an object that is harmless, a place in it, the value that a rule is made for, and one
// that it leaves alone.

import type { Json } from './objects.js';

export interface Attack {
  readonly rule: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name: string;
  /** The object before, with all that is around the place. */
  readonly before: Json;
  readonly place: readonly string[];
  readonly bad: Json;
  readonly good: Json;
  /** Kinds whose setting cannot be changed later. */
  readonly createOnly?: true;
  /** A patch does not name what makes it harmful: that stands in the object. */
  readonly inObject?: true;
  /** Only an object of this name counts. */
  readonly named?: true;
  /** Objects that no `create` makes harmful: there has to be one already. */
  readonly changeOnly?: true;
}

const SHOP = { namespace: 'shop', name: 'web' };
const TEMPLATE = ['spec', 'template', 'spec'];
const CONTAINER = [...TEMPLATE, 'containers', '0'];

const deployment: Json = {
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' }, annotations: { note: 'x' } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        securityContext: {
          seccompProfile: {},
          seLinuxOptions: {},
          windowsOptions: {},
          sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }],
        },
        containers: [
          {
            name: 'web',
            image: 'registry.example/web:1',
            ports: [{ containerPort: 80 }],
            livenessProbe: { httpGet: { path: '/', port: 80 } },
            securityContext: { capabilities: { add: ['CHOWN'] }, appArmorProfile: {} },
          },
        ],
        volumes: [{ name: 'v', hostPath: { path: '/srv' } }],
      },
    },
  },
};

const pod = (rule: string, place: readonly string[], bad: Json, good: Json): Attack => ({
  rule,
  resource: 'deployments',
  ...SHOP,
  before: deployment,
  place,
  bad,
  good,
});
const inPod = (rule: string, place: string, bad: Json, good: Json): Attack =>
  pod(rule, [...TEMPLATE, ...place.split('.')], bad, good);
const inContainer = (rule: string, place: string, bad: Json, good: Json): Attack =>
  pod(rule, [...CONTAINER, ...place.split('.')], bad, good);

const PODS: readonly Attack[] = [
  inContainer('Privileged Pod', 'securityContext.privileged', true, false),
  inPod('Pod In Host Namespace', 'hostPID', true, false),
  inPod('Sensitive Host Path Mounted', 'volumes.0.hostPath.path', '/etc/./kubernetes', '/srv/data'),
  inPod(
    'Host Path Mounted',
    'volumes.0',
    { name: 'v', hostPath: { path: '/srv/data' } },
    { name: 'v', emptyDir: {} },
  ),
  inContainer('Dangerous Capability Added', 'securityContext.capabilities.add.0', 'SYS_ADMIN', 'CHOWN'),
  inContainer('Unusual Capability Added', 'securityContext.capabilities.add.0', 'NET_RAW', 'CHOWN'),
  inContainer('Unmasked Proc Mount', 'securityContext.procMount', 'Unmasked', 'Default'),
  inPod('Windows Host Process', 'securityContext.windowsOptions.hostProcess', true, false),
  inPod('Confinement Switched Off', 'securityContext.seccompProfile.type', 'Unconfined', 'RuntimeDefault'),
  inContainer(
    'Confinement Switched Off',
    'securityContext.appArmorProfile.type',
    'Unconfined',
    'RuntimeDefault',
  ),
  inPod('SELinux Options Changed', 'securityContext.seLinuxOptions.type', 'contfoo_t', 'container_t'),
  inPod('Unsafe Sysctl', 'securityContext.sysctls.0.name', 'kernel.msgmax', 'net.ipv4.tcp_syncookies'),
  inContainer('Host Port Opened', 'ports.0.hostPort', 8080, 0),
  inContainer('Probe To Another Host', 'livenessProbe.httpGet.host', '127.0.0.1.example.com', '127.0.0.1'),
  inPod(
    'Unusual Volume Type',
    'volumes.0',
    { name: 'v', nfs: { server: 's', path: '/' } },
    { name: 'v', emptyDir: {} },
  ),
  inPod('Container Runs As Root', 'securityContext.runAsUser', 0, 1000),
  inContainer('Privilege Escalation Allowed', 'securityContext.allowPrivilegeEscalation', true, false),
  inContainer('Miner Image', 'image', 'registry.example/xmrig:1', 'registry.example/privileged:1'),
];

const binding = (rule: string, bad: Json, role = 'view'): Attack => ({
  rule,
  resource: 'clusterrolebindings',
  name: 'b',
  before: {
    kind: 'ClusterRoleBinding',
    metadata: { name: 'b' },
    roleRef: { kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name: 'old' }],
  },
  place: ['subjects', '0'],
  bad,
  good: { kind: 'User', name: 'bob' },
});
const role = (rule: string, place: string, bad: Json, more: Partial<Attack> = {}): Attack => ({
  rule,
  resource: 'clusterroles',
  name: 'r',
  before: {
    kind: 'ClusterRole',
    metadata: { name: 'r', labels: { app: 'web' } },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  place: ['rules', '0', ...place.split('.')],
  bad,
  good: 'watch',
  ...more,
});

const RBAC: readonly Attack[] = [
  binding('Binding To Anonymous', { kind: 'User', name: 'system:anonymous' }),
  binding('Binding To Anonymous', { kind: 'Group', name: 'system:unauthenticated' }),
  binding('Binding To Masters Group', { kind: 'Group', name: 'system:masters' }),
  binding('Binding To Everyone', { kind: 'Group', name: 'system:serviceaccounts:shop' }),
  binding('Binding To Default Service Account', { kind: 'User', name: 'system:serviceaccount:shop:default' }),
  {
    ...binding('Cluster Admin Bound', { kind: 'User', name: 'mallory' }, 'cluster-admin'),
    good: null,
    inObject: true,
  },
  {
    ...binding('Control Plane Role Bound', { kind: 'User', name: 'mallory' }, 'system:node'),
    good: null,
    inObject: true,
  },
  role('Wildcard Role', 'verbs.0', '*'),
  role('Role Grants Escalation', 'verbs.0', 'impersonate'),
  role('Role Grants Escalating Resource', 'resources.0', 'nodes/proxy', { good: 'services' }),
  role('Role Grants Secrets', 'resources.0', 'secrets', { good: 'services' }),
  role('Role Grants Pods In System Namespace', 'verbs.0', 'create', {
    resource: 'roles',
    namespace: 'kube-system',
    inObject: true,
  }),
  role('Role Aggregated Into Default Role', 'x', 'true', {
    place: ['metadata', 'labels', 'rbac.authorization.k8s.io/aggregate-to-view'],
    good: null,
  }),
];

const OTHERS: readonly Attack[] = [
  {
    rule: 'Service Exposed',
    resource: 'services',
    ...SHOP,
    before: { kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }], externalIPs: [] } },
    place: ['spec', 'type'],
    bad: 'LoadBalancer',
    good: 'ClusterIP',
  },
  {
    rule: 'Service With External Addresses',
    resource: 'services',
    ...SHOP,
    before: { kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } },
    place: ['spec', 'externalIPs'],
    bad: ['203.0.113.1'],
    good: [],
  },
  {
    rule: 'Pod Security Relaxed',
    resource: 'namespaces',
    name: 'shop',
    namespace: 'shop',
    before: { kind: 'Namespace', metadata: { name: 'shop', labels: { app: 'web' } } },
    place: ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'],
    bad: 'privileged',
    good: 'restricted',
  },
  {
    rule: 'Workload Stopped',
    resource: 'deployments',
    ...SHOP,
    before: deployment,
    place: ['spec', 'replicas'],
    bad: 0,
    good: 3,
    changeOnly: true,
  },
  {
    rule: 'Security Agent Removed',
    resource: 'deployments',
    namespace: 'security',
    name: 'kyverno',
    before: deployment,
    place: ['spec', 'replicas'],
    bad: 0,
    good: 3,
    changeOnly: true,
  },
  {
    rule: 'Node Deleted Or Cordoned',
    resource: 'nodes',
    name: 'node-1',
    before: { kind: 'Node', metadata: { name: 'node-1' }, spec: {} },
    place: ['spec', 'unschedulable'],
    bad: true,
    good: false,
    changeOnly: true,
  },
  {
    rule: 'Credentials In ConfigMap',
    resource: 'configmaps',
    ...SHOP,
    before: { kind: 'ConfigMap', metadata: { name: 'web' }, data: {} },
    place: ['data', 'app.ini'],
    bad: 'user=a\npassword=hunter2',
    good: 'user=a',
  },
  {
    rule: 'EKS aws-auth Maps Masters',
    resource: 'configmaps',
    namespace: 'kube-system',
    name: 'aws-auth',
    named: true,
    before: { kind: 'ConfigMap', metadata: { name: 'aws-auth' }, data: {} },
    place: ['data', 'mapRoles'],
    bad: '- groups: [system:masters]',
    good: '- groups: [system:nodes]',
  },
  {
    rule: 'EKS IAM Role Given To Service Account',
    resource: 'serviceaccounts',
    ...SHOP,
    before: { kind: 'ServiceAccount', metadata: { name: 'web', annotations: {} } },
    place: ['metadata', 'annotations', 'eks.amazonaws.com/role-arn'],
    bad: 'arn:aws:iam::111122223333:role/x',
    good: null,
  },
  {
    rule: 'EKS Load Balancer On The Internet',
    resource: 'ingresses',
    ...SHOP,
    before: { kind: 'Ingress', metadata: { name: 'web', annotations: {} }, spec: {} },
    place: ['metadata', 'annotations', 'alb.ingress.kubernetes.io/scheme'],
    bad: 'internet-facing',
    good: 'internal',
  },
  {
    rule: 'Persistent Volume On Node',
    resource: 'persistentvolumes',
    name: 'v',
    before: { kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { csi: {} } },
    place: ['spec', 'hostPath'],
    bad: { path: '/' },
    good: null,
    createOnly: true,
  },
  {
    rule: 'Long-Lived Token Secret Created',
    resource: 'secrets',
    ...SHOP,
    before: { kind: 'Secret', metadata: { name: 'web' } },
    place: ['type'],
    bad: 'kubernetes.io/service-account-token',
    good: 'Opaque',
    createOnly: true,
  },
  {
    rule: 'Certificate Requested',
    resource: 'certificatesigningrequests',
    name: 'c',
    before: { kind: 'CertificateSigningRequest', metadata: { name: 'c' }, spec: {} },
    place: ['spec', 'signerName'],
    bad: 'kubernetes.io/kube-apiserver-client',
    good: 'example.com/signer',
    createOnly: true,
  },
];

export const ATTACKS: readonly Attack[] = [...PODS, ...RBAC, ...OTHERS];
