// The Pod Security Standards, control by control: what breaks one is found wherever a pod's settings can stand (a pod, its
// init containers, the templates of workloads, an added debug container, a JSON patch), and what keeps it is not.

import { describe, expect, test } from 'vitest';
import { loadOurRules, matches } from './open-rules.js';

type Json = Readonly<Record<string, unknown>>;

interface Control {
  readonly control: string;
  readonly rule: string;
  /** Settings of a pod (its spec) that break the control, and such that keep it. */
  readonly pods?: { readonly bad: readonly Json[]; readonly good: readonly Json[] };
  /** Settings of a container. */
  readonly containers?: { readonly bad: readonly Json[]; readonly good: readonly Json[] };
}

const secured = (securityContext: Json): Json => ({ securityContext });
const hostPath = (path: string): Json => ({ volumes: [{ name: 'v', hostPath: { path, type: '' } }] });
const volume = (kind: string): Json => ({ volumes: [{ name: 'v', [kind]: { server: 's' } }] });
const sysctl = (...names: string[]): Json =>
  secured({ sysctls: names.map((name) => ({ name, value: '1' })) });
const capability = (...add: string[]): Json => secured({ capabilities: { add } });

const CONTROLS: readonly Control[] = [
  {
    control: 'HostProcess',
    rule: 'Windows Host Process',
    pods: {
      bad: [secured({ windowsOptions: { hostProcess: true } })],
      good: [secured({ windowsOptions: { hostProcess: false } })],
    },
    containers: {
      bad: [secured({ windowsOptions: { hostProcess: true } })],
      good: [secured({ windowsOptions: {} })],
    },
  },
  {
    control: 'Host Namespaces',
    rule: 'Pod In Host Namespace',
    pods: {
      bad: [{ hostPID: true }, { hostIPC: true }, { hostNetwork: true }],
      good: [{ hostPID: false, hostIPC: false, hostNetwork: false }],
    },
  },
  {
    control: 'Privileged Containers',
    rule: 'Privileged Pod',
    containers: { bad: [secured({ privileged: true })], good: [secured({ privileged: false })] },
  },
  {
    control: 'Capabilities',
    rule: 'Dangerous Capability Added',
    containers: {
      bad: [
        capability('ALL'),
        capability('CHOWN', 'SYS_ADMIN'),
        capability('sys_ptrace'),
        capability('CAP_BPF'),
        capability('NET_ADMIN'),
      ],
      good: [
        capability('CHOWN', 'NET_BIND_SERVICE'),
        secured({ capabilities: { drop: ['ALL', 'SYS_ADMIN'] } }),
      ],
    },
  },
  {
    control: 'Capabilities',
    rule: 'Unusual Capability Added',
    containers: {
      bad: [capability('NET_RAW'), capability('KILL', 'SYS_TIME')],
      good: [
        capability(
          ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'],
          ...['NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
        ),
      ],
    },
  },
  {
    control: 'HostPath Volumes',
    rule: 'Sensitive Host Path Mounted',
    pods: {
      bad: [
        ...['/', '//', '/etc', '/etc/', '/etc/kubernetes/pki', '/root/.ssh', '/proc', '/var/lib/kubelet/pki'],
        ...['/var/run/docker.sock', '/run/containerd/containerd.sock', '/var/log', '/opt/cni/bin', '/dev'],
      ].map(hostPath),
      good: ['/data', '/mnt/disks/ssd1', '/etcetera', '/var/log/pods', '/var/lib/app', '/dev/fuse'].map(
        hostPath,
      ),
    },
  },
  {
    control: 'HostPath Volumes',
    rule: 'Host Path Mounted',
    pods: { bad: [hostPath('/data'), hostPath('/dev/fuse')], good: [volume('emptyDir')] },
  },
  {
    control: 'Host Ports',
    rule: 'Host Port Opened',
    containers: {
      bad: [{ ports: [{ hostPort: 80, containerPort: 8080 }] }],
      good: [{ ports: [{ containerPort: 8080 }] }],
    },
  },
  {
    control: 'Host Probes / Lifecycle Hooks',
    rule: 'Probe To Another Host',
    containers: {
      bad: [
        { livenessProbe: { httpGet: { path: '/', port: 80, host: '169.254.169.254' } } },
        { readinessProbe: { tcpSocket: { port: 5432, host: 'db.payments' } } },
        { lifecycle: { postStart: { httpGet: { path: '/', port: 80, host: '10.0.0.1' } } } },
      ],
      good: [
        { livenessProbe: { httpGet: { path: '/', port: 80 } } },
        { livenessProbe: { httpGet: { path: '/', port: 80, host: '127.0.0.1' } } },
        { startupProbe: { tcpSocket: { port: 80, host: 'localhost' } } },
        { startupProbe: { tcpSocket: { port: 80, host: '::1' } } },
      ],
    },
  },
  {
    control: 'AppArmor',
    rule: 'Confinement Switched Off',
    pods: {
      bad: [secured({ appArmorProfile: { type: 'Unconfined' } })],
      good: [secured({ appArmorProfile: { type: 'RuntimeDefault' } })],
    },
    containers: {
      bad: [secured({ appArmorProfile: { type: 'Unconfined' } })],
      good: [secured({ appArmorProfile: { type: 'Localhost', localhostProfile: 'p' } })],
    },
  },
  {
    control: 'SELinux',
    rule: 'SELinux Options Changed',
    pods: {
      bad: [
        secured({ seLinuxOptions: { type: 'spc_t' } }),
        secured({ seLinuxOptions: { type: 'unconfined_t' } }),
        secured({ seLinuxOptions: { user: 'system_u' } }),
        secured({ seLinuxOptions: { role: 'system_r', type: 'container_t' } }),
      ],
      good: [
        ...['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'].map((type) =>
          secured({ seLinuxOptions: { type } }),
        ),
        secured({ seLinuxOptions: { level: 's0:c123,c456' } }),
      ],
    },
    containers: {
      bad: [secured({ seLinuxOptions: { type: 'container_runtime_t' } })],
      good: [secured({ seLinuxOptions: { type: 'container_t' } })],
    },
  },
  {
    control: '/proc Mount Type',
    rule: 'Unmasked Proc Mount',
    containers: { bad: [secured({ procMount: 'Unmasked' })], good: [secured({ procMount: 'Default' })] },
  },
  {
    control: 'Seccomp',
    rule: 'Confinement Switched Off',
    pods: {
      bad: [secured({ seccompProfile: { type: 'Unconfined' } })],
      good: [secured({ seccompProfile: { type: 'RuntimeDefault' } })],
    },
    containers: {
      bad: [secured({ seccompProfile: { type: 'Unconfined' } })],
      good: [secured({ seccompProfile: { type: 'Localhost', localhostProfile: 'p' } })],
    },
  },
  {
    control: 'Sysctls',
    rule: 'Unsafe Sysctl',
    pods: {
      bad: [sysctl('kernel.msgmax'), sysctl('net.ipv4.tcp_syncookies', 'kernel.core_pattern')],
      good: [
        sysctl(
          'kernel.shm_rmid_forced',
          'net.ipv4.ip_local_port_range',
          'net.ipv4.ip_unprivileged_port_start',
        ),
        sysctl('net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_local_reserved_ports'),
        sysctl('net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl'),
        sysctl('net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'),
      ],
    },
  },
  {
    control: 'Volume Types',
    rule: 'Unusual Volume Type',
    pods: {
      bad: ['nfs', 'iscsi', 'gitRepo', 'flexVolume', 'awsElasticBlockStore'].map(volume),
      good: [
        ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim'].map(volume),
        ...['projected', 'secret', 'image'].map(volume),
      ],
    },
  },
  {
    control: 'Privilege Escalation',
    rule: 'Privilege Escalation Allowed',
    containers: {
      bad: [secured({ allowPrivilegeEscalation: true })],
      good: [secured({ allowPrivilegeEscalation: false })],
    },
  },
  {
    control: 'Running as Non-root user',
    rule: 'Container Runs As Root',
    pods: {
      bad: [secured({ runAsUser: 0 }), secured({ runAsUser: 0, fsGroup: 1 })],
      good: [secured({ runAsUser: 1000 })],
    },
    containers: { bad: [secured({ runAsUser: 0 })], good: [secured({ runAsUser: 1000, runAsGroup: 0 })] },
  },
];

const CONTAINER: Json = { name: 'web', image: 'registry.example/web:1' };

/** Every place where a pod's settings can stand, with what its request looks like. */
const POD_PLACES: Readonly<Record<string, (spec: Json) => Json>> = {
  'a pod': (spec) => request('create', 'pods', { spec: { containers: [CONTAINER], ...spec } }),
  'a Deployment': (spec) =>
    request('create', 'deployments', { spec: { template: { spec: { containers: [CONTAINER], ...spec } } } }),
  'a CronJob': (spec) =>
    request('update', 'cronjobs', { spec: { jobTemplate: { spec: { template: { spec } } } } }),
  'a merge patch of a DaemonSet': (spec) => request('patch', 'daemonsets', { spec: { template: { spec } } }),
};

const CONTAINER_PLACES: Readonly<Record<string, (container: Json) => Json>> = {
  ...Object.fromEntries(
    Object.entries(POD_PLACES).map(([place, make]) => [
      place,
      (container: Json) => make({ containers: [CONTAINER, { ...CONTAINER, ...container }] }),
    ]),
  ),
  'an init container': (container) =>
    POD_PLACES['a pod']!({ containers: [CONTAINER], initContainers: [{ ...CONTAINER, ...container }] }),
  'a debug container': (container) =>
    request(
      'patch',
      'pods',
      { spec: { ephemeralContainers: [{ ...CONTAINER, ...container }] } },
      'ephemeralcontainers',
    ),
  'a JSON patch': (container) =>
    request('patch', 'statefulsets', [
      { op: 'add', path: '/spec/template/spec/containers/0', value: { ...CONTAINER, ...container } },
    ]),
};

function request(verb: string, resource: string, requestObject: unknown, subresource?: string): Json {
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: '9d000000-0000-4000-8000-000000000001',
    stage: 'ResponseComplete',
    requestURI: `/apis/x/v1/namespaces/shop/${resource}`,
    verb,
    user: { username: 'system:serviceaccount:ci:deployer' },
    userAgent: 'helm/v3.16.2',
    objectRef: {
      resource,
      namespace: 'shop',
      name: 'web',
      ...(subresource === undefined ? {} : { subresource }),
    },
    responseStatus: { metadata: {}, code: 200 },
    requestObject,
    stageTimestamp: '2026-11-23T09:00:00.123456Z',
  };
}

