// Lists of attacks and advice that others made, after these rules: tools, training grounds, hardening guides, ways into
// EKS. A row each: the rules that see it in the audit log, or why none can. The names are theirs, the words ours.

import type { MapEntry } from './rule-maps.js';

const row = (id: string, name: string, rules: readonly string[], note?: string): MapEntry => ({
  id,
  name,
  rules,
  ...(note === undefined ? {} : { note }),
});

const IN_AWS = 'Done in AWS: CloudTrail has it.';
const IN_CONTAINER = 'It happens inside of a container: not in the API.';
const READS = [
  'Service Account Explores',
  'Service Account Used By Interactive Client',
  'Service Account Forbidden',
];

const PEIRATES: readonly MapEntry[] = [
  row(
    '1–5',
    'service accounts, namespaces, pods, mounts',
    READS,
    'With a user agent of its own, Attack Tool User Agent.',
  ),
  row('6–8, 12, 15–18', 'AWS credentials and buckets', [], IN_AWS),
  row('9', 'certificates as contexts', ['Node Identity Used By Interactive Client']),
  row('10', 'list secrets', [
    'Secrets Listed Cluster-Wide',
    'Service Account Explores',
    'System Secret Read',
  ]),
  row('11', 'a token out of a secret', ['System Secret Read', 'Service Account Used By Interactive Client']),
  row('13, 14', 'metadata of GCP', [], IN_CONTAINER),
  row('20', 'pod with a hostPath', ['Sensitive Host Path Mounted', 'Host Path Mounted']),
  row('21', 'exec through the API server', [
    'Exec By Service Account',
    'Exec Or Attach To Pod',
    'Suspicious Command In Exec',
  ]),
  row('22', 'exec through kubelets', ['Kubelet Asked Directly', 'Command Run Through Kubelet']),
  row(
    '23–27, 29, 32',
    'break-outs',
    ['Privileged Pod', 'Pod In Host Namespace', 'Sensitive Host Path Mounted'],
    'The pod that makes them possible; the step itself is inside of it.',
  ),
  row('30, 33', 'files of the node', [
    'Sensitive Host Path Mounted',
    'Node Identity Used By Interactive Client',
  ]),
  row('90, 91', 'kubectl, curl with every account', READS),
  row('93, 94', 'port scan, DNS', [], IN_CONTAINER),
];

const KUBELETCTL: readonly MapEntry[] = [
  row(
    'run, exec, attach, portForward, cri',
    '',
    ['Kubelet Asked Directly', 'Command Run Through Kubelet'],
    'Only that the kubelet asked; commands on its own port are in no log.',
  ),
  row(
    'pods, runningpods, log, containerLogs, configz, debug, spec',
    '',
    ['Kubelet Asked Directly', 'Node Proxy Used'],
    'Accounts named like agents that read are left out (k8s_kubelet_readers).',
  ),
  row(
    'metrics, stats, healthz',
    '',
    ['Kubelet Asked Directly'],
    'Left out for service accounts: agents read these all day.',
  ),
  row('scan', '', ['Kubelet Asked Directly'], 'A kubelet that lets everybody in asks nobody.'),
];

const STRATUS: readonly MapEntry[] = [
  row('k8s.credential-access.dump-secrets', '', ['Secrets Listed Cluster-Wide']),
  row('k8s.credential-access.steal-serviceaccount-token', '', [
    'Suspicious Command In Exec',
    'Exec Or Attach To Pod',
  ]),
  row('k8s.persistence.create-admin-clusterrole', '', [
    'Wildcard Role',
    'Service Account In System Namespace',
    'Service Account Token Requested',
    'Long-Lived Token Secret Created',
  ]),
  row('k8s.persistence.create-client-certificate', '', ['Certificate Requested', 'Certificate Approved']),
  row('k8s.persistence.create-token', '', ['Service Account Token Requested']),
  row('k8s.privilege-escalation.hostpath-volume', '', ['Sensitive Host Path Mounted']),
  row('k8s.privilege-escalation.nodes-proxy', '', ['Node Proxy Used', 'Role Grants Escalating Resource']),
  row('k8s.privilege-escalation.privileged-pod', '', ['Privileged Pod']),
  row(
    'eks.lateral-movement.create-access-entry',
    '',
    ['EKS Cluster Administrator Active'],
    `${IN_AWS} What the new principal does in the cluster is here.`,
  ),
  row('eks.persistence.backdoor-aws-auth-configmap', '', [
    'EKS aws-auth Maps Masters',
    'EKS aws-auth Changed',
  ]),
];

const GOAT: readonly MapEntry[] = [
  row('1, 7, 10, 15', 'keys and layers of images, registry', [], 'What is in images is not in the API.'),
  row('2', 'Docker in Docker', ['Sensitive Host Path Mounted'], 'Its mount of the runtime’s socket.'),
  row('3, 12, 14', 'SSRF, environment of a container', [], IN_CONTAINER),
  row('4', 'escape to the host', ['Privileged Pod', 'Sensitive Host Path Mounted']),
  row(
    '5, 6, 17, 19',
    'benchmarks and auditors',
    ['Sensitive Host Path Mounted', 'Pod In Host Namespace'],
    'The pods that they run as.',
  ),
  row('8', 'NodePort', ['Service Exposed']),
  row('9', 'Tiller', ['Cluster Admin Bound']),
  row('10', 'crypto miner', ['Miner Image'], 'Where its name or its pool shows.'),
  row(
    '11',
    'namespaces as borders',
    [],
    'Traffic of pods is not in the API; a policy that is removed is (Network Policy Removed).',
  ),
  row('13', 'no limits', ['Limits Removed'], 'Where there were some.'),
  row('16', 'too much RBAC', ['Secret Read By Person', 'Service Account Explores', 'Role Grants Secrets']),
  row(
    '18',
    'Falco',
    ['Security Agent Removed', 'Security Agent Changed'],
    'Its own rules on system calls are beside these.',
  ),
  row('20, 21, 22', 'network policies, policy engines', [
    'Network Policy Removed',
    'Network Policy Changed',
    'Admission Policy Removed',
  ]),
];

