// Single comparisons: those that are false for every value, and those on fields with defects.

import type { ByteString } from '../../../bytes.js';
import type { FieldTable } from '../../../fields/field.js';
import type { Expr, FieldExpr } from '../../condition/ast.js';
import { printExpr } from '../../condition/printer.js';
import { operandsFirst } from '../../condition/walk.js';
import type { CompiledDefinition } from '../compiler.js';
import { placeOfNode } from '../conditions.js';
import { suggest } from '../suggest.js';
import { type Finding, finding, type Level, type LintId } from './finding.js';
import type { LintJob } from './job.js';
import { type Check, fieldsIn, spelled } from './values.js';

interface Advice {
  readonly id: LintId;
  readonly message: ByteString;
  readonly suggestion?: ByteString | undefined;
  readonly level?: Level;
}

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
    ...neverTrue(check, rule, job),
    ...neverMatchingRegex(check),
    ...neverMatchingTransformer(check, table),
    ...undefinedList(check, job),
  ];
  if (advice.length === 0) return [];
  const place = placeOfNode(job.output.stage, rule.parsed, check.position);
  if (place === undefined) return [];
  const item = rule.definition.name;
  return advice.map(({ id, message, suggestion, level }) =>
    finding(id, message, place, { suggestion, item, level }),
  );
}

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
  const known = job.options.knownValues(spelled(field!)) ?? [];
  const given = check.kind === 'binary' && check.right.kind === 'value' ? check.right.value : undefined;
  return [
    {
      id: 'never-true-check',
      message: `'${printExpr(check)}' is never true: ${spelled(field!)} is one of ${known.join(', ')}`,
      suggestion: given === undefined ? undefined : suggest(given, known),
    },
  ];
}

function neverMatchingRegex(check: Check): readonly Advice[] {
  if (check.kind !== 'binary' || !/^regex\b/.test(check.operator)) return [];
  const { right } = check;
  const patterns = right.kind === 'list' ? right.items : right.kind === 'value' ? [right.value] : [];
  return patterns.filter(hasMisplacedAnchor).map((pattern) => ({
    id: 'regex-never-matches',
    message: `'${pattern}' matches no value: an anchor stands in the middle of it`,
  }));
}

const QUANTIFIERS = new Set('*?{+');

/** An anchor with a character before `^` or behind `$` that has to be there. Patterns with choices are passed over. */
export function hasMisplacedAnchor(pattern: ByteString): boolean {
  if (/[|([]/.test(pattern)) return false;
  const tokens = pattern.match(/\\[\s\S]|[\s\S]/g) ?? [];
  const isFixed = (index: number): boolean => {
    const token = tokens[index];
    if (token === undefined || QUANTIFIERS.has(token) || '^$).'.includes(token)) return false;
    if (token === '\n' || token === '\\n') return false;
    const next = tokens[index + 1] ?? '';
    return next === '' || !'*?{'.includes(next);
  };
  return tokens.some(
    (token, index) => (token === '^' && isFixed(index - 1)) || (token === '$' && isFixed(index + 1)),
  );
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

function undefinedList(check: Check, { outcome }: LintJob): readonly Advice[] {
  if (check.kind !== 'binary' || check.right.kind !== 'list') return [];
  const [item, ...others] = check.right.items;
  if (item === undefined || others.length > 0 || !LIST_NAME.test(item)) return [];
  const { lists } = outcome.definitions.collector;
  if (lists.has(item)) return [];
  return [
    {
      id: 'undefined-list',
      message: `'${item}' is compared as it is: there is no list of that name`,
      suggestion: suggest(item, lists.keys()),
    },
  ];
}
