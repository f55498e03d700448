// The parts of docs/rules.md that no table can give: figures with the command that measured them, tuning, blind spots.

export const INTRODUCTION = `# Our rules

\`rules/k8s_audit_rules.yaml\` is for any cluster, \`rules/eks_audit_rules.yaml\` adds what is special on Amazon EKS; load it
behind the first. Both are ordinary Falco rules for Falco 0.44 and later. Every rule has tests in \`rules/tests\`, and
\`rules/tests/scenarios\` has attacks from public reports, step by step, one file a tactic:

\`\`\`sh
tsfalco test rules/tests/*.yaml rules/tests/scenarios/*.yaml
\`\`\`

In each file rules stand from the most urgent to the least. With \`rule_matching: first\`, the default, an event gives the
alert of the first that matches. \`rule_matching: all\` gives all of them, and is better where both files are loaded.`;

export const NOISE = `## How loud they are

\`bench/traffic\` generates the ordinary traffic of an EKS cluster at the level of detail at which EKS logs it: ten nodes,
the control plane, AWS's own components, add-ons for networking, storage and scaling, Argo CD, cert-manager, External
Secrets, Kyverno, Prometheus, a pipeline, twenty people, and scanners from the internet. It has no attack in it. Alerts a
day (ten times those of 100,000 events; first match only), beside Falco's stock rules for audit events (k8saudit 0.18.0) on the same events:

| priority | our rules | stock rules |
|---|---|---|
| CRITICAL | 0 | 0 |
| ERROR | 0 | 2,010 |
| WARNING | 50 | 4,880 |
| NOTICE | 900 | 320 |
| INFO | 830 | 27,800 |

No exception is filled. WARNING is a web hook's certificate that cert-manager renews, a
DaemonSet with the nodes' namespaces, and roles with wildcards that charts bring; NOTICE is a pipeline that uses kubectl and
runs its builds by exec, an agent that is refused, some shells. A line each in an exception, below, silences them. On the benchmark's workload
(100,000 events, of which a tenth is made of what the stock rules look for; alerts of these events, not of a day):

| priority | our rules | stock rules |
|---|---|---|
| ERROR | 0 | 1,225 |
| WARNING | 431 | 2,969 |
| NOTICE | 541 | 464 |
| INFO | 210 | 5,263 |

\`\`\`sh
npm run noise -- --beside STOCK.yaml
npm run noise -- --workload benchmark --beside STOCK.yaml   # prints ten times these
\`\`\``;

export const TUNING = `## How to fit them to a cluster

Leave the files as they are, so that new versions fit, and write one of your own behind them. Every rule has exceptions
that wait to be filled; the rule's \`exceptions\` say which fields they take.

\`\`\`yaml
# Automation that may do what people do: pipelines, operators. The largest step, and the first.
- list: k8s_known_automation
  items: ["system:serviceaccount:argocd:argocd-application-controller", "system:serviceaccount:ci:deployer"]
  override: {items: append}

# One user of one rule.
- rule: Admission Webhook Changed
  exceptions:
    - name: known_objects
      values:
        - ["system:serviceaccount:cert-manager:cert-manager-cainjector", cert-manager-webhook]
  override: {exceptions: append}

# A DaemonSet that needs its nodes, and its pods by the start of their name.
- rule: Pod In Host Namespace
  exceptions:
    - name: known_pods
      values:
        - [monitoring, node-exporter]
  override: {exceptions: append}

# Another namespace that belongs to the cluster.
- list: k8s_system_namespaces
  items: [calico-system]
  override: {items: append}

# One more place that pods must not mount.
- macro: k8s_sensitive_host_path
  condition: or jevt.value[/ka.set.pod.host_paths] contains '"/srv/backup'
  override: {condition: append}
\`\`\`

| list or macro | what goes in |
|---|---|
| \`k8s_known_automation\` | users that act like people and are none |
| \`k8s_system_namespaces\` | namespaces of the cluster itself |
| \`k8s_provider_users\` | users of the provider's control plane: EKS, GKE, AKS are in |
| \`k8s_interactive_clients\` | user agents of tools for people, by how they start |
| \`k8s_security_workloads\`, \`k8s_logging_configmaps\`, \`k8s_sensitive_interfaces\` | names of yours |
| \`k8s_miner_words\`, \`k8s_suspicious_programs\` | words of images and commands |
| \`k8s_images_listed\`, \`k8s_init_images_listed\` | your registries; then enable Image From Unlisted Registry |

In \`falco.yaml\`, rules are switched by name or tag: \`rules: [{enable: {tag: PSS_strict}}, {disable: {rule: "Ingress Without
TLS"}}]\`.

Known to need an exception where they are used: External Secrets with \`serviceAccountRef\` (EKS Token For AWS Requested),
runners of pipelines and Velero with hooks (Exec Or Attach To Pod), Rancher and Teleport (Impersonation Used), operators that
make roles (Role Grants Escalation, Wildcard Role), Kyverno and cert-manager (Admission Webhook Changed).`;

export const BLIND_SPOTS = `## What audit events cannot show

- What happens inside of a container after it has started: processes, files, connections (T1059, T1068, T1041), and what is
  typed into a shell that exec opened. That takes Falco's own kernel source or its like beside tsfalco.
- What a kubelet does for somebody who reaches its port 10250: only that it asked whether they may (Kubelet Asked Directly),
  once in some minutes, and not where it asks nobody. Requests through \`nodes/proxy\` are logged, what comes of them is not.
- What happens in AWS: access entries, Pod Identity associations, changes of IAM, logging switched off, what a pod's role
  does. CloudTrail has it.
- Images pulled, and what is in them (T1525, T1195, T1612).
- What a patch means, if it spells letters as escapes: pods' settings are searched as text, and API servers log patches as they
  came. Escaped Letters In Patch sees that it was done; no tool does it.
- Frequency and order: each rule looks at one event. Many refusals, or many secrets read one by one, are for whatever counts
  alerts; exec into a pod that was privileged from the start is an exec.
- Who asked first: pods that a controller makes carry the controller's name. The alert on the workload has the person's.
- The true address, for certain: whoever calls can put addresses in front (\`X-Forwarded-For\`). Alerts print all of them;
  the last one is what the API server saw.

### What EKS leaves out

AWS sets the audit policy. What follows from it for these rules:

| request | what EKS logs | so |
|---|---|---|
| secrets, ConfigMaps, TokenReviews | who and which, no bodies | Credentials In ConfigMap and Long-Lived Token Secret Created see nothing; Long-Lived Token Written sees the control plane fill such a secret |
| update, patch, delete of \`aws-auth\` | all | whether system:masters is in it is known, but not when it is created |
| tokens of service accounts | the request | audiences are known, tokens are not |
| events of the core group | nothing | Events Deleted sees \`events.k8s.io\` only |
| core, apps, batch, RBAC, networking, storage, admission, certificates | writes with both bodies | rules on pods, workloads, roles, web hooks, certificates see everything |
| custom resources, leases, snapshots, EndpointSlices | who and which, no bodies | rules on them go by kind and name |
| \`/healthz\`, \`/version\`, get of nodes by nodes | nothing | |
| exec, attach, port-forward | when the connection opens | with the verb \`create\`, or \`get\` from kubectl 1.31 on; rules take both |
| failed authentication | at the stage ResponseStarted, without a user | Credentials Refused |
| a trial (\`dryRun=All\`) | like any other | it changes nothing and gives no alert |

Entries of CloudWatch Logs end at 1 MB: what is larger arrives cut or without bodies.`;