const BAD_PODS: readonly MapEntry[] = [
  row('1', 'everything allowed', ['Privileged Pod', 'Pod In Host Namespace', 'Sensitive Host Path Mounted']),
  row('2', 'privileged and hostPID', ['Privileged Pod', 'Pod In Host Namespace']),
  row('3', 'privileged', ['Privileged Pod']),
  row('4', 'hostPath', ['Sensitive Host Path Mounted']),
  row('5', 'hostPID', ['Pod In Host Namespace']),
  row('6', 'hostNetwork', ['Pod In Host Namespace']),
  row('7', 'hostIPC', ['Pod In Host Namespace']),
  row(
    '8',
    'nothing allowed',
    ['Pod Created Directly By Person'],
    'What its token does: Service Account Explores.',
  ),
];

const GUIDES: readonly MapEntry[] = [
  row(
    'CIS 1–4',
    'control plane, etcd, nodes',
    ['Anonymous Request Allowed', 'Static Pod Appeared', 'Kubelet Asked Directly'],
    'Flags and files of nodes are not in the API; what comes of wrong ones is.',
  ),
  row('CIS 5.1', 'RBAC and service accounts', [
    'Cluster Admin Bound',
    'Role Grants Secrets',
    'Wildcard Role',
    'Binding To Default Service Account',
    'Binding To Masters Group',
    'Role Grants Escalating Resource',
    'Role Grants Escalation',
  ]),
  row('CIS 5.2', 'pod security', [
    'Pod Security Relaxed',
    'Privileged Pod',
    'Pod In Host Namespace',
    'Privilege Escalation Allowed',
    'Container Runs As Root',
    'Unusual Capability Added',
    'Windows Host Process',
    'Host Path Mounted',
    'Host Port Opened',
  ]),
  row(
    'CIS 5.3',
    'network policies',
    ['Network Policy Removed', 'Network Policy Changed'],
    'That there is none cannot be told from events.',
  ),
  row('CIS 5.4, 5.5', 'secrets, admission of images', [
    'Credentials In ConfigMap',
    'Image From Unlisted Registry',
  ]),
  row('CIS 5.6', 'namespaces, seccomp, security contexts', [
    'Confinement Switched Off',
    'SELinux Options Changed',
    'Pod In System Namespace',
  ]),
  row('NSA', 'pod security', [
    'Container Runs As Root',
    'Privileged Pod',
    'Confinement Switched Off',
    'Host Path Mounted',
    'Unsafe Sysctl',
  ]),
  row('NSA', 'network separation', [
    'Network Policy Removed',
    'Service Exposed',
    'Limits Removed',
    'Ingress Without TLS',
  ]),
  row('NSA', 'authentication and authorization', [
    'Anonymous Request Allowed',
    'Anonymous Change Allowed',
    'Cluster Admin Bound',
    'Wildcard Role',
  ]),
  row('NSA', 'audit logs and threats', [
    'Request Body Cut',
    'Logging Configuration Changed',
    'Events Deleted',
    'Impersonation Used',
  ]),
  row('NSA', 'upgrades, scans of images', [], 'Not in the API.'),
];

const EKS: readonly MapEntry[] = [
  row(
    'access entries',
    'made, or a policy attached to one',
    ['EKS Cluster Administrator Active'],
    `${IN_AWS} Changes by who has the policy for administrators are here.`,
  ),
  row('aws-auth', 'a line more', ['EKS aws-auth Maps Masters', 'EKS aws-auth Changed']),
  row(
    'Pod Identity',
    'an association',
    ['EKS Token For AWS Requested'],
    `${IN_AWS} A token asked for by others than a node is here.`,
  ),
  row('IRSA', 'a role for a service account', [
    'EKS IAM Role Given To Service Account',
    'EKS Token For AWS Requested',
  ]),
  row('node role', 'credentials of the instance', [
    'EKS Node Role Used From Elsewhere',
    'EKS Node Refused',
    'Node Identity Used By Interactive Client',
  ]),
  row('IAM users, root', 'keys that live long', ['EKS IAM User Credentials Used', 'EKS Root Account Used']),
  row('add-ons, node templates', 'what runs on every node', [
    'EKS System Workload Changed',
    'EKS Node Template Changed',
    'EKS Pod Networking Changed',
  ]),
  row(
    'logging of the control plane',
    'switched off',
    [],
    `${IN_AWS} Silence of the log is for whatever watches tsfalco’s metrics.`,
  ),
];

/** Every list, by its title. */
export const PUBLIC_LISTS: Readonly<Record<string, readonly MapEntry[]>> = {
  'Ways into EKS': EKS,
  'stratus-red-team': STRATUS,
  peirates: PEIRATES,
  kubeletctl: KUBELETCTL,
  'Bad Pods': BAD_PODS,
  'Kubernetes Goat': GOAT,
  'Guides of CIS and NSA': GUIDES,
};
