// Lint with what is known of audit events: field tables, known values, defects.

import type { Finding } from '../engine/rules/lint/finding.js';
import { lintRules } from '../engine/rules/lint/lint.js';
import type { RulesFile } from '../engine/rules/loader.js';
import type { Semantics } from '../fields/field.js';
import { crashOf, defectOf, knownValues } from '../fields/knowledge.js';
import { createFieldTable } from '../plugins/field-table.js';

const SOURCES = ['k8s_audit', 'syscall'];

/** Lints files as Kubernetes audit rules. */
export function lintFiles(files: readonly RulesFile[], semantics: Semantics): readonly Finding[] {
  const tables = new Map(SOURCES.map((source) => [source, createFieldTable(source, { semantics })]));
  return lintRules(files, {
    load: { tables: (source) => tables.get(source) },
    knownValues,
    crashOf,
    defectOf: (field) => defectOf(field, semantics === 'fixed'),
    sources: SOURCES,
  });
}
