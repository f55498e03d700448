// Objects that requests carry: pods, and bulk of the kind that makes real audit events large (managed fields).

import type { Random } from './random.js';

export type Body = Record<string, unknown>;

export interface PodTraits {
  readonly namespace: string;
  readonly name: string;
  readonly image?: string;
  readonly privileged?: boolean;
  readonly hostNetwork?: boolean;
}

export function pod(random: Random, { namespace, name, image, privileged, hostNetwork }: PodTraits): Body {
  const app = name.replace(/-[0-9a-f-]+$/, '');
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      generateName: `${app}-${random.hex(9)}-`,
      namespace,
      labels: { app, 'pod-template-hash': random.hex(9) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: app,
          uid: random.uuid(),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      ...(hostNetwork === true ? { hostNetwork } : {}),
      containers: [
        {
          name: app,
          image: image ?? `111122223333.dkr.ecr.us-east-1.amazonaws.com/${app}:${random.hex(7)}`,
          ports: [{ containerPort: 8080, protocol: 'TCP' }],
          env: [{ name: 'LOG_LEVEL', value: 'info' }],
          resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
          volumeMounts: [
            {
              name: 'kube-api-access',
              readOnly: true,
              mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
            },
          ],
          imagePullPolicy: 'IfNotPresent',
          securityContext: { privileged: privileged ?? false, allowPrivilegeEscalation: privileged ?? false },
        },
      ],
      volumes: [
        {
          name: 'kube-api-access',
          projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] },
        },
      ],
      restartPolicy: 'Always',
      serviceAccountName: app,
      schedulerName: 'default-scheduler',
    },
    status: {},
  };
}

// Keys as clusters repeat them. Random ones would make every event a new shape, which real traffic does not do (and
// which would slow down parsers that learn shapes).
const FIELD_SETS: readonly (readonly [manager: string, fields: Body])[] = [
  [
    'kube-controller-manager',
    {
      'f:metadata': {
        'f:generateName': {},
        'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {} },
        'f:ownerReferences': { '.': {} },
      },
      'f:spec': {
        'f:containers': {
          'k:{"name":"app"}': {
            '.': {},
            'f:env': { '.': {}, 'k:{"name":"LOG_LEVEL"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
            'f:image': {},
            'f:imagePullPolicy': {},
            'f:name': {},
            'f:resources': {
              '.': {},
              'f:limits': { '.': {}, 'f:cpu': {}, 'f:memory': {} },
              'f:requests': { '.': {}, 'f:cpu': {} },
            },
            'f:terminationMessagePath': {},
          },
        },
        'f:dnsPolicy': {},
        'f:restartPolicy': {},
        'f:schedulerName': {},
        'f:securityContext': {},
      },
    },
  ],
  [
    'kubelet',
    {
      'f:status': {
        'f:conditions': {
          'k:{"type":"ContainersReady"}': {
            '.': {},
            'f:lastProbeTime': {},
            'f:lastTransitionTime': {},
            'f:status': {},
            'f:type': {},
          },
          'k:{"type":"Initialized"}': {
            '.': {},
            'f:lastProbeTime': {},
            'f:lastTransitionTime': {},
            'f:status': {},
            'f:type': {},
          },
          'k:{"type":"Ready"}': {
            '.': {},
            'f:lastProbeTime': {},
            'f:lastTransitionTime': {},
            'f:status': {},
            'f:type': {},
          },
        },
        'f:containerStatuses': {},
        'f:hostIP': {},
        'f:phase': {},
        'f:podIP': {},
        'f:podIPs': { '.': {}, 'k:{"ip":"10.0.1.17"}': { '.': {}, 'f:ip': {} } },
        'f:startTime': {},
      },
    },
  ],
  [
    'argocd-controller',
    {
      'f:metadata': {
        'f:annotations': { '.': {}, 'f:kubectl.kubernetes.io/last-applied-configuration': {} },
        'f:labels': { '.': {}, 'f:argocd.argoproj.io/instance': {} },
      },
      'f:spec': {
        'f:progressDeadlineSeconds': {},
        'f:replicas': {},
        'f:revisionHistoryLimit': {},
        'f:selector': {},
        'f:strategy': {
          'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} },
          'f:type': {},
        },
      },
    },
  ],
];

/** Managed fields of about `bytes` bytes of JSON, at least one entry. */
export function managedFields(random: Random, bytes: number): readonly unknown[] {
  const entries: unknown[] = [];
  for (let left = bytes; left > 0 || entries.length === 0; ) {
    const [manager, fieldsV1] = random.pick(FIELD_SETS);
    const time = `2026-02-03T${String(random.integer(24)).padStart(2, '0')}:07:42Z`;
    const entry = { manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1 };
    entries.push(entry);
    left -= JSON.stringify(entry).length + 1;
  }
  return entries;
}
