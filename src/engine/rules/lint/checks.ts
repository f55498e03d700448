// Single comparisons: those that are false for every value, and those on fields with defects.

import type { ByteString } from '../../../bytes.js';
import type { FieldTable } from '../../../fields/field.js';
import { suggest } from '../../../suggest.js';
import type { Expr, FieldExpr } from '../../condition/syntax/ast.js';
import { printExpr } from '../../condition/syntax/printer.js';
import { operandsFirst } from '../../condition/syntax/walk.js';
import type { CompiledDefinition } from '../compile/compiler.js';
import { placeOfNode } from '../compile/conditions.js';
import { isKernelRule } from '../definitions.js';
import type { Advice } from './advice.js';
import { constantAdvice } from './constants.js';
import { type Finding, finding } from './finding.js';
import type { LintJob } from './job.js';
import { type Check, fieldsIn, knownValues, spelled } from './values.js';

export function checkChecks(job: LintJob): readonly Finding[] {
  // Macros share their trees with all rules that use them.
  const seen = new Set<Expr>();
  return job.output.rules.flatMap((rule) => {
    const parts = operandsFirst(rule.condition, (part) => seen.has(part));
    for (const part of parts) seen.add(part);
    return parts.flatMap((leaf) =>
      leaf.kind === 'binary' || leaf.kind === 'exists' ? checkOne(leaf, rule, job) : [],
    );
  });
}

function checkOne(check: Check, rule: CompiledDefinition, job: LintJob): readonly Finding[] {
  const table = job.options.load.tables(rule.definition.source)!;
  const advice = [
    ...fieldDefects(check, job),
    ...fieldCrashes(check, job),
    ...neverTrue(check, rule, job),
    ...constantAdvice(check),
    ...neverMatchingTransformer(check, table),
    ...allElements(check),
    ...(isKernelRule(rule.definition) ? [] : textOrder(check, table)),
    ...undefinedList(check, job),
  ];
  const item = rule.definition.name;
  return advice.flatMap(({ id, message, suggestion, level, position }) => {
    const place = placeOfNode(job.output.stage, rule.parsed, position ?? check.position);
    return place === undefined ? [] : [finding(id, message, place, { suggestion, item, level })];
  });
}

function fieldCrashes(check: Check, { options }: LintJob): readonly Advice[] {
  const right = check.kind === 'binary' && 'args' in check.right ? fieldsIn(check.right) : [];
  return [...fieldsIn(check.left), ...right].flatMap((field) => {
    const when = options.crashOf(spelled(field));
    return when === undefined ? [] : [{ id: 'falco-crash', message: crashText(spelled(field), when) }];
  });
}

/** What lint says of a field at which Falco ends. */
export const crashText = (field: ByteString, when: string): ByteString =>
  `Falco ends if it reads ${field} when ${when}`;

function fieldDefects(check: Check, { options }: LintJob): readonly Advice[] {
  // Defects are about single elements: texts made of all of them, for regular expressions, are the way around.
  if (check.left.kind === 'transformer' && check.left.name === 'join') return [];
  const right = check.kind === 'binary' && 'args' in check.right ? fieldsIn(check.right) : [];
  return [...fieldsIn(check.left), ...right].flatMap((field: FieldExpr) => {
    const defect = options.defectOf(field.name);
    if (defect === undefined) return [];
    const { text, level } = defect;
    return [{ id: 'field-defect', message: `${field.name} ${text}`, level }];
  });
}

function neverTrue(check: Check, { definition }: CompiledDefinition, job: LintJob): readonly Advice[] {
  const logic = job.logic(definition.source);
  if (logic.neverTrue([{ expr: check, positive: true }]) === undefined) return [];
  const [field] = fieldsIn(check.left);
  const known = knownValues(job.options.load.tables(definition.source)!, spelled(field!)) ?? [];
  const given = check.kind === 'binary' && check.right.kind === 'value' ? check.right.value : undefined;
  return [
    {
      id: 'never-true-check',
      message: `'${printExpr(check)}' is never true: ${spelled(field!)} is one of ${known.join(', ')}`,
      suggestion: given === undefined ? undefined : suggest(given, known),
    },
  ];
}

const MAPPED: ReadonlySet<string> = new Set(['tolower', 'toupper', 'b64', 'basename']);

function neverMatchingTransformer(check: Check, table: FieldTable): readonly Advice[] {
  if (check.kind !== 'binary' || (check.operator !== 'in' && check.operator !== 'intersects')) return [];
  const { left, right } = check;
  const constant = right.kind === 'value' || right.kind === 'list';
  const isList = fieldsIn(left).some((field) => {
    const found = table.lookup(spelled(field));
    return !('error' in found) && found.field.isList;
  });
  if (left.kind === 'transformer' && MAPPED.has(left.name) && isList && constant)
    return [
      { id: 'transformed-list', message: `'${printExpr(check)}' is never true: ${left.name} of a list` },
    ];
  if (!isList && right.kind === 'transformer' && MAPPED.has(right.name))
    return [
      {
        id: 'transformed-value',
        message: `'${printExpr(check)}' is never true: compare with = instead of ${check.operator}`,
      },
    ];
  return [];
}

const LIST_NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;

/** Usual names of lists that other files define. */
const SURELY_A_LIST = /_(?:images|users|binaries)$/;

/** One item that looks like a list's name, or nearly is that of a list that nothing else uses. */
function undefinedList(check: Check, { outcome, output }: LintJob): readonly Advice[] {
  if (check.kind !== 'binary' || check.right.kind !== 'list') return [];
  const [item, ...others] = check.right.items;
  if (item === undefined || others.length > 0) return [];
  const { lists } = outcome.definitions.collector;
  if (lists.has(item)) return [];
  const suggestion = suggest(item, lists.keys());
  const isUnused = suggestion !== undefined && !output.stage.usedLists.has(suggestion);
  const isName = LIST_NAME.test(item) && (suggestion !== undefined || /s$|_list$/.test(item));
  if (!isUnused && !isName) return [];
  const message = `'${item}' is compared as it is: there is no list of that name`;
  const level = SURELY_A_LIST.test(item) ? 'warning' : undefined;
  return [
    { id: 'undefined-list', message, suggestion, position: check.right.position, ...(level && { level }) },
  ];
}

/** In one of these groups is everyone who sends a request. */
const EVERYONE: ReadonlySet<string> = new Set(['system:authenticated', 'system:unauthenticated']);

function allElements(check: Check): readonly Advice[] {
  if (check.kind !== 'binary' || check.operator !== 'in' || check.right.kind !== 'list') return [];
  const { left, right } = check;
  if (left.kind !== 'field' || left.name !== 'ka.user.groups' || right.items.length === 0) return [];
  if (right.items.some((item) => EVERYONE.has(item))) return [];
  const message = `'${printExpr(check)}' asks whether all groups are in the list, and everyone is in system:authenticated or system:unauthenticated as well: intersects asks for any`;
  return [{ id: 'all-elements', message }];
}

const ORDER: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
/** Numbers of three digits each, whose order as texts is the same. */
const SAME_LENGTH: ReadonlySet<string> = new Set(['ka.response.code']);

function textOrder(check: Check, table: FieldTable): readonly Advice[] {
  if (check.kind !== 'binary' || !ORDER.has(check.operator) || check.left.kind !== 'field') return [];
  const found = table.lookup(spelled(check.left));
  if ('error' in found || found.field.type !== 'CHARBUF' || SAME_LENGTH.has(check.left.name)) return [];
  const message = `'${printExpr(check)}' compares texts, letter by letter: 9 is more than 10`;
  return [{ id: 'text-order', message }];
}
