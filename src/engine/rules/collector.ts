// Collector: the definitions of all files so far. Later items redefine, extend or change earlier ones; the first
// place of a name keeps its rank. Answers to Falco's rule_loader::collector (spec: rules-language.md §4.5, §4.8).

import type { ByteString } from '../../bytes.js';
import type { FieldTable } from '../../fields/field.js';
import type { Context } from '../diagnostic.js';
import type {
  EngineRequirement,
  ExceptionInfo,
  ListInfo,
  MacroInfo,
  New,
  PluginRequirements,
  RuleDefinition,
  RuleUpdate,
  SourcedText,
} from './definitions.js';
import { isFilled } from './exception-entry.js';
import { checkException } from './exceptions.js';
import { itemFault, type Warn } from './fault.js';
import { NO_LIST, NO_MACRO, NO_RULE_TO_APPEND, NO_RULE_TO_REPLACE } from './messages.js';
import {
  compareVersions,
  ENGINE_VERSION,
  isCompatible,
  parseVersion,
  printVersion,
  type Version,
} from './versions.js';

/** Definitions by name, in order of first definition. Methods throw LoadFault. */
export interface Collector {
  readonly lists: ReadonlyMap<ByteString, ListInfo>;
  readonly macros: ReadonlyMap<ByteString, MacroInfo>;
  readonly rules: ReadonlyMap<ByteString, RuleDefinition>;
  readonly requiredPlugins: readonly PluginRequirements[];
  /** The highest one asked for. */
  requiredEngine(): Version;
  requireEngine(requirement: EngineRequirement): void;
  requirePlugin(requirements: PluginRequirements): void;
  defineList(list: New<ListInfo>): void;
  appendToList(name: ByteString, items: readonly ByteString[], context: Context): void;
  defineMacro(macro: New<MacroInfo>): void;
  appendToMacro(name: ByteString, condition: SourcedText, context: Context): void;
  defineRule(rule: Omit<New<RuleDefinition>, 'unknownSource'>, warn: Warn): void;
  appendToRule(update: RuleUpdate): void;
  replaceInRule(update: RuleUpdate): void;
  enable(name: ByteString, enabled: boolean, context: Context): void;
}

type Tables = (source: ByteString) => FieldTable | undefined;

interface State {
  readonly tables: Tables;
  readonly lists: Map<ByteString, ListInfo>;
  readonly macros: Map<ByteString, MacroInfo>;
  readonly rules: Map<ByteString, RuleDefinition>;
  readonly requiredPlugins: PluginRequirements[];
  requiredEngine: Version;
  /** Number of the next change. */
  next: number;
}

export function createCollector(tables: Tables): Collector {
  const state: State = {
    tables,
    lists: new Map(),
    macros: new Map(),
    rules: new Map(),
    requiredPlugins: [],
    requiredEngine: [0, 0, 0],
    next: 0,
  };
  const { lists, macros, rules, requiredPlugins } = state;
  return {
    lists,
    macros,
    rules,
    requiredPlugins,
    requiredEngine: () => state.requiredEngine,
    requireEngine: (requirement) => requireEngine(state, requirement),
    requirePlugin: (requirements) => requirePlugin(state, requirements),
    defineList: (list) => define(state, lists, list),
    appendToList: (name, items, context) => appendToList(state, name, items, context),
    defineMacro: (macro) => define(state, macros, macro),
    appendToMacro: (name, condition, context) => appendToMacro(state, name, condition, context),
    defineRule: (rule, warn) => defineRule(state, rule, warn),
    appendToRule: (update) => appendToRule(state, update),
    replaceInRule: (update) => replaceInRule(state, update),
    enable: (name, enabled, context) => enable(state, name, enabled, context),
  };
}

function requireEngine(state: State, { version, context }: EngineRequirement): void {
  if (!isCompatible(ENGINE_VERSION, version))
    throw itemFault(
      `Rules require engine version ${printVersion(version)}, but engine version is ${printVersion(ENGINE_VERSION)}`,
      context,
    );
  if (compareVersions(state.requiredEngine, version) < 0) state.requiredEngine = version;
}

