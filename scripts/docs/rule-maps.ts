// The field's maps of attacks and settings, and where our rules stand on each: rules by name, or why audit events
// cannot show it. Tags in the rules files give MITRE's and OWASP's columns; the rest is told here, and a test holds the
// names against the files.

export interface MapEntry {
  readonly id: string;
  readonly name: string;
  readonly rules?: readonly string[];
  /** Why there is no rule, or what a rule cannot see. */
  readonly note?: string;
}

/** MITRE ATT&CK for containers: every technique. Its rules are those with the tag. */
export const MITRE: readonly MapEntry[] = [
  { id: 'T1190', name: 'Exploit Public-Facing Application' },
  { id: 'T1133', name: 'External Remote Services' },
  { id: 'T1078', name: 'Valid Accounts' },
  { id: 'T1078.001', name: 'Default Accounts' },
  { id: 'T1078.003', name: 'Local Accounts', note: 'Accounts of a node or container: not in the API.' },
  { id: 'T1609', name: 'Container Administration Command' },
  { id: 'T1610', name: 'Deploy Container' },
  { id: 'T1053.007', name: 'Container Orchestration Job' },
  { id: 'T1204.003', name: 'Malicious Image' },
  { id: 'T1059', name: 'Command and Scripting Interpreter' },
  { id: 'T1098', name: 'Account Manipulation' },
  { id: 'T1098.006', name: 'Additional Container Cluster Roles' },
  { id: 'T1136', name: 'Create Account' },
  { id: 'T1543.005', name: 'Container Service' },
  { id: 'T1525', name: 'Implant Internal Image' },
  { id: 'T1611', name: 'Escape to Host' },
  {
    id: 'T1068',
    name: 'Exploitation for Privilege Escalation',
    note: 'It happens inside of a container. The settings that make it possible have rules (T1611).',
  },
  {
    id: 'T1612',
    name: 'Build Image on Host',
    note: 'It goes to the container runtime of a node. The socket that it takes has a rule: Sensitive Host Path Mounted.',
  },
  { id: 'T1562.001', name: 'Disable or Modify Tools' },
  { id: 'T1027', name: 'Obfuscated Files or Information' },
  { id: 'T1070', name: 'Indicator Removal' },
  { id: 'T1036.005', name: 'Match Legitimate Resource Name or Location' },
  {
    id: 'T1036.010',
    name: 'Masquerade Account Name',
    rules: ['EKS Unknown System User', 'Service Account In System Namespace', 'Disguised RBAC Object'],
  },
  { id: 'T1550.001', name: 'Application Access Token' },
  { id: 'T1110', name: 'Brute Force' },
  { id: 'T1528', name: 'Steal Application Access Token' },
  { id: 'T1552.001', name: 'Credentials In Files' },
  { id: 'T1552.007', name: 'Container API' },
  { id: 'T1613', name: 'Container and Resource Discovery' },
  {
    id: 'T1046',
    name: 'Network Service Discovery',
    note: 'Scans from a pod are not in the API; Probe To Another Host sees the one way that is.',
  },
  {
    id: 'T1069',
    name: 'Permission Groups Discovery',
    rules: ['Permissions Enumerated', 'Service Account Explores'],
  },
  { id: 'T1485', name: 'Data Destruction' },
  { id: 'T1490', name: 'Inhibit System Recovery' },
  {
    id: 'T1496',
    name: 'Resource Hijacking',
    note: 'Miner Image sees names and addresses that are known; a renamed miner is a matter for the node.',
  },
  { id: 'T1498', name: 'Network Denial of Service', note: 'Traffic of pods is not in the API.' },
  { id: 'T1499', name: 'Endpoint Denial of Service' },
];

