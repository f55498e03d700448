// Whole conditions: those that never or always hold, and exceptions that take away everything or nothing.

import type { ByteString } from '../../../bytes.js';
import type { Expr } from '../../condition/syntax/ast.js';
import { printExpr } from '../../condition/syntax/printer.js';
import type { Place } from '../../diagnostic.js';
import type { CompiledDefinition } from '../compile/compiler.js';
import { placeInRule } from '../compile/conditions.js';
import { firstNode } from '../compile/positions.js';
import { placeInText, placeOfNode } from '../texts/place.js';
import { type Finding, finding } from './finding.js';
import type { LintJob } from './job.js';
import type { Logic, Wanted } from './logic.js';
import type { Conflict, Literal } from './values.js';

export function checkConditions(job: LintJob): readonly Finding[] {
  return job.output.rules.flatMap((rule) => checkCondition(rule, job));
}

function checkCondition(rule: CompiledDefinition, job: LintJob): readonly Finding[] {
  const { definition, condition } = rule;
  const logic = job.logic(definition.source);
  const item = definition.name;
  const start = placeInText(definition.condition, 0)!;
  const base = baseOf(rule);
  const never = logic.neverTrue([base]);
  if (never !== undefined) {
    const place = placeOfConflict(never.conflict, rule, job) ?? start;
    const message = `rule '${item}' never fires${because(never.conflict)}`;
    const macro = switchMacro(never.conflict, rule, job);
    if (macro === undefined) return [finding('never-true', message, place, { item })];
    const more = { item, level: 'note' } as const;
    return [finding('never-true', `${message}, as long as nobody overrides '${macro}'`, place, more)];
  }
  const found = checkExceptions(rule, base, logic);
  if (logic.neverTrue([{ expr: condition, positive: false }]) !== undefined)
    return [...found, finding('always-true', `rule '${item}' fires for every event`, start, { item })];
  return found;
}

function because(conflict: Conflict | undefined): ByteString {
  if (conflict === undefined) return '';
  const [first, second] = conflict;
  if (first === second) return `: '${spell(first)}' is never true`;
  return `: '${spell(first)}' and '${spell(second)}' exclude each other`;
}

/** A macro of one comparison is there for others to override; it is named if it keeps the rule from firing. */
function switchMacro(
  conflict: Conflict | undefined,
  { parsed }: CompiledDefinition,
  { output }: LintJob,
): ByteString | undefined {
  const checks = new Set<Expr>((conflict ?? []).map(({ check }) => check));
  const { macros } = output.stage;
  const isSwitch = (name: ByteString): boolean => checks.has(macros.get(name)!.expr);
  const inRule = firstNode(parsed.expr, (node) => node.kind === 'identifier' && isSwitch(node.name));
  return inRule?.kind === 'identifier' ? inRule.name : [...macros.keys()].find(isSwitch);
}

const spell = ({ check, positive }: Literal): ByteString =>
  positive ? printExpr(check) : `not ${printExpr(check)}`;

function placeOfConflict(
  conflict: Conflict | undefined,
  rule: CompiledDefinition,
  { output }: LintJob,
): Place | undefined {
  const literal = conflict?.[1];
  return literal && placeInRule(output.stage, rule.parsed, literal.check.position);
}

/** The condition without its exceptions. */
function baseOf({ definition, condition }: CompiledDefinition): Wanted {
  const excepted = definition.exceptions.some(({ values }) => values.length > 0);
  const expr = excepted && condition.kind === 'and' ? condition.operands[0]! : condition;
  return { expr, positive: true };
}

function checkExceptions(rule: CompiledDefinition, base: Wanted, logic: Logic): readonly Finding[] {
  const { definition, condition } = rule;
  if (condition.kind !== 'and' || condition === base.expr) return [];
  const exceptions = definition.exceptions.filter(({ values }) => values.length > 0);
  return exceptions.flatMap(({ name, file, fields }, index): readonly Finding[] => {
    const exclusion = condition.operands[index + 1];
    const node = fields.node;
    if (exclusion === undefined || node === undefined) return [];
    const place = placeOfNode(file, node);
    const more = { item: definition.name };
    if (logic.neverTrue([base, { expr: exclusion, positive: true }]) !== undefined)
      return [
        finding(
          'exception-excludes-all',
          `exception '${name}' leaves nothing of rule '${definition.name}'`,
          place,
          more,
        ),
      ];
    if (logic.neverTrue([base, { expr: exclusion, positive: false }]) !== undefined)
      return [
        finding(
          'exception-never-applies',
          `exception '${name}' is for events that rule '${definition.name}' does not match`,
          place,
          more,
        ),
      ];
    return [];
  });
}
