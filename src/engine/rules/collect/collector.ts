// Collector: the definitions of all files so far. Later items redefine, extend or change earlier ones; the first
// place of a name keeps its rank. Answers to Falco's rule_loader::collector (spec: rules-language.md §4.5, §4.8).

import type { ByteString } from '../../../bytes.js';
import type { Context } from '../../diagnostic.js';
import type {
  CorrelationDefinition,
  CorrelationUpdate,
  EngineRequirement,
  ListInfo,
  MacroInfo,
  New,
  PluginRequirements,
  RuleDefinition,
  RuleUpdate,
  SourcedText,
} from '../definitions.js';
import type { Warn } from '../fault.js';
import type { Version } from '../versions.js';
import {
  appendToCorrelation,
  defineCorrelation,
  enableCorrelation,
  replaceInCorrelation,
} from './collect-correlations.js';
import { appendToList, appendToMacro, define, requireEngine, requirePlugin } from './collect-items.js';
import { appendToRule, defineRule, enableRule, replaceInRule } from './collect-rules.js';
import type { CollectorState } from './collector-state.js';

/** Definitions by name, in order of first definition. Methods throw LoadFault. */
export interface Collector {
  readonly lists: ReadonlyMap<ByteString, ListInfo>;
  readonly macros: ReadonlyMap<ByteString, MacroInfo>;
  readonly rules: ReadonlyMap<ByteString, RuleDefinition>;
  readonly correlations: ReadonlyMap<ByteString, CorrelationDefinition>;
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
  defineCorrelation(correlation: New<CorrelationDefinition>): void;
  appendToCorrelation(update: CorrelationUpdate): void;
  replaceInCorrelation(update: CorrelationUpdate): void;
  enableCorrelation(name: ByteString, enabled: boolean, context: Context): void;
  /** Takes a rule back, as if it had never been. */
  forgetRule(name: ByteString): void;
}

export function createCollector(tables: CollectorState['tables']): Collector {
  const state: CollectorState = {
    tables,
    lists: new Map(),
    macros: new Map(),
    rules: new Map(),
    correlations: new Map(),
    requiredPlugins: [],
    requiredEngine: [0, 0, 0],
    next: 0,
  };
  const { lists, macros, rules, correlations, requiredPlugins } = state;
  return {
    lists,
    macros,
    rules,
    correlations,
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
    enable: (name, enabled, context) => enableRule(state, name, enabled, context),
    defineCorrelation: (correlation) => defineCorrelation(state, correlation),
    appendToCorrelation: (update) => appendToCorrelation(state, update),
    replaceInCorrelation: (update) => replaceInCorrelation(state, update),
    enableCorrelation: (name, enabled, context) => enableCorrelation(state, name, enabled, context),
    forgetRule: (name) => void rules.delete(name),
  };
}
