// docs/rules-coverage.md from the rules files, the maps and the lists: where our rules stand on each.

import { evasionTable } from './evasion.js';
import { PUBLIC_LISTS } from './public-lists.js';
import { type DocumentedRule, RULES_FILES, readCorrelations, readRules } from './read-rules.js';
import { type MapEntry, MICROSOFT, MITRE, OWASP, POD_SECURITY, RBAC } from './rule-maps.js';
import { table } from './table.js';

const INTRODUCTION = `# What our rules cover

By the field's maps, and by lists of attacks and advice that were made without these rules. A row without a rule says why.
[rules.md](rules.md) is the page to read first.`;

const EVASION = `## By form of a change

An API server takes the same change in many forms, and each patch in many spellings: keys in any order, foreign keys, keys
twice, escapes, 0.0 for 0. \`test/rules/evasion\` makes the events; ● found in every spelling, ◐ only where the log has the
response too (level RequestResponse, as on EKS), ○ missed, empty: there is no such change. What is left: a patch that copies or
moves shows its value in the response only; the role of a binding that exists, and the rest of a role's rule, stand in no patch.`;

/** Markdown page of maps and lists. */
export function coveragePage(): string {
  const all = [...RULES_FILES.flatMap(readRules), ...readCorrelations()];
  const lists = Object.entries(PUBLIC_LISTS).map(([title, entries]) => `## ${title}\n\n${mapTable(entries)}`);
  return [
    INTRODUCTION,
    `## By technique of MITRE ATT&CK\n\nThe whole matrix for containers, and what else the rules see.\n\n${mitreTable(all)}`,
    `## By Microsoft’s threat matrix for Kubernetes\n\n${mapTable(MICROSOFT)}`,
    `## By OWASP’s Kubernetes top ten\n\n${mapTable(tagged(OWASP, all, (id) => `OWASP_${id}`))}`,
    `## By control of the Pod Security Standards\n\n${mapTable(POD_SECURITY)}`,
    `## By way of escalation through RBAC\n\n${mapTable(RBAC)}`,
    ...lists,
    `${EVASION}\n\n${evasionTable()}`,
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
