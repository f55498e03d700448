// How a correlation decides: what its type takes, how many it asks for, and what its state is known by over a reload.

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { printExpr } from '../../condition/syntax/printer.js';
import { digestOf } from '../../correlation/identity.js';
import type { Plan } from '../../correlation/match.js';
import type { CorrelationDefinition } from '../definitions.js';
import { itemFault } from '../fault.js';
import type { CompiledStep } from './compiled-correlation.js';

/** Steps and aliases that fit. Errors: LoadFault. */
export function checkSteps({ steps, type, aliases, groupBy, context }: CorrelationDefinition): void {
  const names = new Set<ByteString>();
  for (const { name, context: place } of steps) {
    if (names.has(name)) throw itemFault(`two steps are named '${name}': name one of them with as`, place);
    names.add(name);
  }
  if ((type === 'temporal' || type === 'temporal_ordered') && steps.length < 2)
    throw itemFault(`${type} takes two steps or more`, context);
  for (const [alias, fields] of aliases) {
    if (!groupBy.some(({ text }) => text === alias))
      throw itemFault(`alias '${alias}' is not in group-by`, context);
    for (const step of fields.keys())
      if (!names.has(step))
        throw itemFault(`alias '${alias}' names a step '${step}', which there is not`, context, {
          suggestion: suggest(step, names),
        });
  }
}

const LIMITS = { gte: 0, gt: 1, eq: 0, lt: 0, lte: 1 } as const;

/** How a correlation decides. Errors: LoadFault. */
export function planOf(definition: CorrelationDefinition, steps: readonly CompiledStep[]): Plan {
  const { name, type, timespan, count, suppress, groupBy } = definition;
  const context = count?.context ?? definition.context;
  const isUpper = count?.operator === 'lt' || count?.operator === 'lte';
  if (type === 'absence' ? count !== undefined && !isUpper : isUpper)
    throw itemFault(
      type === 'absence'
        ? 'absence asks for fewer events: {lt: 1}'
        : `${count?.operator} is for type: absence; here gte, gt or eq`,
      context,
    );
  if ((type === 'event_count' || type === 'value_count') && count === undefined)
    throw itemFault(`${type} takes a condition: {gte: 5}`, context);
  if ((type === 'value_count') !== (count?.field !== undefined))
    throw itemFault(
      type === 'value_count' ? 'value_count takes condition.field' : 'condition.field is for value_count',
      context,
    );
  if (type === 'temporal_ordered' && count !== undefined)
    throw itemFault('temporal_ordered takes no condition: all steps must be met', context);
  const least =
    count === undefined ? defaultLeast(type, steps.length) : count.number + LIMITS[count.operator];
  if (least < 1 || (type === 'temporal' && least > steps.length))
    throw itemFault(`condition can never be met: ${least} of ${steps.length} steps`, context);
  return {
    name,
    identity: identityOf(definition, steps),
    type,
    steps: steps.length,
    timespan,
    least,
    ...(count?.operator === 'eq' && { exactly: true }),
    suppress: suppress ?? timespan,
    ungrouped: groupBy.length === 0,
  };
}

const defaultLeast = (type: Plan['type'], steps: number): number => (type === 'temporal' ? steps : 1);

/** Whatever decides; not how it looks. */
function identityOf(definition: CorrelationDefinition, steps: readonly CompiledStep[]): string {
  const { name, type, timespan, count, groupBy, aliases } = definition;
  const texts = steps.map(({ info, leaf, child }) => [
    info.name,
    leaf === undefined ? '' : `${leaf.source} ${printExpr(leaf.condition)}`,
    child?.plan.identity ?? '',
  ]);
  const named = [...aliases].map(([alias, by]) => [alias, [...by].map(([step, { text }]) => [step, text])]);
  const whole = [name, type, timespan, count?.operator, count?.number, count?.field?.text];
  const all = JSON.stringify([whole, texts, groupBy.map(({ text }) => text), named]);
  return digestOf(all);
}
