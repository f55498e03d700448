// docs/rules.md from the rules files and the maps: where the rules stand on each, every rule, and what is left to know.

import { type DocumentedRule, RULES_FILES, readRules } from './read-rules.js';
import { type MapEntry, MICROSOFT, MITRE, OWASP, POD_SECURITY, RBAC } from './rule-maps.js';
import { BLIND_SPOTS, INTRODUCTION, NOISE, TUNING } from './rules-text.js';
import { table } from './table.js';

/** Markdown page of our own rules. */
export function rulesPage(): string {
  const byFile = RULES_FILES.map((file) => ({ file, rules: readRules(file) }));
  const all = byFile.flatMap(({ rules }) => rules);
  return [
    INTRODUCTION,
    NOISE,
    TUNING,
    BLIND_SPOTS,
    `## By technique of MITRE ATT&CK\n\nThe whole matrix for containers, and what else the rules see.\n\n${mitreTable(all)}`,
    `## By Microsoft’s threat matrix for Kubernetes\n\n${mapTable(MICROSOFT)}`,
    `## By OWASP’s Kubernetes top ten\n\n${mapTable(tagged(OWASP, all, (id) => `OWASP_${id}`))}`,
    `## By control of the Pod Security Standards\n\n${mapTable(POD_SECURITY)}`,
    `## By way of escalation through RBAC\n\n${mapTable(RBAC)}`,
    ...byFile.map(
      ({ file, rules }) =>
        `## ${file}\n\n${table(['rule', 'priority', 'what it means, what to do', 'tags'], rules.map(ruleRow))}`,
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Entries with the rules that carry their tag. */
export function tagged(
  entries: readonly MapEntry[],
  all: readonly DocumentedRule[],
  tagOf: (id: string) => string,
): MapEntry[] {
  return entries.map((entry) => {
    const own = all.filter(({ tags }) => tags.includes(tagOf(entry.id))).map(({ name }) => name);
    return { ...entry, rules: [...new Set([...own, ...(entry.rules ?? [])])] };
  });
}

// Techniques outside of the containers' matrix that rules name: of clouds mostly.
function mitreTable(all: readonly DocumentedRule[]): string {
  const known = new Set(MITRE.map(({ id }) => id));
  const others = [...new Set(all.flatMap(({ tags }) => tags.filter((tag) => /^T\d/.test(tag))))]
    .filter((id) => !known.has(id))
    .map((id): MapEntry => ({ id, name: '' }));
  const rows = tagged([...MITRE, ...others], all, (id) => id).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return table(
    ['technique', 'rules'],
    rows.map((entry) => [
      `[${entry.id}](https://attack.mitre.org/techniques/${entry.id.replace('.', '/')}/) ${entry.name}`.trim(),
      covered(entry),
    ]),
  );
}

const mapTable = (entries: readonly MapEntry[]): string =>
  table(
    ['', 'rules'],
    entries.map((entry) => [`${entry.id} ${entry.name}`, covered(entry)]),
  );

const covered = ({ rules = [], note }: MapEntry): string =>
  [rules.join(', '), note].filter((part) => part !== undefined && part !== '').join('. ');

const ruleRow = ({ name, priority, description, tags, enabled }: DocumentedRule): string[] => [
  name,
  enabled ? priority : `${priority}, disabled`,
  description,
  tags.join(' '),
];
