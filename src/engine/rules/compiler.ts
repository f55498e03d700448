// Definitions → rules that can run, with the warnings that compiling gives. The first error ends it.
// Answers to compile_rule_infos of Falco's rule compiler (spec: rules-language.md §4.6): for each rule its output
// first, then its condition.

import type { ByteString } from '../../bytes.js';
import type { FieldTable } from '../../fields/field.js';
import type { Expr, Position } from '../condition/ast.js';
import { compileCondition, type Predicate } from '../condition/compile.js';
import type { Fault, Result } from '../condition/result.js';
import { createScope, type Scope } from '../condition/scope.js';
import { conditionWarnings } from '../condition/warnings.js';
import { DEPRECATED_FIELDS } from '../diagnostic/codes.js';
import type { Collector } from './collector.js';
import {
  type ConditionMemory,
  type ConditionStage,
  createConditionMemory,
  createConditionStage,
  type ParsedText,
  placeOfNode,
  resolveCondition,
} from './conditions.js';
import type { RuleDefinition, SourcedText } from './definitions.js';
import { type ExceptedCondition, exceptCondition } from './exceptions.js';
import { conditionContext, type Hint, LoadFault, untilNul, type Warn } from './fault.js';
import type { ExtraField, LoadOptions, OutputMatch } from './load-options.js';
import { faultyPart } from './positions.js';
import { suggest } from './suggest.js';
import { compileTemplate, type Template } from './template.js';
import { findUnsafeChecks } from './unsafe.js';

export interface CompiledDefinition {
  readonly definition: RuleDefinition;
  /** Without lists and macros. */
  readonly condition: Expr;
  /** With lists put in and macros still in it: leads from positions to places. */
  readonly parsed: ParsedText;
  readonly predicate: Predicate;
  readonly scope: Scope;
  /** With what the configuration appends. */
  readonly output: ByteString;
  readonly template: Template;
  /** By key, in order of keys. */
  readonly extraFields: readonly CompiledExtraField[];
  readonly exceptionFields: ReadonlySet<ByteString>;
}

export interface CompiledExtraField {
  readonly field: ExtraField;
  readonly template: Template;
}

/** Memory of a whole load, so that the rules of earlier files are not compiled again for each file. */
export interface CompilerMemory {
  readonly conditions: ConditionMemory;
  readonly excepted: WeakMap<RuleDefinition, ExceptedCondition>;
  readonly sources: Map<ByteString, SourceMemory>;
}

interface SourceMemory {
  readonly table: FieldTable;
  readonly scope: Scope;
  readonly predicates: WeakMap<Expr, Result<Predicate>>;
  readonly warnings: WeakMap<Expr, readonly Fault[]>;
  readonly templates: Map<ByteString, Result<Template>>;
}

export function createCompilerMemory(): CompilerMemory {
  return { conditions: createConditionMemory(), excepted: new WeakMap(), sources: new Map() };
}

export interface CompileOutput {
  readonly stage: ConditionStage;
  /** In order of definition. */
  readonly rules: readonly CompiledDefinition[];
}

/** Compiles everything that was collected so far. Errors: LoadFault. */
export function compileDefinitions(
  collector: Collector,
  options: LoadOptions,
  memory: CompilerMemory,
  warn: Warn,
): CompileOutput {
  const stage = createConditionStage(collector, memory.conditions);
  const rules: CompiledDefinition[] = [];
  for (const definition of collector.rules.values()) {
    const table = definition.unknownSource ? undefined : options.tables(definition.source);
    if (table === undefined) continue;
    const source = sourceMemory(memory, definition.source, table);
    const rule = compileRule({ definition, stage, options, memory, source, warn });
    if (rule !== undefined) rules.push(rule);
  }
  warnOfUnused(stage, warn);
  return { stage, rules };
}

function sourceMemory(memory: CompilerMemory, name: ByteString, table: FieldTable): SourceMemory {
  const known = memory.sources.get(name);
  if (known !== undefined) return known;
  const made = {
    table,
    scope: createScope(table),
    predicates: new WeakMap(),
    warnings: new WeakMap(),
    templates: new Map(),
  };
  memory.sources.set(name, made);
  return made;
}

interface Job {
  readonly definition: RuleDefinition;
  readonly stage: ConditionStage;
  readonly options: LoadOptions;
  readonly memory: CompilerMemory;
  readonly source: SourceMemory;
  readonly warn: Warn;
}

/** undefined: the rule is left out because of an unknown field, as it asked for. */
function compileRule(job: Job): CompiledDefinition | undefined {
  const { definition, memory, source } = job;
  const { condition, fields } = excepted(memory, definition);
  const output = buildOutput(job);
  const template = compileOutput(job, output, true);
  if (template === undefined) return undefined;
  warnOfDeprecatedOutput(job, output);
  const extraFields = compileExtraFields(job);
  const compiled = compileRuleCondition(job, condition);
  if (compiled === undefined) return undefined;
  const { expr, parsed, predicate } = compiled;
  const exceptionFields = fields;
  const { scope } = source;
  return {
    definition,
    condition: expr,
    parsed,
    predicate,
    scope,
    output,
    template,
    extraFields,
    exceptionFields,
  };
}

function excepted(memory: CompilerMemory, definition: RuleDefinition): ExceptedCondition {
  const known = memory.excepted.get(definition);
  if (known !== undefined) return known;
  const made = exceptCondition(definition.condition, definition.exceptions);
  memory.excepted.set(definition, made);
  return made;
}

function matches({ source, rule, tags }: OutputMatch, definition: RuleDefinition): boolean {
  if ((source ?? '') !== '' && source !== definition.source) return false;
  if ((rule ?? '') !== '' && rule !== definition.name) return false;
  return (tags ?? []).every((tag) => definition.tags.has(tag));
}