/** Microsoft's threat matrix for Kubernetes: every technique. */
export const MICROSOFT: readonly MapEntry[] = [
  {
    id: 'MS-TA9001',
    name: 'Using cloud credentials',
    rules: [
      'EKS Root Account Used',
      'EKS IAM User Credentials Used',
      'EKS Cluster Administrator Active',
      'EKS aws-auth Maps Masters',
    ],
  },
  {
    id: 'MS-TA9002',
    name: 'Compromised image in registry',
    rules: ['Image From Unlisted Registry', 'Miner Image'],
    note: 'What is in an image is not in the API.',
  },
  {
    id: 'MS-TA9003',
    name: 'Kubeconfig file',
    rules: ['Permissions Enumerated', 'Credentials Refused', 'Attack Tool User Agent', 'Request Forbidden'],
    note: 'Stolen credentials look like their owner until they do something else.',
  },
  {
    id: 'MS-TA9004',
    name: 'Application vulnerability',
    rules: ['Anonymous Change Allowed', 'Anonymous Request Allowed'],
    note: 'Applications of the cluster are not in its log; what is done with their tokens is.',
  },
  {
    id: 'MS-TA9005',
    name: 'Exposed sensitive interfaces',
    rules: ['Sensitive Interface Exposed', 'Service Exposed', 'EKS Load Balancer On The Internet'],
  },
  {
    id: 'MS-TA9006',
    name: 'Exec into container',
    rules: [
      'Exec Or Attach To Pod',
      'Exec Into System Namespace',
      'Exec By Service Account',
      'Exec Refused',
      'Ephemeral Container Added',
    ],
  },
  {
    id: 'MS-TA9007',
    name: 'bash/cmd inside container',
    rules: ['Suspicious Command In Exec', 'Command Run Through Kubelet'],
    note: 'Words of the first command only; what is typed into a shell is not logged.',
  },
  {
    id: 'MS-TA9008',
    name: 'New container',
    rules: [
      'Pod Created Directly By Person',
      'Pod In System Namespace',
      'DaemonSet Created',
      'Anonymous Change Allowed',
    ],
  },
  { id: 'MS-TA9009', name: 'Application exploit (RCE)', note: 'Inside of a container.' },
  {
    id: 'MS-TA9010',
    name: 'SSH server running inside container',
    rules: ['Suspicious Command In Exec', 'Service Exposed', 'Port Forward To Pod'],
  },
  {
    id: 'MS-TA9011',
    name: 'Sidecar injection',
    rules: ['Workload Changed By Person', 'Admission Webhook Changed', 'Security Agent Changed'],
  },
  {
    id: 'MS-TA9012',
    name: 'Backdoor container',
    rules: [
      'DaemonSet Created',
      'CronJob Created',
      'Workload In System Namespace',
      'Workload Changed By Person',
      'EKS System Workload Changed',
    ],
  },
  {
    id: 'MS-TA9013',
    name: 'Writable hostPath mount',
    rules: [
      'Sensitive Host Path Mounted',
      'Host Path Mounted',
      'Persistent Volume On Node',
      'Privileged DaemonSet Pod Started',
    ],
  },
  { id: 'MS-TA9014', name: 'Kubernetes CronJob', rules: ['CronJob Created'] },
  {
    id: 'MS-TA9015',
    name: 'Malicious admission controller',
    rules: ['Admission Webhook Changed', 'API Service Registered'],
  },
  {
    id: 'MS-TA9016',
    name: 'Container service account',
    rules: [
      'Service Account Explores',
      'Service Account Used By Interactive Client',
      'Service Account Forbidden',
      'Service Account Token Requested',
      'Long-Lived Token Secret Created',
      'Long-Lived Token Written',
      'Binding To Default Service Account',
    ],
  },
  { id: 'MS-TA9017', name: 'Static pods', rules: ['Static Pod Appeared'] },
  {
    id: 'MS-TA9018',
    name: 'Privileged container',
    rules: [
      'Privileged Pod',
      'Pod In Host Namespace',
      'Dangerous Capability Added',
      'Windows Host Process',
      'Privileged DaemonSet Pod Started',
    ],
  },
  {
    id: 'MS-TA9019',
    name: 'Cluster-admin binding',
    rules: [
      'Cluster Admin Bound',
      'Control Plane Role Bound',
      'Wildcard Role',
      'Role Grants Escalation',
      'RBAC Changed By JSON Patch',
    ],
  },
  {
    id: 'MS-TA9020',
    name: 'Access cloud resources',
    rules: [
      'EKS IAM Role Given To Service Account',
      'EKS Token For AWS Requested',
      'EKS Node Role Used From Elsewhere',
      'EKS Node Template Changed',
    ],
    note: 'What the role does in AWS is in CloudTrail.',
  },
  {
    id: 'MS-TA9021',
    name: 'Clear container logs',
    note: 'Files of a node. Sensitive Host Path Mounted sees a pod that may reach them.',
  },
  {
    id: 'MS-TA9022',
    name: 'Delete Kubernetes events',
    rules: ['Events Deleted'],
    note: 'On EKS only through events.k8s.io; events of the core group are not logged.',
  },
  {
    id: 'MS-TA9023',
    name: 'Pod / container name similarity',
    rules: [
      'Pod In System Namespace',
      'Workload In System Namespace',
      'Disguised RBAC Object',
      'EKS Unknown System User',
    ],
  },
  {
    id: 'MS-TA9024',
    name: 'Connect from proxy server',
    note: 'Addresses are in every alert; whether one is a proxy takes a list that changes daily.',
  },
  {
    id: 'MS-TA9025',
    name: 'List Kubernetes secrets',
    rules: [
      'Secrets Listed Cluster-Wide',
      'System Secret Read',
      'Secret Read By Person',
      'Service Account Lists All Secrets',
      'Role Grants Secrets',
    ],
  },
  {
    id: 'MS-TA9026',
    name: 'Mount service principal',
    rules: ['Sensitive Host Path Mounted'],
    note: 'Azure; on EKS the like is the instance metadata.',
  },
  {
    id: 'MS-TA9027',
    name: 'Application credentials in configuration files',
    rules: ['Credentials In ConfigMap', 'Secret Read By Person'],
    note: 'EKS does not log what ConfigMaps hold.',
  },
  {
    id: 'MS-TA9028',
    name: 'Access managed identity credentials',
    rules: [
      'Node Identity Used By Interactive Client',
      'EKS Node Role Used From Elsewhere',
      'EKS Node Refused',
    ],
  },
  {
    id: 'MS-TA9029',
    name: 'Access Kubernetes API server',
    rules: [
      'Permissions Enumerated',
      'Service Account Explores',
      'API Server Probed Anonymously',
      'Request Forbidden',
    ],
  },
  {
    id: 'MS-TA9030',
    name: 'Access Kubelet API',
    rules: ['Kubelet Asked Directly', 'Node Proxy Used', 'Command Run Through Kubelet'],
  },
  {
    id: 'MS-TA9031',
    name: 'Network mapping',
    rules: ['Probe To Another Host', 'Attack Tool User Agent'],
    note: 'Scans from a pod are not in the API.',
  },
  {
    id: 'MS-TA9033',
    name: 'Instance Metadata API',
    rules: [
      'Suspicious Command In Exec',
      'Probe To Another Host',
      'Node Identity Used By Interactive Client',
    ],
    note: 'The request itself is not in the API.',
  },
  {
    id: 'MS-TA9034',
    name: 'Cluster internal networking',
    rules: [
      'Network Policy Removed',
      'Network Policy Changed',
      'Port Forward To Pod',
      'Pod Or Service Proxied',
      'EKS Pod Networking Changed',
    ],
    note: 'Traffic of pods is not in the API.',
  },
  {
    id: 'MS-TA9035',
    name: 'CoreDNS poisoning',
    rules: ['Cluster DNS Changed', 'EKS System Workload Changed'],
  },
  {
    id: 'MS-TA9036',
    name: 'ARP poisoning and IP spoofing',
    rules: ['Unusual Capability Added', 'Service With External Addresses'],
    note: 'NET_RAW is in most runtimes’ default; Capabilities Not Dropped tells who keeps it.',
  },
  {
    id: 'MS-TA9037',
    name: 'Images from a private registry',
    rules: ['Secret Read By Person', 'System Secret Read'],
    note: 'Pulls go to the registry; its own log has them.',
  },
  {
    id: 'MS-TA9038',
    name: 'Data destruction',
    rules: ['Mass Deletion', 'Storage Deleted', 'Namespace Deleted', 'Resource Definition Deleted'],
  },
  {
    id: 'MS-TA9039',
    name: 'Resource hijacking',
    rules: ['Miner Image', 'Limits Removed', 'EKS Node Template Changed'],
  },
  {
    id: 'MS-TA9040',
    name: 'Denial of service',
    rules: ['Workload Stopped', 'Node Deleted Or Cordoned', 'Limits Removed', 'EKS aws-auth Changed'],
  },
  {
    id: 'MS-TA9041',
    name: 'Collecting data from pod',
    rules: ['Files Copied From Pod', 'Volume Snapshot Created'],
  },
];

