// Who calls the API server of an EKS cluster: users as audit events show them, with what AWS adds to them.

import type { Random } from './random.js';

export interface Caller {
  readonly user: Readonly<Record<string, unknown>>;
  readonly userAgent: string;
  readonly address: string;
  /** `annotations.authorization.k8s.io/reason`. */
  readonly reason: string;
}

const ACCOUNT = '111122223333';

export function node(random: Random): Caller {
  const host = `ip-10-0-${random.integer(4)}-${random.integer(200) + 10}`;
  const instance = `i-0${random.hex(16)}`;
  return {
    user: assumedRole(random, `system:node:${host}.ec2.internal`, 'eks-node-group-role', instance, [
      'system:bootstrappers',
      'system:nodes',
      'system:authenticated',
    ]),
    userAgent: 'kubelet/v1.31.3 (linux/amd64) kubernetes/9f8c1e5',
    address: host.slice(3).replaceAll('-', '.'),
    reason: '',
  };
}

export function serviceAccount(random: Random, namespace: string, name: string, userAgent: string): Caller {
  return {
    user: {
      username: `system:serviceaccount:${namespace}:${name}`,
      uid: random.uuid(),
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${random.uuid()}`],
        'authentication.kubernetes.io/pod-name': [`${name}-${random.hex(9)}-${random.hex(5)}`],
      },
    },
    userAgent,
    address: podAddress(random),
    reason: `RBAC: allowed by ClusterRoleBinding "${name}" of ClusterRole "${name}" to ServiceAccount "${name}/${namespace}"`,
  };
}

/** A part of the control plane: `system:kube-scheduler`, `system:serviceaccount:kube-system:…-controller`. */
export function controlPlane(random: Random, username: string, userAgent: string): Caller {
  return {
    user: { username, groups: ['system:authenticated'] },
    userAgent: `${userAgent}/v1.31.4 (linux/amd64) kubernetes/a78aa47/${userAgent}`,
    address: `172.16.${random.integer(64) + 32}.${random.integer(254) + 1}`,
    reason: `RBAC: allowed by ClusterRoleBinding "${username}" of ClusterRole "${username}" to User "${username}"`,
  };
}

/** A component that AWS runs, such as `eks:certificate-controller`. */
export function eksComponent(random: Random, name: string): Caller {
  return {
    user: assumedRole(random, `eks:${name}`, `AWSWesleyClusterManagerLambda-${name}`, random.hex(12), [
      'system:authenticated',
    ]),
    userAgent: `${name}/v0.0.0 (linux/amd64) kubernetes/$Format`,
    address: `172.16.${random.integer(64) + 32}.${random.integer(254) + 1}`,
    reason: `RBAC: allowed by RoleBinding "eks:${name}/kube-system" of Role "eks:${name}" to User "eks:${name}"`,
  };
}

/** A person with an IAM role. */
export function person(random: Random, username: string, role: string): Caller {
  return {
    user: assumedRole(random, username, role, username, [
      'system:authenticated',
      `team:${role.toLowerCase()}`,
    ]),
    userAgent: 'kubectl/v1.31.2 (darwin/arm64) kubernetes/5864a46',
    address: `198.51.100.${random.integer(254) + 1}`,
    reason: `EKS Access Policy: allowed by ClusterRoleBinding "arn:aws:iam::${ACCOUNT}:role/${role}+AmazonEKSClusterAdminPolicy"`,
  };
}

export function anonymous(random: Random): Caller {
  return {
    user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
    userAgent: 'ELB-HealthChecker/2.0',
    address: `203.0.113.${random.integer(254) + 1}`,
    reason:
      'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"',
  };
}

export function podAddress(random: Random): string {
  return `10.0.${random.integer(4)}.${random.integer(250) + 4}`;
}

function assumedRole(
  random: Random,
  username: string,
  role: string,
  session: string,
  groups: readonly string[],
): Readonly<Record<string, unknown>> {
  return {
    username,
    uid: `aws-iam-authenticator:${ACCOUNT}:AROA${random.hex(17).toUpperCase()}`,
    groups,
    extra: {
      accessKeyId: [`ASIA${random.hex(16).toUpperCase()}`],
      arn: [`arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`],
      canonicalArn: [`arn:aws:iam::${ACCOUNT}:role/${role}`],
      sessionName: [session],
    },
  };
}
