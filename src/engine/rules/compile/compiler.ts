// Definitions → rules that can run, with the warnings that compiling gives. The first error ends it.
// Answers to compile_rule_infos of Falco's rule compiler (spec: rules-language.md §4.6): for each rule its output
// first, then its condition.

import type { ByteString } from '../../../bytes.js';
import type { Scope } from '../../condition/compile/scope.js';
import type { Collector } from '../collect/collector.js';
import type { RuleDefinition } from '../definitions.js';
import { attempt, type Recovery, type Warn } from '../fault.js';
import type { LoadOptions } from '../load-options.js';
import { type ExceptedCondition, exceptCondition } from '../texts/exceptions.js';
import { type CompilerMemory, type Job, sourceMemory } from './compile-job.js';
import type { CompiledCorrelation } from './compiled-correlation.js';
import { type ConditionStage, createConditionStage } from './conditions.js';
import { compileCorrelations } from './correlations.js';
import { type CompiledCondition, compileRuleCondition } from './rule-condition.js';
import { type CompiledOutput, compileOutput } from './rule-output.js';
import { type CompiledThrottle, compileThrottle } from './throttle.js';

export interface CompiledDefinition extends CompiledCondition, CompiledOutput {
  readonly definition: RuleDefinition;
  readonly scope: Scope;
  readonly exceptionFields: ReadonlySet<ByteString>;
  /** Of a rule with `suppress`. */
  readonly throttle: CompiledThrottle | undefined;
}

export interface CompileOutput {
  readonly stage: ConditionStage;
  /** In order of definition. */
  readonly rules: readonly CompiledDefinition[];
  readonly correlations: readonly CompiledCorrelation[];
}

/** Compiles everything that was collected so far. Errors: LoadFault. */
export function compileDefinitions(
  collector: Collector,
  options: LoadOptions,
  memory: CompilerMemory,
  warn: Warn,
  recovery?: Recovery,
): CompileOutput {
  const stage = createConditionStage(collector, memory.conditions, recovery);
  const rules: CompiledDefinition[] = [];
  for (const definition of collector.rules.values()) {
    const table = definition.unknownSource ? undefined : options.tables(definition.source);
    if (table === undefined) continue;
    const source = sourceMemory(memory, definition.source, table);
    const job = { definition, stage, options, memory, source, warn };
    const rule = attempt(recovery, undefined, () => compileRule(job));
    if (rule !== undefined) rules.push(rule);
  }
  const correlations = compileCorrelations({ collector, options, memory, stage, warn, recovery });
  // What an item with an error uses is not known.
  if (recovery === undefined || !recovery.failed()) warnOfUnused(stage, warn);
  return { stage, rules, correlations };
}

/** undefined: the rule is left out because of an unknown field, as it asked for. */
function compileRule(job: Job): CompiledDefinition | undefined {
  const { definition, memory, source } = job;
  const { condition, fields } = excepted(memory, definition);
  const output = compileOutput(job);
  if (output === undefined) return undefined;
  const compiled = compileRuleCondition(job, condition);
  if (compiled === undefined) return undefined;
  const throttle = compileThrottle(definition, source);
  return { definition, scope: source.scope, exceptionFields: fields, throttle, ...output, ...compiled };
}

function excepted(memory: CompilerMemory, definition: RuleDefinition): ExceptedCondition {
  const known = memory.excepted.get(definition);
  if (known !== undefined) return known;
  const made = exceptCondition(definition.condition, definition.exceptions);
  memory.excepted.set(definition, made);
  return made;
}

function warnOfUnused({ macros, lists, usedMacros, usedLists }: ConditionStage, warn: Warn): void {
  for (const { info } of macros.values())
    if (!usedMacros.has(info.name))
      warn('LOAD_UNUSED_MACRO', 'Macro not referred to by any other rule/macro', info.context);
  for (const { info } of lists)
    if (!usedLists.has(info.name))
      warn('LOAD_UNUSED_LIST', 'List not referred to by any other rule/macro', info.context);
}