function requirePlugin(state: State, requirements: PluginRequirements): void {
  const { alternatives, context } = requirements;
  const names = new Set<ByteString>();
  for (const { name, version } of alternatives) {
    if (parseVersion(version) === undefined)
      throw itemFault(`Invalid required version '${version}' for plugin '${name}'`, context);
    if (names.has(name))
      throw itemFault(`Defined multiple alternative version requirements for plugin '${name}'`, context);
    names.add(name);
  }
  state.requiredPlugins.push(requirements);
}

/** Defines or redefines. A Map keeps the place of a key that is set again, as Falco does. */
function define<T extends ListInfo | MacroInfo | RuleDefinition>(
  state: State,
  items: Map<ByteString, T>,
  item: Omit<T, 'index' | 'visibility'> & { readonly name: ByteString },
): void {
  const visibility = state.next++;
  const index = items.get(item.name)?.index ?? visibility;
  items.set(item.name, { ...item, index, visibility } as T);
}

function appendToList(state: State, name: ByteString, items: readonly ByteString[], context: Context): void {
  const list = state.lists.get(name);
  if (list === undefined) throw itemFault(NO_LIST, context);
  state.lists.set(name, { ...list, items: [...list.items, ...items], visibility: state.next++ });
}

function appendToMacro(state: State, name: ByteString, text: SourcedText, context: Context): void {
  const macro = state.macros.get(name);
  if (macro === undefined) throw itemFault(NO_MACRO, context);
  const condition = joined(macro.condition, text);
  state.macros.set(name, { ...macro, condition, visibility: state.next++ });
}

/** Both texts with a blank between them. */
function joined(first: SourcedText, second: SourcedText): SourcedText {
  const start = first.text.length + 1;
  const parts = second.parts.map((part) => ({ ...part, at: part.at + start }));
  return { text: `${first.text} ${second.text}`, parts: [...first.parts, ...parts] };
}

/** The rule of this name; a rule cannot change its source. */
function earlierRule(
  state: State,
  { name, source, context }: Pick<RuleUpdate, 'name' | 'source' | 'context'>,
): RuleDefinition | undefined {
  const earlier = state.rules.get(name);
  if (earlier !== undefined && source !== '' && earlier.source !== source)
    throw itemFault('Rule has been re-defined with a different source', context);
  return earlier;
}

function defineRule(state: State, rule: Omit<New<RuleDefinition>, 'unknownSource'>, warn: Warn): void {
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

function appendToRule(state: State, update: RuleUpdate): void {
  const earlier = earlierRule(state, update);
  if (earlier === undefined) throw itemFault(NO_RULE_TO_APPEND, update.context);
  const { condition, output, description, tags, exceptions } = update;
  if (!(condition ?? output ?? description ?? tags ?? exceptions))
    throw itemFault('Appended rule must have exceptions or condition property', update.context);
  state.rules.set(earlier.name, {
    ...earlier,
    condition: condition === undefined ? earlier.condition : joined(earlier.condition, condition),
    output: output === undefined ? earlier.output : joined(earlier.output, output),
    description: description === undefined ? earlier.description : `${earlier.description} ${description}`,
    tags: new Set([...earlier.tags, ...(tags ?? [])]),
    exceptions: appendExceptions(state, earlier, exceptions ?? []),
    visibility: state.next++,
  });
}

function appendExceptions(
  state: State,
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

function newException(state: State, rule: RuleDefinition, exception: ExceptionInfo): ExceptionInfo {
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

function replaceInRule(state: State, update: RuleUpdate): void {
  const earlier = earlierRule(state, update);
  if (earlier === undefined) throw itemFault(NO_RULE_TO_REPLACE, update.context);
  const { source, context, ...changes } = update;
  state.rules.set(earlier.name, { ...earlier, ...changes, visibility: state.next++ });
}

function enable(state: State, name: ByteString, enabled: boolean, context: Context): void {
  const rule = state.rules.get(name);
  if (rule === undefined)
    throw itemFault("Rule has 'enabled' key but no rule by that name already exists", context);
  state.rules.set(name, { ...rule, enabled });
}
