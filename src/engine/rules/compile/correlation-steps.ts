// The steps of a correlation. In: definitions. Out: for each step its predicate, or the correlation that it is; and for each
// source that its events can come from, how a match is read: group, value, texts of the output.

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import { suggest } from '../../../suggest.js';
import { type CompiledOperand, compileOperand } from '../../condition/compile/compile.js';
import { operandPrefixes } from '../../condition/syntax/parser.js';
import { keyPart } from '../alert/correlation-alert.js';
import type { CorrelationDefinition, NamedNode, RuleDefinition, StepInfo } from '../definitions.js';
import { itemFault, type Warn } from '../fault.js';
import { fieldHint } from '../hints/field-hints.js';
import type { LoadOptions } from '../load-options.js';
import { checkException, exceptCondition } from '../texts/exceptions.js';
import { type CompilerMemory, type SourceMemory, sourceMemory } from './compile-job.js';
import type { CompiledCorrelation, CompiledLeaf, CompiledStep } from './compiled-correlation.js';
import type { ConditionStage } from './conditions.js';
import { compileRuleCondition } from './rule-condition.js';

export interface StepContext {
  readonly definition: CorrelationDefinition;
  readonly rules: ReadonlyMap<ByteString, RuleDefinition>;
  /** Those that stand before this one. */
  readonly correlations: ReadonlyMap<ByteString, CompiledCorrelation>;
  readonly stage: ConditionStage;
  readonly options: LoadOptions;
  readonly memory: CompilerMemory;
  readonly warn: Warn;
}

/** Errors: LoadFault. */
export function compileStep(info: StepInfo, context: StepContext): CompiledStep {
  const { rules, correlations, definition } = context;
  if (info.refers === undefined)
    return { info, leaf: leafOf(info, definitionOf(info, context), context), child: undefined };
  const rule = rules.get(info.refers);
  if (rule !== undefined) return { info, leaf: leafOf(info, rule, context), child: undefined };
  const child = correlations.get(info.refers);
  if (child !== undefined) return { info, leaf: undefined, child };
  const known = [...rules.keys(), ...correlations.keys()];
  throw itemFault(
    `'${info.refers}' is no rule, and no correlation that stands before '${definition.name}'`,
    info.context,
    {
      mark: info.node.mark,
      suggestion: suggest(info.refers, known),
      missing: `correlation ${info.refers}`,
    },
  );
}

/** A step's condition as that of a rule. */
function definitionOf(info: StepInfo, { definition, options }: StepContext): RuleDefinition {
  const source = info.source ?? definition.source;
  const { name, context, output, outputContext, description, priority, tags, index, visibility } = definition;
  return {
    name,
    context,
    output,
    outputContext,
    description,
    priority,
    tags,
    index,
    visibility,
    changes: 0,
    source,
    unknownSource: options.tables(source) === undefined,
    condition: info.condition!,
    conditionContext: info.context,
    exceptions: [],
    enabled: true,
    capture: false,
    captureDuration: 0,
    warnEventTypes: false,
    skipIfUnknownFilter: false,
    alert: false,
    suppress: undefined,
  };
}

function leafOf(info: StepInfo, rule: RuleDefinition, context: StepContext): CompiledLeaf | undefined {
  const { definition, options, memory, stage, warn } = context;
  const table = options.tables(rule.source);
  if (table === undefined) {
    warn('LOAD_UNKNOWN_SOURCE', `Unknown source ${rule.source}, skipping`, info.context);
    return undefined;
  }
  const source = sourceMemory(memory, rule.source, table);
  const own = exceptCondition(rule.condition, rule.exceptions).condition;
  const exceptions = definition.exceptions.map((each) => checkException(each, table));
  const { condition } = exceptCondition(own, exceptions);
  const job = { definition: rule, stage, options, memory, source, warn: () => {} };
  const compiled = compileRuleCondition(job, condition);
  const name = info.refers;
  return compiled && { ...compiled, source: rule.source, scope: source.scope, rule: name };
}

/** Names of the sources that a step's events come from. */
export function sourcesOf({ leaf, child }: CompiledStep): readonly ByteString[] {
  if (leaf !== undefined) return [leaf.source];
  return [...new Set(child?.steps.flatMap(sourcesOf) ?? [])];
}

/** Values of `group-by` as one text. */
export function keyReader(operands: readonly CompiledOperand[]): (event: Event) => ByteString {
  const reads = operands.map(({ read }) => read);
  return (event) => {
    let key = '';
    for (let i = 0; i < reads.length; i++) key += keyPart(i, textOf(reads[i]!(event)));
    return key;
  };
}

export function textOf(value: ReturnType<CompiledOperand['read']>): ByteString | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? value.join(',') : String(value);
}

/** A field or transformer, as it is written. Errors: LoadFault. */
export function compileField(
  { text, node }: NamedNode,
  { table, scope }: SourceMemory,
  context: StepInfo['context'],
): CompiledOperand {
  for (const { operand, end } of operandPrefixes(text)) {
    if (end !== text.length) continue;
    const compiled = compileOperand(operand, scope);
    if (compiled.ok) return compiled.value;
  }
  const name = /^[\w.]*/.exec(text)![0];
  throw itemFault(`'${text}' is no field of source ${table.source}`, context, {
    mark: node.mark,
    ...fieldHint(table, name),
  });
}
