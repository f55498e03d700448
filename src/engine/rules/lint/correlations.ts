// Correlations that can never give an alert, or count something else than their author thinks: steps that no event meets,
// groups whose field those events never have, values that are all the same; and rules that only count, where nothing does.

import type { ByteString } from '../../../bytes.js';
import { parseYaml } from '../../../yaml.js';
import type { Expr, FieldExpr } from '../../condition/syntax/ast.js';
import { operandPrefixes } from '../../condition/syntax/parser.js';
import type { Place } from '../../diagnostic.js';
import type { CompiledCorrelation, CompiledLeaf, CompiledStep } from '../compile/compiled-correlation.js';
import type { CorrelationDefinition, NamedNode } from '../definitions.js';
import { lackingKey } from '../partition-key.js';
import { placeOfContext, placeOfMark, sourceFile } from '../texts/place.js';
import { type Finding, finding } from './finding.js';
import type { LintJob } from './job.js';
import { fieldsIn, knownValues } from './values.js';

export function checkCorrelations(job: LintJob): readonly Finding[] {
  return [...job.output.correlations.flatMap((each) => checkOne(each, job)), ...checkCounting(job)];
}

/** What is said of one correlation, and where. */
interface Told {
  readonly correlation: CompiledCorrelation;
  readonly job: LintJob;
}

function checkOne(correlation: CompiledCorrelation, job: LintJob): readonly Finding[] {
  const told = { correlation, job };
  const dead = correlation.steps.filter((step) => isDead(step, job));
  return [
    ...dead.map((step) => deadStep(step, told)),
    ...deadWhole(dead.length, told),
    ...disabledSteps(told),
    ...correlation.definition.groupBy.flatMap((field) => missingGroup(field, told)),
    ...partitioned(told),
    ...sameValues(told),
    ...joinedValues(told),
  ];
}

function isDead({ leaf, child }: CompiledStep, job: LintJob): boolean {
  if (child !== undefined) return child.steps.every((step) => isDead(step, job));
  return leaf !== undefined && isNever(leaf, [], job);
}

/** Whether no event meets a step and has these fields. */
function isNever({ source, condition }: CompiledLeaf, fields: readonly FieldExpr[], job: LintJob): boolean {
  const exist = fields.map((left): Expr => ({ kind: 'exists', left, position: left.position }));
  return (
    job.logic(source).neverTrue([condition, ...exist].map((expr) => ({ expr, positive: true }))) !== undefined
  );
}

function deadStep(step: CompiledStep, told: Told): Finding {
  const message = `no event meets step '${step.info.name}'`;
  return tell('correlation-never', message, told, markPlace(step.info, told));
}

function deadWhole(dead: number, told: Told): readonly Finding[] {
  const { plan, steps, definition } = told.correlation;
  if (dead === 0 || plan.type === 'absence' || steps.length - dead >= needed(plan)) return [];
  return [tell('correlation-never', `correlation '${definition.name}' never gives an alert`, told)];
}

/** Steps that must be met. */
function needed({ type, least, steps }: CompiledCorrelation['plan']): number {
  if (type === 'temporal') return least;
  return type === 'temporal_ordered' ? steps : 1;
}

function disabledSteps(told: Told): readonly Finding[] {
  const { rules, correlations } = told.job.outcome.definitions.collector;
  return told.correlation.steps.flatMap(({ info }) => {
    const { refers } = info;
    if (refers === undefined || (rules.get(refers) ?? correlations.get(refers))?.enabled !== false) return [];
    const message = `step '${info.name}' is disabled, and meets nothing unless something enables it`;
    return [tell('correlation-disabled-step', message, told, markPlace(info, told))];
  });
}

/** A group that all events of a step share, since they have no such field. */
function missingGroup(field: NamedNode, told: Told): readonly Finding[] {
  const { correlation, job } = told;
  const { aliases } = correlation.definition;
  return correlation.steps.flatMap((step) => {
    const own = aliases.get(field.text)?.get(step.info.name) ?? field;
    const fields = fieldsOf(own.text);
    const leaves = leavesOf(step);
    if (fields.length === 0 || leaves.length === 0) return [];
    if (leaves.some((leaf) => isNever(leaf, [], job) || !isNever(leaf, fields, job))) return [];
    const message = `events of step '${step.info.name}' never have ${own.text}: they are all in one group`;
    return [tell('correlation-group', message, told, nodePlace(own, told))];
  });
}

