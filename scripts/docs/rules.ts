// docs/rules.md from the rules files: technique → rules, and every rule.

import { readFileSync } from 'node:fs';
import { fromBytes } from '../../src/bytes.js';
import { parseYaml, valueAt, type YamlMapping } from '../../src/yaml.js';
import { table } from './table.js';

interface DocumentedRule {
  readonly name: string;
  readonly description: string;
  readonly priority: string;
  readonly tags: readonly string[];
}

const FILES = ['k8s_audit_rules.yaml', 'eks_audit_rules.yaml'];

/** Markdown page of our own rules. */
export function rulesPage(): string {
  const byFile = FILES.map((file) => ({
    file,
    rules: readRules(new URL(`../../rules/${file}`, import.meta.url)),
  }));
  const all = byFile.flatMap(({ rules }) => rules);
  const techniques = [...new Set(all.flatMap(({ tags }) => tags.filter((tag) => /^T\d/.test(tag))))].sort();
  const techniqueRows = techniques.map((id) => [
    `[${id}](https://attack.mitre.org/techniques/${id.replace('.', '/')}/)`,
    all
      .filter(({ tags }) => tags.includes(id))
      .map(({ name }) => name)
      .join(', '),
  ]);
  return [
    INTRODUCTION,
    `## By technique of MITRE ATT&CK\n\n${table(['technique', 'rules'], techniqueRows)}`,
    ...byFile.map(
      ({ file, rules }) =>
        `## ${file}\n\n${table(['rule', 'priority', 'what it means', 'tags'], rules.map(ruleRow))}`,
    ),
    NOISE,
    BLIND_SPOTS,
  ]
    .join('\n\n')
    .concat('\n');
}

const ruleRow = ({ name, priority, description, tags }: DocumentedRule): string[] => [
  name,
  priority,
  description,
  tags.join(' '),
];

function readRules(url: URL): DocumentedRule[] {
  const { documents } = parseYaml(readFileSync(url, 'latin1'));
  const items = documents.flatMap((document) => (document.kind === 'sequence' ? document.items : []));
  return items
    .filter((item): item is YamlMapping => item.kind === 'mapping' && valueAt(item, 'rule') !== undefined)
    .map((item) => ({
      name: scalar(item, 'rule'),
      description: scalar(item, 'desc'),
      priority: scalar(item, 'priority'),
      tags: tags(item),
    }));
}

function scalar(item: YamlMapping, key: string): string {
  const node = valueAt(item, key);
  return node?.kind === 'scalar' ? fromBytes(node.text).trim().replace(/\s+/g, ' ') : '';
}

function tags(item: YamlMapping): string[] {
  const node = valueAt(item, 'tags');
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((tag) => (tag.kind === 'scalar' ? [fromBytes(tag.text)] : []));
}

const INTRODUCTION = `# Our rules

\`rules/k8s_audit_rules.yaml\` is for any cluster, \`rules/eks_audit_rules.yaml\` adds what is special on Amazon EKS; load it
behind the first. Both are ordinary Falco rules. Every rule has tests in \`rules/tests\`. This page is generated from the
files.`;

const NOISE = `## How loud they are

Alerts on 100,000 generated events of an EKS cluster (\`src/endpoint/events.ts\`, seed 7, a tenth of the events of the kind
that the stock rules look for), first match only, beside Falco's stock rules for audit events (k8saudit 0.18.0):

| priority | our rules | stock rules |
|---|---|---|
| ERROR | 0 | 1225 |
| WARNING | 431 | 2969 |
| NOTICE | 541 | 464 |
| INFO | 0 | 5263 |

On the other nine tenths alone, what controllers, nodes and AWS do all the time, neither alerts.`;

const BLIND_SPOTS = `## What audit events cannot show

- What happens inside a container after it has started: processes, files, connections (T1059, T1068, T1041). That takes
  Falco's own kernel source or its like beside tsfalco.
- What the kubelet does for somebody who reaches it directly, past the API server (port 10250), or through
  \`nodes/proxy\`: only the request to the proxy is logged.
- What happens in AWS: access entries, Pod Identity associations, changes of IAM, logging switched off. CloudTrail has it.
- Images pulled, and what is in them (T1525, T1195).
- Frequency: each rule looks at one event. Many refusals, or many secrets read one by one, are for whatever counts
  alerts.
- On EKS the audit policy is AWS's: bodies of secrets and tokens are never logged, others only for some resources.`;
