// Rules as the collector takes them: defined, appended to, changed, switched on and off.
// Answers to those parts of Falco's rule_loader::collector (spec: rules-language.md §4.5, §4.7, §4.8).

import type { ByteString } from '../../../bytes.js';
import type { Context } from '../../diagnostic.js';
import type { ExceptionInfo, New, RuleDefinition, RuleUpdate } from '../definitions.js';
import { isFilled } from '../exception-entry.js';
import { itemFault, type Warn } from '../fault.js';
import { NO_RULE_TO_APPEND, NO_RULE_TO_REPLACE, NO_RULE_TO_SWITCH } from '../messages.js';
import { checkException } from '../texts/exceptions.js';
import { define, joined } from './collect-items.js';
import { type CollectorState, meantName, numbered } from './collector-state.js';

/** The rule of this name; a rule cannot change its source. */
function earlierRule(
  state: CollectorState,
  { name, source, context }: Pick<RuleUpdate, 'name' | 'source' | 'context'>,
): RuleDefinition | undefined {
  const earlier = state.rules.get(name);
  if (earlier !== undefined && source !== '' && earlier.source !== source)
    throw itemFault('Rule has been re-defined with a different source', context);
  return earlier;
}

export function defineRule(
  state: CollectorState,
  rule: Omit<New<RuleDefinition>, 'unknownSource'>,
  warn: Warn,
): void {
  earlierRule(state, rule);
  const table = state.tables(rule.source);
  if (table === undefined)
    warn('LOAD_UNKNOWN_SOURCE', `Unknown source ${rule.source}, skipping`, rule.context);
  const exceptions = rule.exceptions.map((exception) => {
    if (!isFilled(exception.fields))
      throw itemFault(
        'Rule exception item must have fields property with a list of fields',
        exception.context,
      );
    return checkException(exception, table);
  });
  define(state, state.rules, { ...rule, exceptions, unknownSource: table === undefined });
}

export function appendToRule(state: CollectorState, update: RuleUpdate): void {
  const earlier = earlierRule(state, update);
  if (earlier === undefined)
    throw itemFault(NO_RULE_TO_APPEND, update.context, meantName('rule', update.name, state.rules));
  const { condition, output, description, tags, exceptions } = update;
  if (!(condition ?? output ?? description ?? tags ?? exceptions))
    throw itemFault('Appended rule must have exceptions or condition property', update.context, {
      help: 'append adds to condition, output, desc, tags or exceptions; to switch the rule on or off, write enabled without append, or with override: {enabled: replace}',
    });
  state.rules.set(earlier.name, {
    ...earlier,
    condition: condition === undefined ? earlier.condition : joined(earlier.condition, condition),
    output: output === undefined ? earlier.output : joined(earlier.output, output),
    description: description === undefined ? earlier.description : `${earlier.description} ${description}`,
    tags: tags === undefined ? earlier.tags : new Set([...earlier.tags, ...tags]),
    exceptions: exceptions === undefined ? earlier.exceptions : appendExceptions(state, earlier, exceptions),
    ...numbered(state, earlier, update.context),
  });
}

function appendExceptions(
  state: CollectorState,
  rule: RuleDefinition,
  added: readonly ExceptionInfo[],
): readonly ExceptionInfo[] {
  const exceptions = [...rule.exceptions];
  for (const exception of added) {
    const at = exceptions.findIndex(({ name }) => name === exception.name);
    const earlier = exceptions[at];
    if (earlier === undefined) exceptions.push(newException(state, rule, exception));
    else exceptions[at] = withValues(earlier, exception);
  }
  return exceptions;
}

function newException(state: CollectorState, rule: RuleDefinition, exception: ExceptionInfo): ExceptionInfo {
  const { fields, values, context } = exception;
  if (!isFilled(fields))
    throw itemFault('Rule exception must have fields property with a list of fields', context);
  if (values.length === 0)
    throw itemFault('Rule exception must have values property with a list of values', context);
  return checkException(exception, rule.unknownSource ? undefined : state.tables(rule.source));
}

function withValues(earlier: ExceptionInfo, added: ExceptionInfo): ExceptionInfo {
  for (const part of ['fields', 'comps'] as const)
    if (isFilled(added[part]))
      throw itemFault(`Can not append exception ${part} to existing exception, only values`, added.context);
  return { ...earlier, values: [...earlier.values, ...added.values] };
}

export function replaceInRule(state: CollectorState, update: RuleUpdate): void {
  const earlier = earlierRule(state, update);
  if (earlier === undefined)
    throw itemFault(NO_RULE_TO_REPLACE, update.context, meantName('rule', update.name, state.rules));
  const { source, context, ...changes } = update;
  state.rules.set(earlier.name, { ...earlier, ...changes, ...numbered(state, earlier, context) });
}

export function enableRule(
  state: CollectorState,
  name: ByteString,
  enabled: boolean,
  context: Context,
): void {
  const rule = state.rules.get(name);
  if (rule === undefined) throw itemFault(NO_RULE_TO_SWITCH, context, meantName('rule', name, state.rules));
  state.rules.set(name, { ...rule, enabled });
}