const leavesOf = ({ leaf, child }: CompiledStep): readonly CompiledLeaf[] =>
  leaf === undefined ? (child?.steps.flatMap(leavesOf) ?? []) : [leaf];

const sourcesOf = ({ correlation }: Told): ReadonlySet<ByteString> =>
  new Set(correlation.steps.flatMap(leavesOf).map(({ source }) => source));

/** Events that one of several processes sees: whole groups only where they are shared out by what groups have in common. */
function partitioned(told: Told): readonly Finding[] {
  const { definition } = told.correlation;
  const { partitionKey = [] } = told.job.options;
  const lacking = lackingKey(definition, partitionKey);
  if (lacking.length === 0) return [];
  const message = `group-by lacks ${lacking.join(', ')}, which events are shared out by (tsfalco.correlation.partition_key): each process counts its part`;
  return [tell('correlation-partition', message, told)];
}

/** Different values of a field that all events of a group have in common, or that has too few. */
function sameValues(told: Told): readonly Finding[] {
  const { plan, definition } = told.correlation;
  const field = definition.count?.field;
  if (field === undefined || plan.least < 2) return [];
  const place = nodePlace(field, told);
  if (definition.groupBy.some(({ text }) => text === field.text))
    return [
      tell('correlation-never', `${field.text} is in group-by: a group has one value of it`, told, place),
    ];
  const values = new Set<ByteString>();
  for (const source of sourcesOf(told)) {
    const table = told.job.options.load.tables(source);
    const known = table && knownValues(table, field.text);
    if (known === undefined) return [];
    for (const value of known) values.add(value);
  }
  if (values.size >= plan.least) return [];
  const message = `${field.text} has ${values.size} values, and the condition asks for ${plan.least}`;
  return [tell('correlation-never', message, told, place)];
}

/** A list counts as one value. */
function joinedValues(told: Told): readonly Finding[] {
  const { count, groupBy } = told.correlation.definition;
  return [...groupBy, ...(count?.field === undefined ? [] : [count.field])].flatMap((field) => {
    const isList = [...sourcesOf(told)].some((source) => {
      const found = told.job.options.load.tables(source)?.lookup(field.text);
      return found !== undefined && !('error' in found) && found.field.isList && !field.text.includes('[');
    });
    if (!isList) return [];
    const message = `${field.text} is a list, which counts as one value as a whole`;
    return [tell('correlation-list', message, told, nodePlace(field, told))];
  });
}

/** Rules and correlations that give no alerts, and that nothing counts. */
function checkCounting({ output, outcome }: LintJob): readonly Finding[] {
  const counted = new Set(
    output.correlations.flatMap(({ definition }) => definition.steps.map(({ refers }) => refers)),
  );
  const kinds = [
    ...output.rules.map(({ definition }) => ({ kind: 'rule', definition })),
    ...output.correlations.map(({ definition }) => ({ kind: 'correlation', definition })),
  ];
  return kinds.flatMap(({ kind, definition }) => {
    const { name, alert, context } = definition;
    if (alert || counted.has(name)) return [];
    const message = `${kind} '${name}' gives no alerts (alert: false), and no correlation counts it`;
    return [finding('uncounted-rule', message, placeOfContext(context, filesOf(outcome)), { item: name })];
  });
}

function fieldsOf(text: ByteString): readonly FieldExpr[] {
  const whole = [...operandPrefixes(text)].find(({ end }) => end === text.length);
  return whole === undefined ? [] : fieldsIn(whole.operand);
}

function tell(
  id: Parameters<typeof finding>[0],
  message: ByteString,
  { correlation: { definition }, job }: Told,
  place = placeOfContext(definition.context, filesOf(job.outcome)),
): Finding {
  return finding(id, message, place, { item: definition.name });
}

const markPlace = ({ node, context }: CorrelationDefinition['steps'][number], { job }: Told): Place =>
  placeOfMark(node.mark, context, filesOf(job.outcome));

const nodePlace = ({ node }: NamedNode, { correlation: { definition }, job }: Told): Place =>
  placeOfMark(node.mark, definition.context, filesOf(job.outcome));

const made = new WeakMap<LintJob['outcome'], ReturnType<typeof readFiles>>();

function filesOf(outcome: LintJob['outcome']): ReturnType<typeof readFiles> {
  const files = made.get(outcome) ?? readFiles(outcome);
  made.set(outcome, files);
  return files;
}

function readFiles({ results }: LintJob['outcome']) {
  const contents = results.flatMap((each) => [...each.contents]);
  return new Map(contents.map(([name, content]) => [name, sourceFile(name, parseYaml(content))]));
}
