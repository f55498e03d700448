// Lint as this program knows fields: for files in order, and for files of any kind and order, as people have them.

import type { ByteString } from '../bytes.js';
import { KERNEL_SOURCE } from '../engine/rules/definitions.js';
import { embeddedRules } from '../engine/rules/lint/embedded.js';
import type { Finding } from '../engine/rules/lint/finding.js';
import { lintRules } from '../engine/rules/lint/lint.js';
import { inOrderOfNeed } from '../engine/rules/lint/order.js';
import type { RulesFile } from '../engine/rules/loader.js';
import type { Semantics } from '../fields/field.js';
import { crashOf, defectOf } from '../fields/knowledge.js';
import type { EventSources } from '../plugins/event-sources.js';

export interface LintContext {
  /** Event sources whose rules are looked into. */
  readonly sources: EventSources;
  readonly semantics: Semantics;
  /** Whether the plugins of `sources` are all that there will be, so that rules which need others do not load. */
  readonly complete?: boolean;
  /** Fields that events are shared out by between processes. */
  readonly partitionKey?: readonly ByteString[];
}

/**
 * Lints files.
 * @param everyPlace also what is else said once a file, for editors and for fixing
 */
export function lintFiles(
  files: readonly RulesFile[],
  { sources, semantics, complete = false, partitionKey = [] }: LintContext,
  everyPlace = false,
): readonly Finding[] {
  return lintRules(files, {
    load: { tables: sources.table },
    crashOf,
    defectOf: (field) => defectOf(field, semantics === 'fixed'),
    sources: [...sources.names, KERNEL_SOURCE],
    plugins: sources.plugins,
    complete,
    partitionKey,
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
  { inOrder, ...context }: LintContext & { readonly inOrder: boolean },
  everyPlace = false,
): readonly Finding[] {
  if (files.length === 0) return [];
  const rules = files.map((file) => file.rules);
  return lintFiles(inOrder ? rules : inOrderOfNeed(rules), context, everyPlace);
}
