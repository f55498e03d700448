// A rule's condition, compiled, with Falco's warnings about it.
// Answers to compile_condition of Falco's rule compiler (spec: rules-language.md §2.13, §4.6, §4.9).

import { compileCondition, type Predicate } from '../../condition/compile/compile.js';
import { conditionWarnings } from '../../condition/compile/warnings.js';
import type { Expr, Position } from '../../condition/syntax/ast.js';
import { type Fault, ok, type Result } from '../../condition/syntax/result.js';
import { DEPRECATED_FIELDS } from '../../diagnostic/codes.js';
import { isKernelRule, type SourcedText } from '../definitions.js';
import { conditionContext, type Hint, LoadFault, untilNul } from '../fault.js';
import { fieldHint } from '../hints/field-hints.js';
import { type Job, UNKNOWN } from './compile-job.js';
import { type ParsedText, placeOfNode, resolveCondition } from './conditions.js';
import { faultyPart } from './positions.js';
import { findUnsafeChecks } from './unsafe.js';

export interface CompiledCondition {
  /** Without lists and macros. */
  readonly condition: Expr;
  /** With lists put in and macros still in it: leads from positions to places. */
  readonly parsed: ParsedText;
  readonly predicate: Predicate;
}

/** undefined: an unknown field, and the rule asks to be left out then. Errors: LoadFault. */
export function compileRuleCondition(job: Job, text: SourcedText): CompiledCondition | undefined {
  const { definition, stage, memory, source } = job;
  const { conditionContext: inner, context } = definition;
  const { parsed, expr } = resolveCondition(stage, memory.conditions, text, inner, context);
  warnOfUnsafeChecks(job, expr, text, parsed);
  const result =
    source.predicates.get(expr) ?? tolerant(job, compileCondition(expr, source.scope, source.compiled));
  source.predicates.set(expr, result);
  if (!result.ok) {
    reportFault(job, text, parsed, expr, result.fault);
    return undefined;
  }
  warnOfConstants(job, text, parsed, conditionWarnings(expr, source.table, source.warnings));
  return { condition: expr, parsed, predicate: result.value };
}

/** Throws, unless the rule asks to be left out because of unknown fields. */
function reportFault(job: Job, text: SourcedText, parsed: ParsedText, expr: Expr, fault: Fault): void {
  const { definition, warn } = job;
  const message = untilNul(fault.message);
  const context = conditionContext(fault.position, text.text, definition.conditionContext);
  const hint = hintOf(job, parsed, expr, fault);
  if (!definition.skipIfUnknownFilter || !UNKNOWN.test(message))
    throw new LoadFault('LOAD_ERR_COMPILE_CONDITION', message, context, hint);
  warn('LOAD_UNKNOWN_FILTER', message, context, hint);
}

function warnOfConstants(job: Job, text: SourcedText, parsed: ParsedText, faults: readonly Fault[]): void {
  const { definition, stage, warn } = job;
  for (const { message, position } of faults) {
    if (isKernelRule(job.definition) && MISUSED.test(message)) continue;
    const context = conditionContext(position, text.text, definition.conditionContext);
    warn('LOAD_COMPILE_CONDITION', message, context, { place: placeOfNode(stage, parsed, position) });
  }
}

// The fields of system calls have no types and any name here: rules load as far as they parse.
const UNTYPED = /operator not supported|with modifier not supported/;
const MISUSED = /may be a valid field misused/;

function tolerant(job: Job, result: Result<Predicate>): Result<Predicate> {
  const pass = !result.ok && isKernelRule(job.definition) && UNTYPED.test(result.fault.message);
  return pass ? ok(() => false) : result;
}

const BEGIN: Position = { offset: 0, line: 0, column: 0 };

function warnOfUnsafeChecks(job: Job, expr: Expr, text: SourcedText, parsed: ParsedText): void {
  const { definition, stage, source, warn } = job;
  const { withNa, deprecated } = findUnsafeChecks(expr, source.unsafe);
  if (withNa === undefined && deprecated.size === 0) return;
  const context = conditionContext(BEGIN, text.text, definition.conditionContext);
  const placeOf = (position: Position) => ({ place: placeOfNode(stage, parsed, position) });
  if (withNa !== undefined) warn('LOAD_UNSAFE_NA_CHECK', '', context, placeOf(withNa));
  for (const [deprecatedField, position] of deprecated)
    warn('LOAD_DEPRECATED_ITEM', DEPRECATED_FIELDS.get(deprecatedField)!, context, {
      ...placeOf(position),
      deprecatedField,
    });
}

const NO_FIELD = /^filter_check called with nonexistent field ([^[]*)/;

const OF_LISTS = 'operator not supported list filters';
const LISTS =
  'the field is a list: intersects (a, b) asks for any of them, in (a, b) for all; join(" ", field) makes one text of it';

/** Where in the file, and for unknown fields what may have been meant. */
function hintOf(job: Job, parsed: ParsedText, expr: Expr, fault: Fault): Hint {
  const position = faultyPart(expr, fault);
  const place = placeOfNode(job.stage, parsed, position);
  const name = NO_FIELD.exec(fault.message)?.[1];
  if (name !== undefined) return { place, ...fieldHint(job.source.table, name) };
  return fault.message.includes(OF_LISTS) ? { place, help: LISTS } : { place };
}
