// Rules as a program uses them: text in, a ruleset that takes events as text, bytes or objects, alerts out. Everything
// here is a thin coat over the engine: text for byte strings, and defaults for what the command's configuration says.

import { fromBytes, toBytes } from '../bytes.js';
import { explainCondition } from '../engine/condition/explain/explain.js';
import { PRIORITIES, type PriorityName } from '../engine/rules/alert/alert.js';
import { KERNEL_SOURCE } from '../engine/rules/definitions.js';
import { loadRules as loadFiles } from '../engine/rules/load.js';
import type { LoadedCorrelation, LoadedRule, LoadOutcome } from '../engine/rules/loader.js';
import { compileRule, createRuleset } from '../engine/rules/ruleset.js';
import { selectRules } from '../engine/rules/select.js';
import type { Event } from '../event.js';
import type { FieldTable } from '../fields/field.js';
import { lackingOf, withoutTwins } from '../plugins/event-sources.js';
import { createFieldTable, DEFAULT_PLUGINS, fieldOverlap } from '../plugins/field-table.js';
import { auditEvents } from '../plugins/k8saudit/events.js';
import type { Plugin } from '../plugins/plugin.js';
import { runtime } from '../runtime/runtime.js';
import type { Source } from '../sources/source.js';
import { type RuleAlert, toRuleAlert } from './alert.js';
import { type Correlating, createCorrelating } from './correlations.js';
import { type RulesDiagnostic, toDiagnostics, toReport } from './diagnostic.js';
import { type AuditEvents, createReader } from './events.js';
import { type RuleExplanation, toRuleExplanation } from './explain.js';
import { type RulesText, toFiles } from './rules-text.js';

export interface RulesOptions<Plugins extends readonly Plugin[] = readonly Plugin[]> {
  /** Whether an event's alerts end with the first rule that it meets (Falco's default), or all rules count. */
  readonly matching?: 'first' | 'all';
  /** Rules of lower priority do not run. Default: Debug, so that all do. */
  readonly minimumPriority?: PriorityName;
  /** Switches rules on and off, in order, by name (`*` for any text) or tag, as `rules:` in falco.yaml. */
  readonly select?: readonly { readonly enable: boolean; readonly rule?: string; readonly tag?: string }[];
  /** Fixed texts that rules read as `static.<key>`. */
  readonly staticFields?: Readonly<Record<string, string>>;
  /** `fixed` corrects some fields of Falco's plugins, see docs/compatibility.md. Default: `falco`. */
  readonly fieldSemantics?: 'falco' | 'fixed';
  /** `json`: the lines of alerts are JSON, as with `json_output: true`. Default: `text`. */
  readonly format?: 'text' | 'json';
  /** false: every rule is evaluated for every event (docs/operations.md#the-prefilter). Default: true. */
  readonly prefilter?: boolean;
  /** One of so many events is evaluated both ways, and a difference told among the faults; 0: none. Default: 10000. */
  readonly prefilterCheck?: number;
  /** Value of `evt.hostname`. Default: the machine's name. */
  readonly hostname?: string;
  /** Value of `ka.cluster.name` for events that do not name their cluster. */
  readonly clusterName?: string;
  /**
   * How late events may come, seconds, before correlations decide; false: correlations do not run, and `suppress` of rules
   * holds nothing back. Default: 120.
   */
  readonly correlate?: false | { readonly lateness: number };
  /** Plugins (`tsfalco/plugin`) whose fields and event sources rules may name, beside those of Kubernetes audit events. */
  readonly plugins?: Plugins;
}

/** What loading gave: a ruleset unless a file has an error. */
export interface LoadedRules<Plugins extends readonly Plugin[] = readonly Plugin[]> {
  readonly ruleset: Ruleset<Plugins> | undefined;
  readonly diagnostics: readonly RulesDiagnostic[];
  /** All diagnostics as Falco prints them, with snippets and carets. */
  readonly report: string;
}

export interface Evaluation<Plugins extends readonly Plugin[] = readonly Plugin[]> {
  /** In order of events, then of rules; behind them those of correlations that have come about. */
  readonly alerts: readonly RuleAlert<Plugins>[];
  /**
   * What could not be read, one line each, and which events have no ka.* field, since their key `auditID` is missing; what
   * could be read has been evaluated.
   */
  readonly faults: readonly string[];
}

export interface RuleDescription {
  readonly name: string;
  readonly priority: PriorityName;
  readonly tags: readonly string[];
}

