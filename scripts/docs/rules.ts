// docs/rules.md from the rules files: what is to be read, and every rule in a line.

import {
  CORRELATION_FILE,
  type DocumentedRule,
  OTHER_RULES_FILES,
  RULES_FILES,
  readCorrelations,
  readRules,
} from './read-rules.js';
import { BLIND_SPOTS, CORRELATIONS, INTRODUCTION, NOISE, TUNING } from './rules-text.js';
import { table } from './table.js';

/** Markdown page of our own rules. */
export function rulesPage(): string {
  const byFile = [...RULES_FILES, ...OTHER_RULES_FILES].map(
    (file) => `## ${file}\n\n${rulesTable('rule', readRules(file))}`,
  );
  const correlations = `## ${CORRELATION_FILE}\n\n${CORRELATIONS}\n\n${rulesTable('correlation', readCorrelations())}`;
  return `${[INTRODUCTION, NOISE, TUNING, BLIND_SPOTS, ...byFile, correlations].join('\n\n')}\n`;
}

const rulesTable = (kind: string, rules: readonly DocumentedRule[]): string =>
  table([kind, 'priority', 'what it finds', 'ATT&CK'], rules.map(ruleRow));

// The first sentence says what; the rest, in the file, why and what to do.
const ruleRow = ({ name, priority, description, tags, enabled }: DocumentedRule): string[] => [
  name,
  enabled ? priority : `${priority}, disabled`,
  /^.*?[.](?= |$)/.exec(description)?.[0] ?? description,
  tags.filter((tag) => /^T\d/.test(tag)).join(' '),
];
