// Lint as this program knows fields: for files in order, and for files of any kind and order, as people have them.

import type { ByteString } from '../bytes.js';
import { embeddedRules } from '../engine/rules/lint/embedded.js';
import type { Finding } from '../engine/rules/lint/finding.js';
import { lintRules } from '../engine/rules/lint/lint.js';
import { inOrderOfNeed } from '../engine/rules/lint/order.js';
import type { RulesFile } from '../engine/rules/loader.js';
import type { Semantics } from '../fields/field.js';
import { crashOf, defectOf, knownValues } from '../fields/knowledge.js';
import { createFieldTable } from '../plugins/field-table.js';

const SOURCES = ['k8s_audit', 'syscall'];

/**
 * Lints files as Kubernetes audit rules.
 * @param everyPlace also what is else said once a file, for editors and for fixing
 */
export function lintFiles(
  files: readonly RulesFile[],
  semantics: Semantics,
  everyPlace = false,
): readonly Finding[] {
  const tables = new Map(SOURCES.map((source) => [source, createFieldTable(source, { semantics })]));
  return lintRules(files, {
    load: { tables: (source) => tables.get(source) },
    knownValues,
    crashOf,
    defectOf: (field) => defectOf(field, semantics === 'fixed'),
    sources: SOURCES,
    everyPlace,
  });
}

/** A file, and what of it is linted: for Helm values and ConfigMaps the rules in them. */
export interface LintedFile {
  readonly original: RulesFile;
  readonly rules: RulesFile;
  readonly embedded: boolean;
  /** Keys of rules that cannot be read where they stand. */
  readonly left: readonly ByteString[];
}

export function lintable(file: RulesFile): LintedFile {
  const found = embeddedRules(file.content);
  if (found === undefined) return { original: file, rules: file, embedded: false, left: [] };
  const rules = { name: file.name, content: found.content };
  return { original: file, rules, embedded: true, left: found.left };
}

/** Lints files, each behind those it needs unless they are in order already. */
export function lintInOrder(
  files: readonly LintedFile[],
  { semantics, inOrder }: { readonly semantics: Semantics; readonly inOrder: boolean },
  everyPlace = false,
): readonly Finding[] {
  if (files.length === 0) return [];
  const rules = files.map((file) => file.rules);
  return lintFiles(inOrder ? rules : inOrderOfNeed(rules), semantics, everyPlace);
}
