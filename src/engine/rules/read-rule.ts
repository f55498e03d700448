// A `rule` item: a definition, a change of an earlier rule, or its switching on and off
// (spec: rules-language.md §4.4, §4.8). Answers to the rule part of Falco's read_item, whose order of checks is kept.

import type { ByteString } from '../../bytes.js';
import { valueAt, type YamlMapping, type YamlScalar } from '../../yaml.js';
import type { Context } from '../diagnostic.js';
import { PRIORITIES, priorityOf } from './alert.js';
import {
  looseText,
  optionalBoolean,
  optionalText,
  optionalUnsigned,
  requireBoolean,
  requireScalar,
  requireText,
  requireTexts,
  requireUnsigned,
} from './decode.js';
import { KERNEL_SOURCE, type RuleUpdate, type SourcedText, type SourceFile } from './definitions.js';
import { nodeContext, structureFault } from './fault.js';
import { APPEND_DEPRECATED, APPEND_WITH_OVERRIDE, ENABLED_DEPRECATED } from './messages.js';
import { hasKey, hasOverrides, type Overrides, readOverrides } from './overrides.js';
import { readExceptions } from './read-exceptions.js';
import type { Reading } from './reading.js';
import { suggest } from './suggest.js';

const APPENDABLE = ['condition', 'output', 'desc', 'tags', 'exceptions'] as const;
const REPLACEABLE = [
  'condition',
  'output',
  'desc',
  'priority',
  'capture',
  'capture_duration',
  'tags',
  'exceptions',
  'enabled',
  'warn_evttypes',
  'skip-if-unknown-filter',
] as const;
const APPENDABLE_KEYS: ReadonlySet<string> = new Set(APPENDABLE);
const REPLACEABLE_KEYS: ReadonlySet<string> = new Set(REPLACEABLE);

export const RULE_KEYS: ReadonlySet<string> = new Set([
  'rule',
  'source',
  'override',
  'append',
  ...REPLACEABLE,
]);

/** Reads the item and hands it to the collector. @returns the rule's context. */
export function readRule(item: YamlMapping, parent: Context, reading: Reading): Context {
  const name = requireText(item, 'rule', nodeContext(item.mark, 'rule', '', parent));
  const context = nodeContext(item.mark, 'rule', name, parent);
  const source = looseText(item, 'source', context) ?? '';
  const append = optionalBoolean(item, 'append', context) ?? false;
  if (append) reading.warn('LOAD_DEPRECATED_ITEM', APPEND_DEPRECATED, context);
  const overrides = readOverrides(item, APPENDABLE_KEYS, REPLACEABLE_KEYS, context);
  if (append && hasOverrides(overrides)) throw structureFault(APPEND_WITH_OVERRIDE, context);
  const rule: RuleItem = { item, name, source, context, reading };
  if (hasOverrides(overrides)) changeRule(rule, overrides);
  else if (append) appendToRule(rule);
  else if (isSwitch(item)) switchRule(rule);
  else defineRule(rule);
  return context;
}

interface RuleItem {
  readonly item: YamlMapping;
  readonly name: ByteString;
  readonly source: ByteString;
  readonly context: Context;
  readonly reading: Reading;
}

/** A scalar as a text that knows where it came from. */
export function sourced(file: SourceFile, scalar: YamlScalar, text = scalar.text): SourcedText {
  return { text, parts: [{ at: 0, file, scalar }] };
}

function sourcedText({ item, context, reading }: RuleItem, key: string): SourcedText {
  return sourced(reading.file, requireScalar(item, key, context));
}

function isSwitch(item: YamlMapping): boolean {
  return !['condition', 'output', 'desc', 'priority'].some((key) => hasKey(item, key));
}

function switchRule({ item, name, context, reading }: RuleItem): void {
  const enabled = requireBoolean(item, 'enabled', context);
  reading.warn('LOAD_DEPRECATED_ITEM', ENABLED_DEPRECATED, context);
  reading.collector.enable(name, enabled, context);
}

function appendToRule(rule: RuleItem): void {
  const { item, name, source, context, reading } = rule;
  const condition = hasKey(item, 'condition') ? { condition: sourcedText(rule, 'condition') } : {};
  const exceptions = hasKey(item, 'exceptions')
    ? { exceptions: readExceptions(item, context, true, reading) }
    : {};
  reading.collector.appendToRule({ name, source, context, ...condition, ...exceptions });
}

function readPriority({ item, context }: RuleItem): number {
  const text = requireText(item, 'priority', context);
  const priority = priorityOf(text);
  if (priority !== undefined) return priority;
  const { mark } = valueAt(item, 'priority')!;
  throw structureFault('Invalid priority', nodeContext(mark, 'rule priority', '', context), {
    suggestion: meantPriority(text),
  });
}

/** Other engines shorten priorities (`WARN`, `ERR`, `CRIT`), and people mistype them. */
function meantPriority(text: ByteString): string | undefined {
  const names = PRIORITIES.map((name) => name.toUpperCase());
  const short = text.toUpperCase();
  return names.find((name) => short.length > 2 && name.startsWith(short)) ?? suggest(text, names);
}

const BLANKS = ' \t\n\v\f\r';

/** Without white space at both ends, and its begin in the scalar kept. */
function trimmed({ text, parts }: SourcedText): SourcedText {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.includes(text[start]!)) start++;
  while (end > start && BLANKS.includes(text[end - 1]!)) end--;
  return { text: text.slice(start, end), parts: parts.map((part) => ({ ...part, at: part.at - start })) };
}

function defineRule(rule: RuleItem): void {
  const { item, name, context, reading } = rule;
  const markOf = (key: string) => valueAt(item, key)!.mark;
  const condition = sourcedText(rule, 'condition');
  const conditionContext = nodeContext(markOf('condition'), 'rule condition', '', context);
  const output = trimmed(sourcedText(rule, 'output'));
  const outputContext = nodeContext(markOf('output'), 'rule output', '', context);
  const description = requireText(item, 'desc', context);
  const priority = readPriority(rule);
  const definition = {
    name,
    context,
    condition,
    conditionContext,
    output,
    outputContext,
    description,
    priority,
    source: optionalText(item, 'source', context) ?? KERNEL_SOURCE,
    enabled: optionalBoolean(item, 'enabled', context) ?? true,
    capture: optionalBoolean(item, 'capture', context) ?? false,
    captureDuration: optionalUnsigned(item, 'capture_duration', context) ?? 0,
    warnEventTypes: optionalBoolean(item, 'warn_evttypes', context) ?? true,
    skipIfUnknownFilter: optionalBoolean(item, 'skip-if-unknown-filter', context) ?? false,
    tags: new Set(hasKey(item, 'tags') ? requireTexts(item, 'tags', context) : []),
    exceptions: readExceptions(item, context, false, reading),
  };
  reading.collector.defineRule(definition, (code, message, where, extra) =>
    reading.warn(code, message, where, { mark: valueAt(item, 'source')?.mark, ...extra }),
  );
}

/** The `override` form: what is appended first, then what is replaced. */
function changeRule(rule: RuleItem, overrides: Overrides): void {
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
  }
}
