// Rules that name no source, and so are for system calls, with conditions about the fields of another one. Falco says
// that the fields do not exist.

import type { ByteString } from '../../../bytes.js';
import type { FieldTable } from '../../../fields/field.js';
import { parseCondition } from '../../condition/syntax/parser.js';
import { isKernelRule, KERNEL_SOURCE, type RuleDefinition } from '../definitions.js';
import { conditionDetails } from '../describe/details.js';
import type { LoadOutcome } from '../loader.js';
import { placeInText } from '../texts/place.js';
import { type Finding, finding } from './finding.js';
import type { LintOptions } from './job.js';

const NOTHING = { macros: new Map(), lists: new Map() };

export function checkSources({ definitions }: LoadOutcome, options: LintOptions): readonly Finding[] {
  return [...definitions.collector.rules.values()].filter(isKernelRule).flatMap((rule) => {
    const found = otherSource(rule, options);
    if (found === undefined) return [];
    const { field, source } = found;
    const message = `rule '${rule.name}' has no 'source: ${source}', and rules without a source are for system calls, which have no ${field}`;
    return [finding('missing-source', message, placeInText(rule.condition, 0)!, { item: rule.name })];
  });
}

function otherSource(
  { condition }: RuleDefinition,
  { load, sources }: LintOptions,
): { readonly field: ByteString; readonly source: ByteString } | undefined {
  const parsed = parseCondition(condition.text);
  if (!parsed.ok) return undefined;
  const others = sources.filter((source) => source !== KERNEL_SOURCE);
  const kernel = load.tables(KERNEL_SOURCE);
  for (const field of conditionDetails(parsed.value, NOTHING).fields) {
    if (isKnown(kernel, field)) continue;
    const source = others.find((other) => isKnown(load.tables(other), field));
    if (source !== undefined) return { field, source };
  }
  return undefined;
}

/** Its argument may be wrong or missing all the same. */
function isKnown(table: FieldTable | undefined, field: ByteString): boolean {
  const found = table?.lookup(field);
  return found !== undefined && (!('error' in found) || !found.unknown);
}
