// A `rule` item that changes an earlier rule: with `override`, or with the old flag `append`
// (spec: rules-language.md §4.8). Answers to those parts of Falco's read_item, whose order of checks is kept.

import { valueAt } from '../../../yaml.js';
import type { RuleUpdate } from '../definitions.js';
import { nodeContext, structureFault } from '../fault.js';
import { requireBoolean, requireText, requireTexts, requireUnsigned } from './decode.js';
import { hasKey, type Overrides } from './overrides.js';
import { readExceptions } from './read-exceptions.js';
import { readSuppress } from './read-spans.js';
import { REPLACEABLE, type RuleItem, readPriority, sourcedText } from './rule-item.js';

/** The old flag: what is not the condition or exceptions is left as it is. */
export function appendToRule(rule: RuleItem): void {
  const { item, name, source, context, reading } = rule;
  const condition = hasKey(item, 'condition') ? { condition: sourcedText(rule, 'condition') } : {};
  const exceptions = hasKey(item, 'exceptions')
    ? { exceptions: readExceptions(item, context, true, reading) }
    : {};
  reading.collector.appendToRule({ name, source, context, ...condition, ...exceptions });
}

/** The `override` form: what is appended first, then what is replaced. */
export function changeRule(rule: RuleItem, overrides: Overrides): void {
  const { item, context, reading } = rule;
  const unused = new Set(REPLACEABLE.filter((key) => hasKey(item, key)) as readonly string[]);
  if (overrides.append.size > 0) {
    const update = readUpdate(rule, overrides.append, 'append', unused);
    reading.collector.appendToRule(update);
  }
  if (overrides.replace.size > 0) {
    const update = readUpdate(rule, overrides.replace, 'replace', unused);
    reading.collector.replaceInRule(update);
  }
  for (const key of [...unused].sort()) {
    throw structureFault(
      `Unexpected key '${key}': no corresponding entry under 'override' is defined.`,
      nodeContext(valueAt(item, key)!.mark, 'overrides', key, context),
    );
  }
}

type Operation = 'append' | 'replace';

/** The order in which Falco reads the keys of an update. */
const UPDATE_ORDER = [
  'condition',
  'exceptions',
  'output',
  'desc',
  'tags',
  'priority',
  'capture',
  'capture_duration',
  'enabled',
  'warn_evttypes',
  'skip-if-unknown-filter',
  'alert',
  'suppress',
] as const satisfies readonly (typeof REPLACEABLE)[number][];

function readUpdate(
  rule: RuleItem,
  keys: ReadonlySet<string>,
  operation: Operation,
  unused: Set<string>,
): RuleUpdate {
  const { name, context } = rule;
  let update: RuleUpdate = { name, source: '', context };
  for (const key of UPDATE_ORDER) {
    if (!keys.has(key)) continue;
    if (!unused.delete(key))
      throw structureFault(
        `An ${operation} override for '${key}' was specified but '${key}' is not defined`,
        context,
      );
    update = { ...update, ...readUpdatedKey(rule, key, operation) };
  }
  return update;
}

function readUpdatedKey(
  rule: RuleItem,
  key: (typeof UPDATE_ORDER)[number],
  operation: Operation,
): Partial<RuleUpdate> {
  const { item, source, context, reading } = rule;
  switch (key) {
    case 'condition':
      return { source, condition: sourcedText(rule, key) };
    case 'exceptions':
      return { exceptions: readExceptions(item, context, operation === 'append', reading) };
    case 'output':
      return { output: sourcedText(rule, key) };
    case 'desc':
      return { description: requireText(item, key, context) };
    case 'tags':
      return { tags: new Set(requireTexts(item, key, context)) };
    case 'priority':
      return { priority: readPriority(rule) };
    case 'capture':
      return { capture: requireBoolean(item, key, context) };
    case 'capture_duration':
      return { captureDuration: requireUnsigned(item, key, context) };
    case 'enabled':
      return { enabled: requireBoolean(item, key, context) };
    case 'warn_evttypes':
      return { warnEventTypes: requireBoolean(item, key, context) };
    case 'skip-if-unknown-filter':
      return { skipIfUnknownFilter: requireBoolean(item, key, context) };
    case 'alert':
      return { alert: requireBoolean(item, key, context) };
    case 'suppress':
      return { suppress: readSuppress(item, context) };
  }
}
