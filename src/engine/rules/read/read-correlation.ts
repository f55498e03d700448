// A `correlation` item: a definition, a change of an earlier one, or its switching on and off. Falco has no such item, and
// warns of it; the forms are those of its rules, the terms Sigma's (docs/correlation.md).

import { valueAt, type YamlMapping } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import type { CorrelationInfo, CorrelationUpdate } from '../definitions.js';
import { nodeContext, structureFault } from '../fault.js';
import { APPEND_WITH_OVERRIDE } from '../messages.js';
import {
  missingKey,
  optionalBoolean,
  optionalText,
  requireBoolean,
  requireText,
  requireTexts,
} from './decode.js';
import { hasKey, hasOverrides, type Overrides, readOverrides } from './overrides.js';
import { readAliases, readCount, readSteps, readType } from './read-correlation-parts.js';
import { readExceptions } from './read-exceptions.js';
import { readNames, readSpan } from './read-spans.js';
import type { Reading } from './reading.js';
import { type RuleItem, readPriority, sourcedText } from './rule-item.js';

type Key =
  | 'type'
  | 'rules'
  | 'group-by'
  | 'aliases'
  | 'timespan'
  | 'condition'
  | 'output'
  | 'desc'
  | 'priority'
  | 'tags'
  | 'enabled'
  | 'exceptions'
  | 'suppress'
  | 'alert';

const APPENDABLE: ReadonlySet<string> = new Set<Key>([
  'rules',
  'group-by',
  'output',
  'desc',
  'tags',
  'exceptions',
]);
const CHANGEABLE: readonly Key[] = [
  'type',
  'rules',
  'group-by',
  'aliases',
  'timespan',
  'condition',
  'output',
  'desc',
  'priority',
  'tags',
  'enabled',
  'exceptions',
  'suppress',
  'alert',
];
const REPLACEABLE: ReadonlySet<string> = new Set(CHANGEABLE);
const REQUIRED: readonly Key[] = ['type', 'rules', 'timespan', 'output', 'desc', 'priority'];

export const CORRELATION_KEYS: ReadonlySet<string> = new Set([
  'correlation',
  'source',
  'override',
  'append',
  ...CHANGEABLE,
]);

/** Reads the item and hands it to the collector. @returns the correlation's context. */
export function readCorrelation(item: YamlMapping, parent: Context, reading: Reading): Context {
  const name = requireText(item, 'correlation', nodeContext(item.mark, 'correlation', '', parent));
  const context = nodeContext(item.mark, 'correlation', name, parent);
  const { collector } = reading;
  const append = optionalBoolean(item, 'append', context) ?? false;
  const overrides = readOverrides(item, APPENDABLE, REPLACEABLE, context);
  if (append && hasOverrides(overrides)) throw structureFault(APPEND_WITH_OVERRIDE, context);
  const given: RuleItem = { item, name, source: '', context, reading };
  if (append) collector.appendToCorrelation(updateOf(given, allGiven(item, APPENDABLE)));
  else if (hasOverrides(overrides)) change(given, overrides);
  else if (!REQUIRED.some((key) => hasKey(item, key)))
    collector.enableCorrelation(name, requireBoolean(item, 'enabled', context), context);
  else define(given);
  return context;
}

const allGiven = (item: YamlMapping, keys: ReadonlySet<string>): readonly Key[] =>
  CHANGEABLE.filter((key) => keys.has(key) && hasKey(item, key));

function change(given: RuleItem, { append, replace }: Overrides): void {
  const { item, context, reading } = given;
  for (const key of CHANGEABLE) {
    const named = append.has(key) || replace.has(key);
    if (named === hasKey(item, key)) continue;
    const message = named
      ? `An override for '${key}' was specified but '${key}' is not defined`
      : `Unexpected key '${key}': no corresponding entry under 'override' is defined.`;
    throw structureFault(message, context);
  }
  if (append.size > 0) reading.collector.appendToCorrelation(updateOf(given, allGiven(item, append)));
  if (replace.size > 0) reading.collector.replaceInCorrelation(updateOf(given, allGiven(item, replace)));
}

function define(given: RuleItem): void {
  const { item, name, context, reading } = given;
  for (const key of REQUIRED) if (!hasKey(item, key)) throw missingKey(item, key, context);
  const defaults = {
    groupBy: [],
    aliases: new Map(),
    count: undefined,
    tags: new Set<string>(),
    enabled: true,
    exceptions: [],
    suppress: undefined,
    alert: true,
  };
  const source = optionalText(item, 'source', context) ?? 'k8s_audit';
  const info = { ...defaults, ...updateOf(given, allGiven(item, REPLACEABLE)) } as CorrelationInfo;
  reading.collector.defineCorrelation({ ...info, name, context, source });
}

function updateOf(given: RuleItem, keys: readonly Key[]): CorrelationUpdate {
  const { name, context } = given;
  let update: CorrelationUpdate = { name, context };
  for (const key of keys) update = { ...update, ...readKey(given, key) };
  return update;
}

function readKey(given: RuleItem, key: Key): Partial<CorrelationInfo> {
  const { item, context, reading } = given;
  const node = valueAt(item, key)!;
  switch (key) {
    case 'type':
      return { type: readType(item, context) };
    case 'rules':
      return { steps: readSteps(node, context, reading) };
    case 'group-by':
      return { groupBy: readNames(node, key, context) };
    case 'aliases':
      return { aliases: readAliases(node, context) };
    case 'timespan':
      return { timespan: readSpan(node, key, context) };
    case 'condition':
      return { count: readCount(node, context) };
    case 'output':
      return {
        output: sourcedText(given, key),
        outputContext: nodeContext(node.mark, 'rule output', '', context),
      };
    case 'desc':
      return { description: requireText(item, key, context) };
    case 'priority':
      return { priority: readPriority(given) };
    case 'tags':
      return { tags: new Set(requireTexts(item, key, context)) };
    case 'enabled':
      return { enabled: requireBoolean(item, key, context) };
    case 'exceptions':
      return { exceptions: readExceptions(item, context, false, reading) };
    case 'suppress':
      return { suppress: readSpan(node, key, context, true) };
    case 'alert':
      return { alert: requireBoolean(item, key, context) };
  }
}
