// `-L` and `-l`: what was loaded, as the JSON object that Falco prints.
// Answers to falco_engine::describe_rule (spec: cli-and-config.md §1.7).
// Byte strings become text here: the values are for JSON.stringify.

import { type ByteString, fromBytes } from '../../../bytes.js';
import { parseCondition } from '../../condition/syntax/parser.js';
import { printExpr } from '../../condition/syntax/printer.js';
import { PRIORITIES } from '../alert/alert.js';
import type { Collector } from '../collect/collector.js';
import type { CompiledDefinition } from '../compile/compiler.js';
import type { CompiledMacro } from '../compile/conditions.js';
import {
  type ExceptionEntry,
  type ExceptionInfo,
  isKernelRule,
  type RuleDefinition,
  type SourcedText,
} from '../definitions.js';
import type { LoadedPlugin, LoadOutcome } from '../loader.js';
import type { CompiledList } from '../texts/lists.js';
import { type CorrelationDescription, describeCorrelation } from './correlation.js';
import { conditionDetails } from './details.js';
import { EVENT_NAMES } from './event-names.js';
import { unordered } from './unordered.js';

/** Keys of all objects are in Falco's (sorted) order. */
export interface RuleDescription {
  readonly details: Readonly<Record<string, unknown>>;
  readonly info: {
    readonly capture: boolean;
    readonly capture_duration: number;
    readonly condition: string;
    readonly description: string;
    readonly enabled: boolean;
    readonly name: string;
    readonly output: string;
    readonly priority: string;
    readonly source: string;
    readonly tags: readonly string[];
  };
}

export interface RulesDescription {
  /** Falco has none: left out where there is none. */
  readonly correlations?: readonly CorrelationDescription[];
  readonly lists?: readonly unknown[];
  readonly macros?: readonly unknown[];
  readonly required_engine_version?: string;
  readonly required_plugin_versions?: readonly unknown[];
  readonly rules: readonly RuleDescription[];
}

/**
 * Describes a successful outcome: everything, or one rule or correlation.
 * @returns undefined where no rule of that name is loaded.
 */
export function describe(
  outcome: LoadOutcome,
  plugins: readonly LoadedPlugin[],
  rule?: ByteString,
): RulesDescription | undefined {
  if (rule === undefined) return describeAll(outcome, plugins);
  const { collector, output } = outcome.definitions;
  const found = output?.rules.find(({ definition }) => definition.name === rule);
  if (found !== undefined) return { rules: [describeRule(found, collector, plugins)] };
  const correlation = output?.correlations.find(({ definition }) => definition.name === rule);
  return correlation && { correlations: [describeCorrelation(correlation, collector)], rules: [] };
}

function describeAll(outcome: LoadOutcome, plugins: readonly LoadedPlugin[]): RulesDescription {
  const { collector, output } = outcome.definitions;
  const correlations = output?.correlations ?? [];
  return {
    ...(correlations.length > 0 && {
      correlations: correlations.map((each) => describeCorrelation(each, collector)),
    }),
    lists: (output?.stage.lists ?? []).map((list) =>
      describeList(list, output!.stage.usedLists.has(list.info.name)),
    ),
    macros: [...(output?.stage.macros.values() ?? [])].map((macro) =>
      describeMacro(macro, output!.stage.usedMacros.has(macro.info.name), collector),
    ),
    required_engine_version: fromBytes(outcome.requiredEngineVersion),
    required_plugin_versions: outcome.requiredPluginVersions.map(([plugin, ...alternatives]) => ({
      alternatives: alternatives.map(requirement),
      ...requirement(plugin!),
    })),
    rules: (output?.rules ?? []).map((rule) => describeRule(rule, collector, plugins)),
  };
}

function requirement({ name, version }: { readonly name: ByteString; readonly version: ByteString }) {
  return { name: fromBytes(name), version: fromBytes(version) };
}

const texts = (values: Iterable<ByteString>): readonly string[] => [...values].map(fromBytes);
const anyOrder = (values: Iterable<ByteString>): readonly string[] => unordered(values).map(fromBytes);

const PLUGIN_EVENTS = ['asyncevent', 'pluginevent'];