export interface EvaluateOptions {
  /** The event source that the events are of. Default: that of `plugin` or `opened`, or k8s_audit. */
  readonly source?: string;
  /** Name of the plugin whose payload it is, where several bring one source, each with a form of its own. */
  readonly plugin?: string | undefined;
  /** The source that they came from: fields read its settings and labels. */
  readonly opened?: Pick<Source, 'name' | 'settings' | 'labels' | 'clusterName'>;
}

/** @typeParam Plugins whose fields alerts have, with their types */
export interface Ruleset<Plugins extends readonly Plugin[] = readonly Plugin[]> {
  /** The rules that run, in order of evaluation. */
  readonly rules: readonly RuleDescription[];
  /** The correlations that are switched on: several events, one alert (docs/correlation.md). */
  readonly correlations: readonly RuleDescription[];
  /** Evaluates events. Never throws, whatever the events hold. @throws RangeError for a source that no plugin brings */
  evaluate(events: AuditEvents, options?: EvaluateOptions): Evaluation<Plugins>;
  /**
   * No more events come: the alerts of correlations that were waiting for late ones, and summaries of what `suppress` holds
   * back.
   */
  finish(): readonly RuleAlert<Plugins>[];
  /** Explains each event. Errors: RangeError if no rule that runs has the name. */
  explain(
    rule: string,
    events: AuditEvents,
    options?: Pick<EvaluateOptions, 'plugin'>,
  ): readonly RuleExplanation[];
}

const SOURCE = 'k8s_audit';

/**
 * Loads rules for Kubernetes audit events, and for those of plugins. Later files may change what earlier ones define. Never throws for what
 * the files hold.
 * @param rules YAML text, or files in order
 * @throws RangeError where two plugins bring the same field
 */
export function loadRules<const Plugins extends readonly Plugin[] = readonly []>(
  rules: string | readonly RulesText[],
  options: RulesOptions<Plugins> = {},
): LoadedRules<Plugins> {
  const files = toFiles(rules);
  const plugins = [...DEFAULT_PLUGINS, ...(options.plugins ?? [])];
  const fieldOptions = { ...tableOptions(options), plugins: withoutTwins(plugins) };
  const sources = new Set([SOURCE, KERNEL_SOURCE, ...plugins.flatMap(({ source }) => source?.name ?? [])]);
  const tables = new Map([...sources].map((source) => [source, createFieldTable(source, fieldOptions)]));
  const overlap = [...tables.values()].map(fieldOverlap).find((fault) => fault !== undefined);
  if (overlap !== undefined) throw new RangeError(overlap);
  const outcome = loadFiles(files, {
    tables: (source) => tables.get(source),
    minimumPriority: PRIORITIES.indexOf(options.minimumPriority ?? 'Debug'),
  });
  return {
    ruleset: outcome.successful ? rulesetOf(outcome, tables, plugins, options) : undefined,
    diagnostics: toDiagnostics(outcome.results),
    report: toReport(outcome.results),
  };
}

function tableOptions({ staticFields = {}, fieldSemantics = 'falco', hostname }: RulesOptions) {
  const fixed = Object.entries(staticFields).map(([key, value]) => [toBytes(key), toBytes(value)] as const);
  const host = toBytes(hostname ?? runtime.machineName());
  return { staticFields: new Map(fixed), semantics: fieldSemantics, hostname: () => host };
}

type Tables = ReadonlyMap<string, FieldTable>;

