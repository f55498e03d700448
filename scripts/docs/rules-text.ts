// The parts of docs/rules.md that no table can give: figures with the command that measured them, tuning, blind spots.

export const INTRODUCTION = `# Our rules

\`rules/k8s_audit_rules.yaml\` is for any cluster; \`eks_\`, \`gke_\` and \`aks_audit_rules.yaml\` add what is special on the
clusters of Amazon, Google and Azure; \`cloudtrail_rules.yaml\`, \`okta_rules.yaml\` and \`github_rules.yaml\` are for other logs, and are
ignored with a warning where their plugin is not loaded. Each stands alone, and all load in Falco 0.44 and later, too; \`-r rules/\` loads
all. Every rule has tests in \`rules/tests\`,
attacks from public reports are in \`rules/tests/scenarios\`, and the events of a real API server and every spelling of an attack in
\`test/rules\`. [rules-coverage.md](rules-coverage.md) holds them against MITRE, Microsoft, OWASP, tools and guides.

\`\`\`sh
tsfalco test rules/tests/*.yaml rules/tests/scenarios/*.yaml
\`\`\`

In each file rules stand from the most urgent to the least. With \`rule_matching: first\`, the default, an event gives the
alert of the first that matches. \`rule_matching: all\` gives all of them, and is better where several files are loaded. Every alert
ends with \`audit=\`, the id of its event: \`grep\` the log for it.

**Here and in Falco.** What a request sets is read by fields of ours, \`ka.set.*\` ([fields.md](fields.md)), whatever its form. Falco
does not have them, so the rules ask them as pointers, \`jevt.value[/ka.set.pod.host_paths]\`, which give a JSON array here
and nothing in Falco. There, text searches stand in: they see what Falco's fields allow, miss escapes and patches where the
log has no response, and may fire on a patch that touches one container when another is privileged.`;

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

export const BLIND_SPOTS = `## What no rule can see

- **What is not in the log.** Before 1.37 an API server drops the event of a server-side apply whose body is real YAML (a comment,
  single quotes, a trailing comma) and, with the web hook backend, the whole batch it stands in. Its own log says \`Error
  in audit plugin 'webhook' affecting N audit events\`: watch for that line, and write a log file beside the web hook.
- **Bodies that are cut.** Over its limit (\`--audit-webhook-truncate-max-event-size\`, 100 KiB) an API server leaves bodies out, and
  without \`--audit-webhook-truncate-enabled\` the far end refuses the batch: turn it on, and raise the limit. Request Body Cut says
  that it happened. Entries of CloudWatch Logs end at 1 MB.
- **What the policy leaves out.** At level Metadata there are no bodies, at Request no responses: a patch that copies its value
  from elsewhere shows it in the response only ([rules-coverage.md](rules-coverage.md), last table). Log writes at RequestResponse.
- **What was there before.** Each rule looks at one event. Removing a label by PUT or server-side apply, a thousand secrets read one
  by one, pods deleted one by one, exec into a pod that was privileged from the start: for whatever counts and compares.
- **Inside of containers and nodes**: processes, files, connections, what is typed into a shell. What a kubelet does for whoever
  reaches port 10250: only that it asked (Kubelet Asked Directly), once in some minutes, and not where it asks nobody; accounts named
  like agents that read kubelets (\`k8s_kubelet_readers\`) are left out.
- **AWS**: access entries, Pod Identity associations, IAM, what a pod's role does. CloudTrail has it. **Images**, and what is in them.
- **Whom somebody wanted to be** when impersonation was refused; **who asked first** for pods that a controller makes (the alert on
  the workload says it); **the true address** (callers can put others in front; the last one is what the API server saw).
- **Letters behind letters**: YAML in aws-auth may spell \`system:masters\` with escapes of its own; a miner may have another name.

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
`;

export const CORRELATIONS = `Several events, one alert ([correlation.md](correlation.md)); beside \`k8s_audit_rules.yaml\`, whose macros and lists they use. Falco warns of
each, and leaves it out.`;