function describeRule(
  rule: CompiledDefinition,
  collector: Collector,
  plugins: readonly LoadedPlugin[],
): RuleDescription {
  const { definition, output, extraFields } = rule;
  const written = writtenDetails(definition.condition, collector);
  const compiled = conditionDetails(rule.condition, collector);
  const outputFields = [...extraFields.map(({ field }) => field.format), ...rule.template.names];
  const formatted = extraFields.filter(({ field }) => !field.raw);
  const { exceptions, source } = definition;
  const used = new Set([...compiled.fields, ...outputFields].map((field) => field.replace(/\[.*$/s, '')));
  return {
    details: {
      condition_compiled: fromBytes(printExpr(rule.condition)),
      condition_fields: anyOrder(compiled.fields),
      condition_operators: anyOrder(compiled.operators),
      events: isKernelRule(definition) ? EVENT_NAMES : PLUGIN_EVENTS,
      exception_fields: texts([...rule.exceptionFields].sort()),
      exception_names: anyOrder(exceptions.map(({ name }) => name)),
      exception_operators: anyOrder(exceptions.flatMap(operatorsOf)),
      ...(formatted.length > 0 && {
        extra_output_formatted_fields: Object.fromEntries(
          formatted.map(({ field }) => [fromBytes(field.key), fromBytes(field.format)]),
        ),
      }),
      lists: anyOrder(written.lists),
      macros: anyOrder(written.macros),
      output_compiled: fromBytes(output),
      output_fields: texts(outputFields),
      plugins: anyOrder(plugins.filter((plugin) => isUsed(plugin, source, used)).map(({ name }) => name)),
    },
    info: infoOf(definition),
  };
}

function infoOf(definition: RuleDefinition): RuleDescription['info'] {
  return {
    capture: definition.capture,
    capture_duration: definition.captureDuration,
    condition: fromBytes(definition.condition.text),
    description: fromBytes(definition.description),
    enabled: definition.enabled,
    name: fromBytes(definition.name),
    output: fromBytes(definition.output.text),
    priority: PRIORITIES[definition.priority]!,
    source: fromBytes(definition.source),
    tags: texts([...definition.tags].sort()),
  };
}

/** Macros and lists as the condition's author wrote them. A text that does not parse without its lists has none. */
function writtenDetails({ text }: SourcedText, collector: Collector) {
  const parsed = parseCondition(text);
  return parsed.ok ? conditionDetails(parsed.value, collector) : { lists: [], macros: [] };
}

function operatorsOf({ comps }: ExceptionInfo): readonly ByteString[] {
  const one = (comp: ExceptionEntry): readonly ByteString[] =>
    comp.isList ? comp.items.map(({ text }) => text) : [comp.text];
  return comps.isList ? comps.items.flatMap(one) : [comps.text];
}

/** A plugin is used by a rule of its source, and by one that reads a field of its. */
function isUsed(plugin: LoadedPlugin, source: ByteString, fields: ReadonlySet<ByteString>): boolean {
  if (plugin.source === source) return true;
  if (plugin.fieldSources !== undefined && !plugin.fieldSources.includes(source)) return false;
  return (plugin.fields ?? []).some((name) => fields.has(name));
}

function describeMacro({ info, expr }: CompiledMacro, used: boolean, collector: Collector) {
  const written = writtenDetails(info.condition, collector);
  const compiled = conditionDetails(expr, collector);
  return {
    details: {
      condition_compiled: fromBytes(printExpr(expr)),
      condition_fields: anyOrder(compiled.fields),
      condition_operators: anyOrder(compiled.operators),
      events: EVENT_NAMES,
      lists: anyOrder(written.lists),
      macros: anyOrder(written.macros),
      plugins: [],
      used,
    },
    info: { condition: fromBytes(info.condition.text), name: fromBytes(info.name) },
  };
}

function describeList({ info, items }: CompiledList, used: boolean) {
  const compiled = new Set(items);
  // An item that is gone from the compiled list was the name of another one.
  const references = info.items.filter((item) => !compiled.has(item));
  return {
    details: {
      items_compiled: texts(items),
      lists: anyOrder(references),
      plugins: [],
      used,
    },
    info: {
      items: texts(info.items.filter((item) => compiled.has(item))),
      name: fromBytes(info.name),
    },
  };
}
