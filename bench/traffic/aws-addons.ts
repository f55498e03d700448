// Add-ons of EKS and AWS that run in the cluster: networking, storage, load balancers, autoscaling.

import { byAccount } from './actors.js';
import { inNamespace, leader, watches } from './habits.js';
import { podName } from './names.js';
import type { Activity } from './request.js';

export const AWS_ADDONS: readonly Activity[] = [
  watches(700, 'kube-system', 'aws-node', 'aws-k8s-agent/v1.19.0', 'nodes', 'pods', 'eniconfigs'),
  watches(400, 'kube-system', 'coredns', 'coredns/v1.11.3', 'services', 'namespaces', 'endpointslices'),
  leader('kube-system', 'ebs-csi-controller-sa', 'csi-attacher/v4.7.0'),
  leader('kube-system', 'efs-csi-controller-sa', 'csi-provisioner/v5.1.0'),
  leader('kube-system', 'aws-load-balancer-controller', 'elbv2.k8s.aws/v2.9.2'),
  leader('kube-system', 'cluster-autoscaler', 'cluster-autoscaler/v1.31.0'),
  [
    200,
    byAccount('kube-system', 'ebs-csi-controller-sa', 'csi-attacher/v4.7.0', (random) => ({
      verb: random.pick(['patch', 'create']),
      target: {
        resource: random.pick(['volumeattachments', 'persistentvolumes']),
        group: 'storage.k8s.io',
        name: `csi-${random.hex(8)}`,
      },
      body: { spec: { csi: { driver: 'ebs.csi.aws.com' } } },
    })),
  ],
  [
    600,
    byAccount('kube-system', 'cluster-autoscaler', 'cluster-autoscaler/v1.31.0', () => ({
      verb: 'update',
      target: { resource: 'configmaps', namespace: 'kube-system', name: 'cluster-autoscaler-status' },
    })),
  ],
  [
    300,
    byAccount('kube-system', 'aws-load-balancer-controller', 'elbv2.k8s.aws/v2.9.2', (random) => ({
      verb: 'patch',
      target: { ...inNamespace(random, 'ingresses', 'networking.k8s.io'), subresource: 'status' },
    })),
  ],
  [
    400,
    byAccount('karpenter', 'karpenter', 'karpenter/1.0.6', (random) => ({
      verb: random.pick(['patch', 'update']),
      target: {
        resource: random.pick(['nodeclaims', 'nodepools', 'ec2nodeclasses']),
        group: 'karpenter.sh',
        name: `default-${random.hex(5)}`,
      },
    })),
  ],
  [
    40,
    byAccount('karpenter', 'karpenter', 'karpenter/1.0.6', (random) => ({
      verb: 'create',
      target: { ...inNamespace(random, 'pods'), name: podName(random), subresource: 'eviction' },
    })),
  ],
];