/** OWASP's Kubernetes top ten (2022). Its rules are those with the tag. */
export const OWASP: readonly MapEntry[] = [
  { id: 'K01', name: 'Insecure workload configurations' },
  { id: 'K02', name: 'Supply chain vulnerabilities', note: 'What is in an image is not in the API.' },
  { id: 'K03', name: 'Overly permissive RBAC' },
  { id: 'K04', name: 'Lack of centralized policy enforcement' },
  { id: 'K05', name: 'Inadequate logging and monitoring' },
  { id: 'K06', name: 'Broken authentication mechanisms' },
  { id: 'K07', name: 'Missing network segmentation controls' },
  { id: 'K08', name: 'Secrets management failures' },
  {
    id: 'K09',
    name: 'Misconfigured cluster components',
    rules: [
      'Kubelet Asked Directly',
      'Node Proxy Used',
      'Anonymous Request Allowed',
      'Cluster DNS Changed',
      'EKS System Workload Changed',
    ],
    note: 'Flags and files of the control plane and nodes are not in the API; on EKS the control plane is AWS’s.',
  },
  { id: 'K10', name: 'Outdated and vulnerable components', note: 'Versions are a scanner’s matter.' },
];

/** Pod Security Standards, control by control. test/rules/pod-security.test.ts tries each of them in every place. */
export const POD_SECURITY: readonly MapEntry[] = [
  { id: 'baseline', name: 'HostProcess', rules: ['Windows Host Process'] },
  { id: 'baseline', name: 'Host Namespaces', rules: ['Pod In Host Namespace'] },
  { id: 'baseline', name: 'Privileged Containers', rules: ['Privileged Pod'] },
  { id: 'baseline', name: 'Capabilities', rules: ['Dangerous Capability Added', 'Unusual Capability Added'] },
  {
    id: 'baseline',
    name: 'HostPath Volumes',
    rules: ['Sensitive Host Path Mounted', 'Host Path Mounted', 'Persistent Volume On Node'],
  },
  { id: 'baseline', name: 'Host Ports', rules: ['Host Port Opened'] },
  { id: 'baseline', name: 'Host Probes / Lifecycle Hooks', rules: ['Probe To Another Host'] },
  { id: 'baseline', name: 'AppArmor', rules: ['Confinement Switched Off'] },
  { id: 'baseline', name: 'SELinux', rules: ['SELinux Options Changed'] },
  { id: 'baseline', name: '/proc Mount Type', rules: ['Unmasked Proc Mount'] },
  { id: 'baseline', name: 'Seccomp', rules: ['Confinement Switched Off'] },
  { id: 'baseline', name: 'Sysctls', rules: ['Unsafe Sysctl'] },
  { id: 'restricted', name: 'Volume Types', rules: ['Unusual Volume Type', 'Host Path Mounted'] },
  {
    id: 'restricted',
    name: 'Privilege Escalation',
    rules: ['Privilege Escalation Allowed', 'Privilege Escalation Not Refused'],
  },
  { id: 'restricted', name: 'Running as Non-root', rules: ['Root Not Refused'] },
  { id: 'restricted', name: 'Running as Non-root user', rules: ['Container Runs As Root'] },
  { id: 'restricted', name: 'Seccomp', rules: ['Seccomp Profile Not Set'] },
  { id: 'restricted', name: 'Capabilities', rules: ['Capabilities Not Dropped', 'Unusual Capability Added'] },
  {
    id: 'both',
    name: 'whatever the namespace audits',
    rules: ['Pod Security Violation'],
    note: 'Exact: the API server judges the whole pod and writes it into the event.',
  },
];

