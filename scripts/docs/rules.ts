// docs/rules.md from the rules files: what is to be read, and every rule in a line.

import { type DocumentedRule, OTHER_RULES_FILES, RULES_FILES, readRules } from './read-rules.js';
import { BLIND_SPOTS, INTRODUCTION, NOISE, TUNING } from './rules-text.js';
import { table } from './table.js';

/** Markdown page of our own rules. */
export function rulesPage(): string {
  const byFile = [...RULES_FILES, ...OTHER_RULES_FILES].map(
    (file) =>
      `## ${file}\n\n${table(['rule', 'priority', 'what it finds', 'ATT&CK'], readRules(file).map(ruleRow))}`,
  );
  return `${[INTRODUCTION, NOISE, TUNING, BLIND_SPOTS, ...byFile].join('\n\n')}\n`;
}

// The first sentence says what; the rest, in the file, why and what to do.
const ruleRow = ({ name, priority, description, tags, enabled }: DocumentedRule): string[] => [
  name,
  enabled ? priority : `${priority}, disabled`,
  /^.*?[.](?= |$)/.exec(description)?.[0] ?? description,
  tags.filter((tag) => /^T\d/.test(tag)).join(' '),
];
