// The parts of a `correlation` item that no rule has: its type, its steps, what it counts, and names of fields by step.

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { keyText, valueAt, type YamlMapping, type YamlNode } from '../../../yaml.js';
import type { CorrelationType } from '../../correlation/match.js';
import type { Context } from '../../diagnostic.js';
import type { CountInfo, NamedNode, StepInfo } from '../definitions.js';
import { nodeContext, structureFault } from '../fault.js';
import { optionalText, requireScalar, requireText, unsignedOf } from './decode.js';
import { checkKeys, readNames } from './read-spans.js';
import type { Reading } from './reading.js';
import { sourced } from './rule-item.js';

const TYPES: readonly CorrelationType[] = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'absence',
];

export function readType(item: YamlMapping, context: Context): CorrelationType {
  const text = requireText(item, 'type', context);
  const type = TYPES.find((each) => each === text);
  if (type !== undefined) return type;
  const inner = nodeContext(valueAt(item, 'type')!.mark, 'value for', 'type', context);
  throw structureFault(`'${text}' is no type of correlation`, inner, {
    suggestion: suggest(text, TYPES),
    help: `types are ${TYPES.join(', ')}`,
  });
}

/** More only come from files made to be slow. */
const MOST_STEPS = 32;

/** Names of rules and correlations, and conditions. */
export function readSteps(node: YamlNode, parent: Context, reading: Reading): readonly StepInfo[] {
  const context = nodeContext(node.mark, 'value for', 'rules', parent);
  if (node.kind !== 'sequence' || node.items.length === 0)
    throw structureFault('rules of a correlation are a list of rules and conditions', context);
  if (node.items.length > MOST_STEPS)
    throw structureFault(`a correlation has at most ${MOST_STEPS} steps`, context);
  return node.items.map((item, number) => readStep(item, number, context, reading));
}

function readStep(node: YamlNode, number: number, parent: Context, reading: Reading): StepInfo {
  const context = nodeContext(node.mark, 'correlation step', `${number + 1}`, parent);
  if (node.kind === 'scalar' && !node.isNull && node.text !== '')
    return { name: node.text, refers: node.text, condition: undefined, source: undefined, context, node };
  if (node.kind !== 'mapping')
    throw structureFault('a step is the name of a rule, or {as: NAME, condition: CONDITION}', context);
  checkKeys(node, ['as', 'rule', 'condition', 'source'], context);
  const name = optionalText(node, 'as', context);
  if (valueAt(node, 'condition') === undefined) {
    const refers = requireText(node, 'rule', context);
    return { name: name ?? refers, refers, condition: undefined, source: undefined, context, node };
  }
  if (valueAt(node, 'rule') !== undefined)
    throw structureFault('a step has a rule or a condition, not both', context);
  const scalar = requireScalar(node, 'condition', context);
  return {
    name: name ?? `step ${number + 1}`,
    refers: undefined,
    condition: sourced(reading.file, scalar),
    source: optionalText(node, 'source', context),
    context: nodeContext(scalar.mark, 'correlation step', name ?? `${number + 1}`, parent),
    node,
  };
}

const OPERATORS = ['gte', 'gt', 'eq', 'lt', 'lte'] as const;
const HIGHEST = 1_000_000;

/** `{gte: 5, field: ka.target.name}`. */
export function readCount(node: YamlNode, parent: Context): CountInfo {
  const context = nodeContext(node.mark, 'value for', 'condition', parent);
  if (node.kind !== 'mapping')
    throw structureFault('condition of a correlation is a mapping: {gte: 5}', context);
  checkKeys(node, [...OPERATORS, 'field'], context);
  const given = OPERATORS.filter((operator) => valueAt(node, operator) !== undefined);
  const [operator] = given;
  if (operator === undefined || given.length > 1)
    throw structureFault(`condition has one of ${OPERATORS.join(', ')}`, context);
  const text = requireText(node, operator, context);
  const number = unsignedOf(text);
  if (number === undefined || number > HIGHEST)
    throw structureFault(`'${text}' is no number up to ${HIGHEST}`, context);
  const field = valueAt(node, 'field');
  return {
    operator,
    number,
    field: field === undefined ? undefined : readNames(field, 'field', context)[0],
    context,
  };
}

/** `{identity: {step: field}}`. */
export function readAliases(
  node: YamlNode,
  parent: Context,
): ReadonlyMap<ByteString, ReadonlyMap<ByteString, NamedNode>> {
  const context = nodeContext(node.mark, 'value for', 'aliases', parent);
  const aliases = new Map<ByteString, ReadonlyMap<ByteString, NamedNode>>();
  for (const [alias, value] of entriesOf(node, context)) {
    const fields = new Map<ByteString, NamedNode>();
    for (const [step, field] of entriesOf(value, context)) {
      const [name] = readNames(field, alias, context);
      if (name !== undefined) fields.set(step, name);
    }
    aliases.set(alias, fields);
  }
  return aliases;
}

function entriesOf(node: YamlNode, context: Context): readonly (readonly [ByteString, YamlNode])[] {
  if (node.kind !== 'mapping')
    throw structureFault('aliases are a mapping: {identity: {step: field}}', context);
  return node.entries.map(({ key, value }) => [keyText(key) ?? '', value]);
}