function rulesetOf<Plugins extends readonly Plugin[]>(
  loaded: Pick<LoadOutcome, 'rules' | 'correlations'>,
  tables: Tables,
  plugins: readonly Plugin[],
  options: RulesOptions<Plugins>,
): Ruleset<Plugins> {
  const selections = (options.select ?? []).map(({ enable, rule, tag }) => ({
    enable,
    ...(rule !== undefined && { rule: toBytes(rule) }),
    ...(tag !== undefined && { tag: toBytes(tag) }),
  }));
  const rules = selectRules(loaded.rules, selections).filter(({ info }) => info.source !== KERNEL_SOURCE);
  const { correlate = { lateness: 120 } } = options;
  const correlations = selectRules(loaded.correlations, selections);
  const correlating =
    correlate === false
      ? undefined
      : createCorrelating({ correlations, rules, alerts: alertOptions(options), ...correlate });
  const evaluators = new Map<string, SourceRules>();
  const pluginOf = (source: string): Plugin => {
    const plugin = plugins.find((each) => each.source?.name === source);
    if (plugin === undefined && source !== SOURCE)
      throw new RangeError(`no plugin brings the event source ${JSON.stringify(source)}`);
    return plugin ?? auditEvents;
  };
  const named = (name: string): Plugin => {
    const plugin = plugins.find((each) => each.name === name);
    if (plugin === undefined) throw new RangeError(`there is no plugin ${JSON.stringify(name)}`);
    return plugin;
  };
  const rulesOf = (source: string): SourceRules => {
    const known = evaluators.get(source);
    if (known !== undefined) return known;
    const own = rules.filter(({ info }) => info.source === source);
    const made = createSourceRules(source, pluginOf(source), own, options, correlating);
    evaluators.set(source, made);
    return made;
  };
  rulesOf(SOURCE);

  return {
    rules: rules.filter(({ compiled }) => compiled.definition.alert).map(descriptionOf),
    correlations: correlations.map(descriptionOf),
    evaluate(events, { opened, plugin, source } = {}) {
      const own = plugin === undefined ? undefined : named(plugin);
      return rulesOf(source ?? own?.source?.name ?? opened?.name ?? SOURCE).evaluate(events, opened, own);
    },
    finish: () => correlating?.finish() ?? [],
    explain(name, events, { plugin } = {}) {
      const rule = rules.find(({ info }) => info.name === toBytes(name));
      if (rule === undefined) throw new RangeError(`no rule that runs is called ${JSON.stringify(name)}`);
      const { source } = rule.info;
      const explanations: RuleExplanation[] = [];
      const own = plugin === undefined ? undefined : named(plugin);
      rulesOf(source).readerOf(undefined, own)(events, (event) => {
        const explained = explainCondition(rule.compiled.condition, tables.get(source)!, event);
        explanations.push(toRuleExplanation(explained, lackingOf(own ?? pluginOf(source), event)));
      });
      return explanations;
    },
  };
}

const descriptionOf = ({ info }: LoadedRule | LoadedCorrelation): RuleDescription => ({
  name: fromBytes(info.name),
  priority: PRIORITIES[info.priority]!,
  tags: info.tags.map(fromBytes),
});

interface SourceRules {
  evaluate(events: AuditEvents, opened: EvaluateOptions['opened'], plugin?: Plugin): Evaluation;
  readerOf(opened: EvaluateOptions['opened'], plugin?: Plugin): ReturnType<typeof createReader>;
}

/** The rules of one event source. */
function createSourceRules(
  source: string,
  plugin: Plugin,
  rules: readonly LoadedRule[],
  options: RulesOptions,
  correlating: Correlating | undefined,
): SourceRules {
  const byInfo = new Map(rules.map((rule) => [rule.info, rule]));
  const compiled = rules
    .filter((rule) => rule.compiled.definition.alert)
    .map((rule) => compileRule(rule, alertOptions(options), correlating?.set.throttle(rule)));
  const { prefilter = true, prefilterCheck = 10_000, matching = 'first' } = options;
  const ruleset = createRuleset(compiled, {
    matching,
    prefiltered: prefilter,
    check: { every: prefilterCheck, counts: { checked: 0, different: 0 } },
    ...(correlating && { trackers: correlating.set.trackers(source), onMatch: correlating.match }),
  });
  const readers = new Map<unknown, Map<Plugin, ReturnType<typeof createReader>>>();
  const readerOf: SourceRules['readerOf'] = (opened, own = plugin) => {
    const readersOf = readers.get(opened) ?? new Map<Plugin, ReturnType<typeof createReader>>();
    const known = readersOf.get(own) ?? createReader(source, own, options.clusterName, opened);
    readers.set(opened, readersOf.set(own, known));
    return known;
  };
  return {
    readerOf,
    evaluate(events, opened, own = plugin) {
      const read = readerOf(opened, own);
      const alerts: RuleAlert[] = [];
      const lacking: string[] = [];
      const add = (event: Event, state?: number): void => {
        const note = lackingOf(own, event);
        if (note !== undefined) lacking.push(note);
        correlating?.seen(event.seconds);
        for (const alert of ruleset.evaluate(event, state))
          if (correlating?.admit(alert) !== false)
            alerts.push(toRuleAlert(alert, byInfo.get(alert.rule)!, event));
      };
      const onPassed = (_count: number, seconds: number): void => correlating?.seen(seconds);
      const { prefilter, selfCheck: check } = ruleset;
      const faults = read(events, add, prefilter && { prefilter, onPassed, check });
      if (correlating !== undefined) alerts.push(...correlating.settle());
      return { alerts, faults: [...faults, ...lacking] };
    },
  };
}

function alertOptions({ format, hostname }: RulesOptions) {
  const json = { enabled: format === 'json', output: true, tags: true, message: false, outputFields: true };
  return { json, isoTime: false, hostname: toBytes(hostname ?? runtime.machineName()) };
}