const CONTAINER_INFO = '%container.info';
const CONTAINER_INFO_DEPRECATED =
  '%container.info is deprecated and no more useful, and will be dropped by Falco 1.0.0. The container plugin will automatically add required fields to the output message.';

function buildOutput({ definition, options, warn }: Job): ByteString {
  let output = definition.output.text;
  for (const extra of options.extraOutputs ?? [])
    if (matches(extra, definition)) output += ` ${extra.format}`;
  if (!output.includes(CONTAINER_INFO)) return output;
  warn('LOAD_DEPRECATED_ITEM', CONTAINER_INFO_DEPRECATED, definition.context);
  return output.replaceAll(CONTAINER_INFO, '');
}

function templateOf(source: SourceMemory, text: ByteString): Result<Template> {
  const known = source.templates.get(text);
  if (known !== undefined) return known;
  const made = compileTemplate(text, source.scope);
  source.templates.set(text, made);
  return made;
}

/** Errors that `skip-if-unknown-filter` turns into warnings. */
const UNKNOWN = /nonexistent field|invalid formatting token|unknown event type|unknown filter:/;

/** undefined: unknown fields, and the rule asks to be left out then. */
function compileOutput(job: Job, text: ByteString, mayBeUnknown: boolean): Template | undefined {
  const { definition, source, warn } = job;
  const result = templateOf(source, text);
  if (result.ok) return result.value;
  const message = untilNul(result.fault.message);
  if (mayBeUnknown && definition.skipIfUnknownFilter && UNKNOWN.test(message)) {
    warn('LOAD_UNKNOWN_FILTER', message, definition.outputContext);
    return undefined;
  }
  throw new LoadFault('LOAD_ERR_COMPILE_OUTPUT', message, definition.outputContext);
}

function warnOfDeprecatedOutput({ definition, warn }: Job, text: ByteString): void {
  for (const field of DEPRECATED_FIELDS.keys()) {
    if (!text.includes(field)) continue;
    const message = `usage of deprecated field '${field}' has been detected in the rule output`;
    warn('LOAD_DEPRECATED_ITEM', message, definition.outputContext, { deprecatedField: field });
  }
}

function compileExtraFields(job: Job): readonly CompiledExtraField[] {
  const { definition, options } = job;
  const byKey = new Map<ByteString, ExtraField>();
  for (const field of options.extraFields ?? []) if (matches(field, definition)) byKey.set(field.key, field);
  const sorted = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return sorted.map((field) => {
    const template = compileOutput(job, field.format, false)!;
    warnOfDeprecatedOutput(job, field.format);
    return { field, template };
  });
}

interface RuleCondition {
  readonly expr: Expr;
  readonly parsed: ParsedText;
  readonly predicate: Predicate;
}

function compileRuleCondition(job: Job, text: SourcedText): RuleCondition | undefined {
  const { definition, stage, source, warn } = job;
  const { conditionContext: parent, context } = definition;
  const { parsed, expr } = resolveCondition(stage, text, parent, context);
  warnOfUnsafeChecks(job, expr, text);
  const result = source.predicates.get(expr) ?? compileCondition(expr, source.scope);
  source.predicates.set(expr, result);
  if (!result.ok) {
    const { position } = result.fault;
    const message = untilNul(result.fault.message);
    const inner = conditionContext(position, text.text, parent);
    const hint = hintOf(job, parsed, expr, result.fault);
    if (!definition.skipIfUnknownFilter || !UNKNOWN.test(message))
      throw new LoadFault('LOAD_ERR_COMPILE_CONDITION', message, inner, hint);
    warn('LOAD_UNKNOWN_FILTER', message, inner, hint);
    return undefined;
  }
  const faults = source.warnings.get(expr) ?? conditionWarnings(expr, source.table);
  source.warnings.set(expr, faults);
  for (const { message, position } of faults) {
    const place = placeOfNode(stage, parsed, position);
    warn('LOAD_COMPILE_CONDITION', message, conditionContext(position, text.text, parent), { place });
  }
  return { expr, parsed, predicate: result.value };
}

const BEGIN: Position = { offset: 0, line: 0, column: 0 };

function warnOfUnsafeChecks({ definition, warn }: Job, expr: Expr, text: SourcedText): void {
  const { withNa, deprecated } = findUnsafeChecks(expr);
  if (!withNa && deprecated.length === 0) return;
  const context = conditionContext(BEGIN, text.text, definition.conditionContext);
  if (withNa) warn('LOAD_UNSAFE_NA_CHECK', '', context);
  for (const field of deprecated)
    warn('LOAD_DEPRECATED_ITEM', DEPRECATED_FIELDS.get(field)!, context, { deprecatedField: field });
}

const NO_FIELD = /^filter_check called with nonexistent field ([^[]*)/;

/** Where in the file, and for unknown fields what may have been meant. */
function hintOf(job: Job, parsed: ParsedText, expr: Expr, fault: Fault): Hint {
  const position = faultyPart(expr, fault);
  const place = placeOfNode(job.stage, parsed, position);
  const name = NO_FIELD.exec(fault.message)?.[1];
  if (name === undefined) return { place };
  const names = job.source.table.classes.flatMap(({ fields }) => fields.map((field) => field.name));
  return { place, suggestion: suggest(name, names) };
}

function warnOfUnused({ macros, lists, usedMacros, usedLists }: ConditionStage, warn: Warn): void {
  for (const { info } of macros.values())
    if (!usedMacros.has(info.name))
      warn('LOAD_UNUSED_MACRO', 'Macro not referred to by any other rule/macro', info.context);
  for (const { info } of lists)
    if (!usedLists.has(info.name))
      warn('LOAD_UNUSED_LIST', 'List not referred to by any other rule/macro', info.context);
}
