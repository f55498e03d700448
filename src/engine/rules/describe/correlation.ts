// A correlation as `-L` and `-l` tell of it, beside the rules. Byte strings become text here: the values are for JSON.stringify.

import { type ByteString, fromBytes } from '../../../bytes.js';
import { PRIORITIES } from '../alert/alert.js';
import type { Collector } from '../collect/collector.js';
import type { CompiledCorrelation, CompiledStep } from '../compile/compiled-correlation.js';
import { conditionDetails } from './details.js';

/** Keys in sorted order, as those of rules. */
export interface CorrelationDescription {
  readonly details: {
    /** Fields of all steps' conditions. */
    readonly condition_fields: readonly string[];
    readonly output_fields: readonly string[];
    /** Event sources that it looks at. */
    readonly sources: readonly string[];
  };
  readonly info: {
    /** Events, values or steps that it asks for; for absence, of which fewer give the alert. */
    readonly count: number;
    readonly description: string;
    readonly enabled: boolean;
    readonly group_by: readonly string[];
    readonly name: string;
    readonly output: string;
    readonly priority: string;
    readonly rules: readonly { readonly condition?: string; readonly name: string; readonly rule?: string }[];
    readonly source: string;
    /** Seconds. */
    readonly suppress: number;
    readonly tags: readonly string[];
    /** Seconds. */
    readonly timespan: number;
    readonly type: string;
  };
}

const MICROS = 1_000_000;

export function describeCorrelation(
  { definition, plan, steps, fields }: CompiledCorrelation,
  collector: Collector,
): CorrelationDescription {
  const leaves = steps.flatMap(leavesOf);
  const read = leaves.flatMap(({ condition }) => [...conditionDetails(condition, collector).fields]);
  return {
    details: {
      condition_fields: texts(read),
      output_fields: texts(fields),
      sources: texts(leaves.map(({ source }) => source)),
    },
    info: {
      count: plan.least,
      description: fromBytes(definition.description),
      enabled: definition.enabled,
      group_by: definition.groupBy.map(({ text }) => fromBytes(text)),
      name: fromBytes(definition.name),
      output: fromBytes(definition.output.text),
      priority: PRIORITIES[definition.priority]!,
      rules: steps.map(({ info: { name, refers, condition } }) => ({
        ...(condition !== undefined && { condition: fromBytes(condition.text) }),
        name: fromBytes(name),
        ...(refers !== undefined && { rule: fromBytes(refers) }),
      })),
      source: fromBytes(definition.source),
      suppress: plan.suppress / MICROS,
      tags: texts(definition.tags),
      timespan: plan.timespan / MICROS,
      type: plan.type,
    },
  };
}

const leavesOf = ({ leaf, child }: CompiledStep): readonly NonNullable<CompiledStep['leaf']>[] =>
  leaf === undefined ? (child?.steps.flatMap(leavesOf) ?? []) : [leaf];

const texts = (values: Iterable<ByteString>): readonly string[] => [...new Set(values)].sort().map(fromBytes);
