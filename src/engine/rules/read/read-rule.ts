// A `rule` item: a definition, a change of an earlier rule, or its switching on and off
// (spec: rules-language.md §4.4, §4.8). Answers to the rule part of Falco's read_item, whose order of checks is kept.

import { valueAt, type YamlMapping } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import { KERNEL_SOURCE, type SourcedText } from '../definitions.js';
import { nodeContext, structureFault } from '../fault.js';
import { APPEND_DEPRECATED, APPEND_WITH_OVERRIDE, ENABLED_DEPRECATED } from '../messages.js';
import { appendToRule, changeRule } from './change-rule.js';
import {
  looseText,
  optionalBoolean,
  optionalText,
  optionalUnsigned,
  requireBoolean,
  requireText,
  requireTexts,
} from './decode.js';
import { hasKey, hasOverrides, readOverrides } from './overrides.js';
import { readExceptions } from './read-exceptions.js';
import { readSuppress } from './read-spans.js';
import type { Reading } from './reading.js';
import { APPENDABLE_KEYS, REPLACEABLE_KEYS, type RuleItem, readPriority, sourcedText } from './rule-item.js';

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

function isSwitch(item: YamlMapping): boolean {
  return !['condition', 'output', 'desc', 'priority'].some((key) => hasKey(item, key));
}

function switchRule({ item, name, context, reading }: RuleItem): void {
  const enabled = requireBoolean(item, 'enabled', context);
  reading.warn('LOAD_DEPRECATED_ITEM', ENABLED_DEPRECATED, context);
  reading.collector.enable(name, enabled, context);
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
    alert: optionalBoolean(item, 'alert', context) ?? true,
    suppress: readSuppress(item, context),
    tags: new Set(hasKey(item, 'tags') ? requireTexts(item, 'tags', context) : []),
    exceptions: readExceptions(item, context, false, reading),
  };
  reading.collector.defineRule(definition, (code, message, where, extra) =>
    reading.warn(code, message, where, { mark: valueAt(item, 'source')?.mark, ...extra }),
  );
}
