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

/** Managed fields of about `bytes` bytes of JSON. */
export function managedFields(random: Random, bytes: number): readonly unknown[] {
  const managers = [
    'kube-controller-manager',
    'kubectl-client-side-apply',
    'argocd-controller',
    'kubelet',
    'helm',
  ];
  const entries: unknown[] = [];
  for (let left = bytes; left > 0; ) {
    const fields: Record<string, unknown> = {};
    let size = 150;
    while (size < Math.min(left, 2000)) {
      const key = `k:{"uid":"${random.uuid()}"}`;
      fields[key] = { '.': {}, 'f:name': {}, 'f:value': {}, [`f:${random.hex(6)}`]: {} };
      size += 108;
    }
    const manager = random.pick(managers);
    const fieldsV1 = { 'f:metadata': { 'f:annotations': { '.': {} }, 'f:ownerReferences': fields } };
    entries.push({
      manager,
      operation: 'Update',
      apiVersion: 'v1',
      time: '2026-02-03T16:07:42Z',
      fieldsType: 'FieldsV1',
      fieldsV1,
    });
    left -= size;
  }
  return entries;
}
