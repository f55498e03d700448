// Tools that most clusters add: deployment, certificates, secrets, policies, monitoring, backup.

import { byAccount } from './actors.js';
import { inNamespace, leader, reads, watches } from './habits.js';
import type { Activity } from './request.js';

export const TOOLS: readonly Activity[] = [
  leader('cert-manager', 'cert-manager', 'cert-manager-controller/v1.16.1'),
  leader('external-secrets', 'external-secrets', 'external-secrets/v0.10.5'),
  leader('kyverno', 'kyverno-admission-controller', 'kyverno/v1.13.0'),
  watches(300, 'cert-manager', 'cert-manager', 'cert-manager-controller/v1.16.1', 'secrets', 'certificates'),
  watches(
    300,
    'external-secrets',
    'external-secrets',
    'external-secrets/v0.10.5',
    'secrets',
    'externalsecrets',
  ),
  watches(
    1500,
    'argocd',
    'argocd-application-controller',
    'argocd-application-controller/v2.13.0',
    'pods',
    'deployments',
    'secrets',
    'services',
  ),
  watches(1200, 'monitoring', 'prometheus', 'Prometheus/2.53.1', 'pods', 'services', 'endpointslices'),
  watches(300, 'external-dns', 'external-dns', 'external-dns/v0.15.0', 'services', 'ingresses'),
  watches(600, 'monitoring', 'fluent-bit', 'Fluent-Bit', 'pods', 'namespaces'),
  reads(900, 'argocd', 'argocd-server', 'argocd-server/v2.13.0', 'configmaps', 'applications'),
  reads(400, 'external-secrets', 'external-secrets', 'external-secrets/v0.10.5', 'secrets'),
  // Informers list once when a pod starts.
  ...[
    'cert-manager:cert-manager',
    'external-secrets:external-secrets',
    'argocd:argocd-application-controller',
  ].map(
    (account): Activity => [
      1,
      byAccount(account.split(':')[0]!, account.split(':')[1]!, account.split(':')[1]!, () => ({
        verb: 'list',
        target: { resource: 'secrets' },
        query: 'limit=500&resourceVersion=0',
      })),
    ],
  ),
  [
    300,
    byAccount('external-secrets', 'external-secrets', 'external-secrets/v0.10.5', (random) => ({
      verb: 'update',
      target: inNamespace(random, 'secrets'),
    })),
  ],
  [
    900,
    byAccount('kyverno', 'kyverno-reports-controller', 'kyverno/v1.13.0', (random) => ({
      verb: 'update',
      target: inNamespace(random, 'policyreports', 'wgpolicyk8s.io'),
    })),
  ],
  [
    500,
    byAccount(
      'argocd',
      'argocd-application-controller',
      'argocd-application-controller/v2.13.0',
      (random) => ({
        verb: 'patch',
        target: inNamespace(random, random.pick(['deployments', 'statefulsets']), 'apps'),
        query: 'dryRun=All&fieldManager=argocd-controller&force=true',
        body: {
          spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/app:2' }] } } },
        },
      }),
    ),
  ],
  [
    60,
    byAccount(
      'argocd',
      'argocd-application-controller',
      'argocd-application-controller/v2.13.0',
      (random) => ({
        verb: 'patch',
        target: inNamespace(
          random,
          random.pick(['deployments', 'services', 'configmaps', 'ingresses', 'serviceaccounts']),
        ),
        query: 'fieldManager=argocd-controller&force=true',
        body: {
          spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/app:2' }] } } },
        },
      }),
    ),
  ],
  // Charts bring roles, now and then one with a wildcard; the certificate of a web hook is renewed.
  [
    2,
    byAccount(
      'argocd',
      'argocd-application-controller',
      'argocd-application-controller/v2.13.0',
      (random) => ({
        verb: 'patch',
        target: {
          resource: 'clusterroles',
          group: 'rbac.authorization.k8s.io',
          name: `operator-${random.hex(3)}`,
        },
        body: {
          rules: [
            {
              apiGroups: ['monitoring.coreos.com'],
              resources: ['prometheuses'],
              verbs: [random.pick(['*', 'get'])],
            },
          ],
        },
      }),
    ),
  ],
  [
    1,
    byAccount('cert-manager', 'cert-manager-cainjector', 'cert-manager-cainjector/v1.16.1', () => ({
      verb: 'update',
      target: {
        resource: 'validatingwebhookconfigurations',
        group: 'admissionregistration.k8s.io',
        name: 'cert-manager-webhook',
      },
    })),
  ],
  [
    1,
    byAccount(
      'argocd',
      'argocd-application-controller',
      'argocd-application-controller/v2.13.0',
      (random) => ({
        verb: 'patch',
        target: {
          resource: 'daemonsets',
          group: 'apps',
          namespace: 'monitoring',
          name: `node-exporter-${random.hex(2)}`,
        },
        body: {
          spec: {
            template: {
              spec: {
                hostPID: true,
                hostNetwork: true,
                volumes: [{ name: 'root', hostPath: { path: '/' } }],
              },
            },
          },
        },
      }),
    ),
  ],
  [
    1500,
    byAccount('kube-system', 'metrics-server', 'metrics-server/v0.7.2', () => ({
      verb: 'create',
      target: { resource: 'subjectaccessreviews', group: 'authorization.k8s.io' },
    })),
  ],
  [
    300,
    byAccount('monitoring', 'prometheus', 'Prometheus/2.53.1', (random) => ({
      verb: 'get',
      target: { resource: 'nodes', name: `ip-${random.hex(3)}`, subresource: 'proxy' },
      uri: `/api/v1/nodes/ip-${random.hex(3)}/proxy/metrics/cadvisor`,
    })),
  ],
  // A monitoring agent that was given less than it asks for.
  [
    20,
    byAccount('monitoring', 'datadog-agent', 'datadog-agent/7.59', () => ({
      verb: 'list',
      target: { resource: 'verticalpodautoscalers', group: 'autoscaling.k8s.io' },
      code: 403,
    })),
  ],
  [
    4,
    byAccount('backup', 'velero', 'velero-server/v1.15.0', (random) => ({
      verb: 'create',
      target: inNamespace(random, 'volumesnapshots', 'snapshot.storage.k8s.io'),
    })),
  ],
];
