// Rules files from text, loaded with the tables that the command uses.

import { fromBytes, toBytes } from '../../../src/bytes.js';
import type { Diagnostic } from '../../../src/engine/diagnostic.js';
import { loadRules } from '../../../src/engine/rules/load.js';
import type { LoadOptions, LoadOutcome } from '../../../src/engine/rules/loader.js';
import { createFieldTable } from '../../../src/plugins/field-table.js';

export const TABLES = new Map(
  ['syscall', 'k8s_audit'].map((source) => [source, createFieldTable(source, { hostname: () => 'host' })]),
);

/** Loads texts as `a.yaml`, `b.yaml`, … */
export function load(texts: string | readonly string[], options: Partial<LoadOptions> = {}): LoadOutcome {
  const files = [texts].flat().map((content, index) => ({
    name: `${'abcdefgh'[index]}.yaml`,
    content: toBytes(content),
  }));
  return loadRules(files, { tables: (source) => TABLES.get(source), ...options });
}

/** All diagnostics of the last file, errors first. */
export function diagnostics(outcome: LoadOutcome): readonly Diagnostic[] {
  const { errors, warnings } = outcome.results.at(-1)!;
  return [...errors, ...warnings];
}

/** A rule item with this condition, and more keys. */
export function rule(condition: string, more = ''): string {
  return `- rule: R\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n  source: k8s_audit\n${more}`;
}

/** What stands at a diagnostic's place, and where: `line:column word`. */
export function pointed(outcome: LoadOutcome, { place }: Diagnostic): string {
  const content = outcome.results.at(-1)!.contents.get(place.file)!;
  const word = fromBytes(content.slice(place.offset, place.offset + place.length));
  return `${place.line}:${place.column} ${word}`;
}