const workspace = loadOurRules();

describe.each(CONTROLS)('$control: $rule', ({ rule, pods, containers }) => {
  const cases = [
    ...Object.entries(POD_PLACES).map(([place, make]) => ({
      place: `pod setting in ${place}`,
      make,
      of: pods,
    })),
    ...Object.entries(CONTAINER_PLACES).map(([place, make]) => ({
      place: `container in ${place}`,
      make,
      of: containers,
    })),
  ].flatMap(({ place, make, of }) => (of === undefined ? [] : [{ place, make, of }]));

  test.each(cases)('$place', ({ make, of }) => {
    for (const bad of of.bad) expect(matches(workspace, make(bad)), JSON.stringify(bad)).toContain(rule);
    for (const good of of.good)
      expect(matches(workspace, make(good)), JSON.stringify(good)).not.toContain(rule);
  });
});

test('a place that a JSON patch names is enough', () => {
  for (const [path, rule] of [
    ['/spec/template/spec/hostNetwork', 'Pod In Host Namespace'],
    ['/spec/template/spec/containers/0/securityContext/privileged', 'Privileged Pod'],
  ] as const)
    expect(matches(workspace, request('patch', 'deployments', [{ op: 'add', path, value: true }]))).toContain(
      rule,
    );
});

test('text that only looks like a setting is none', () => {
  const text = '{"privileged":true,"hostPID":true,"hostPath":{"path":"/"},"procMount":"Unmasked"}';
  const event = POD_PLACES['a Deployment']!({
    containers: [{ ...CONTAINER, env: [{ name: 'X', value: text }] }],
  });
  expect(matches(workspace, event)).toEqual([]);
});

test('a patch that hides a setting behind escapes is found, and told by the escapes', () => {
  const spec = { containers: [{ ...CONTAINER, ...secured({ privileged: true }) }] };
  const plain = JSON.stringify(POD_PLACES['a merge patch of a DaemonSet']!(spec));
  const hidden = plain.replace('"privileged"', '"\\u0070rivileged"');
  expect(JSON.parse(hidden)).toEqual(JSON.parse(plain));
  expect(matches(workspace, plain)).toEqual(['Privileged Pod']);
  expect(matches(workspace, hidden)).toEqual(['Privileged Pod', 'Escaped Letters In Patch']);
});