/** Ways from a little permission to all of it. */
export const RBAC: readonly MapEntry[] = [
  { id: 'escalate, bind, impersonate', name: 'given', rules: ['Role Grants Escalation'] },
  { id: 'impersonate', name: 'used', rules: ['Impersonation Of Masters Group', 'Impersonation Used'] },
  {
    id: 'nodes/proxy',
    name: 'given, used',
    rules: ['Role Grants Escalating Resource', 'Node Proxy Used', 'Command Run Through Kubelet'],
  },
  {
    id: 'serviceaccounts/token',
    name: 'given, used',
    rules: [
      'Role Grants Escalating Resource',
      'Service Account Token Requested',
      'EKS Token For AWS Requested',
    ],
  },
  {
    id: 'token secrets',
    name: 'made',
    rules: ['Long-Lived Token Secret Created', 'Long-Lived Token Written'],
  },
  {
    id: 'certificates',
    name: 'given, requested, approved',
    rules: ['Role Grants Escalating Resource', 'Certificate Requested', 'Certificate Approved'],
  },
  {
    id: 'pods/exec, pods/ephemeralcontainers',
    name: 'given, used',
    rules: [
      'Role Grants Escalating Resource',
      'Exec Or Attach To Pod',
      'Exec By Service Account',
      'Exec Into System Namespace',
      'Ephemeral Container Added',
    ],
  },
  { id: 'wildcards', name: 'given', rules: ['Wildcard Role'] },
  {
    id: 'pods in system namespaces',
    name: 'given, used',
    rules: [
      'Role Grants Pods In System Namespace',
      'Pod In System Namespace',
      'Workload In System Namespace',
    ],
  },
  {
    id: 'persistent volumes',
    name: 'given, used',
    rules: ['Role Grants Escalating Resource', 'Persistent Volume On Node'],
  },
  {
    id: 'admission web hooks',
    name: 'given, used',
    rules: ['Role Grants Escalating Resource', 'Admission Webhook Changed'],
  },
  {
    id: 'secrets',
    name: 'given, used',
    rules: [
      'Role Grants Secrets',
      'Secrets Listed Cluster-Wide',
      'System Secret Read',
      'Service Account Lists All Secrets',
    ],
  },
  { id: 'TokenReview', name: 'used by a person', rules: ['Token Reviewed By Person'] },
  {
    id: 'default roles',
    name: 'bound, changed, added to',
    rules: [
      'Cluster Admin Bound',
      'Control Plane Role Bound',
      'System Role Modified',
      'Role Aggregated Into Default Role',
      'Disguised RBAC Object',
    ],
  },
  {
    id: 'subjects',
    name: 'nobody and everybody',
    rules: [
      'Binding To Anonymous',
      'Binding To Everyone',
      'Binding To Masters Group',
      'Binding To Default Service Account',
    ],
  },
  {
    id: 'any of them, by a JSON patch',
    name: 'whose body shows no object',
    rules: ['RBAC Changed By JSON Patch'],
  },
  { id: 'EKS', name: 'aws-auth', rules: ['EKS aws-auth Maps Masters', 'EKS aws-auth Changed'] },
  {
    id: 'EKS',
    name: 'access entries, Pod Identity associations',
    note: 'They are changed in AWS and are in CloudTrail alone. What comes of them shows: EKS Cluster Administrator Active.',
  },
];
