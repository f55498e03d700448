// Events of a log → alerts of all rules that match, with what people ask of each: when, who, what, from where.

import type { ByteString } from '../bytes.js';
import { PRIORITIES } from '../engine/rules/alert/alert.js';
import type { AlertOptions } from '../engine/rules/alert/alert-format.js';
import type { LoadedCorrelation, LoadedRule } from '../engine/rules/loader.js';
import { compileRule, createRuleset } from '../engine/rules/ruleset.js';
import type { Event } from '../event.js';
import type { FieldTable, Value } from '../fields/field.js';
import type { EventSources } from '../plugins/event-sources.js';
import type { Prefilter } from '../prefilter/prefilter.js';
import { isoText } from '../time.js';
import { createCorrelated } from './correlated.js';
import type { About, AlertingRule, LogAlert } from './log-alert.js';
import { timeOf } from './reading.js';

export type { About, AlertingRule, LogAlert } from './log-alert.js';

type Reader = (event: Event) => ByteString;

const NOTHING: Reader = () => '';

/** Makes a reader of what events are about, by the fields that their plugin names for that. */
export function createAbout({ table, about }: EventSources): (event: Event) => About {
  const made = new Map<string, Readonly<Record<keyof About, Reader>>>();
  function readersOf(source: string): Readonly<Record<keyof About, Reader>> {
    const known = made.get(source);
    if (known !== undefined) return known;
    const fields = about(source);
    const fieldTable = table(source);
    const reader = (field: string | undefined): Reader => {
      const found = field === undefined ? undefined : fieldTable?.lookup(field);
      if (found === undefined || 'error' in found) return NOTHING;
      return (event) => {
        const value = found.extract(event);
        return value === undefined ? '' : valueText(value);
      };
    };
    const readers = {
      user: reader(fields.user),
      verb: reader(fields.verb),
      resource: reader(fields.resource),
      namespace: reader(fields.namespace),
      name: reader(fields.name),
      sources: reader(fields.sources),
      code: reader(fields.code),
      auditId: reader(fields.id),
    };
    made.set(source, readers);
    return readers;
  }
  return (event) => {
    const { user, verb, resource, namespace, name, sources, code, auditId } = readersOf(event.source);
    return {
      user: user(event),
      verb: verb(event),
      resource: resource(event),
      namespace: namespace(event),
      name: name(event),
      sources: sources(event),
      code: code(event),
      auditId: auditId(event),
    };
  };
}

/** Makes a reader of a field as text; lists with commas. undefined: the event has no value. */
export function textReader(table: FieldTable, name: ByteString): (event: Event) => ByteString | undefined {
  const found = table.lookup(name);
  if ('error' in found) throw new TypeError(found.error);
  return (event) => {
    const value = found.extract(event);
    return value === undefined ? undefined : valueText(value);
  };
}

export function valueText(value: Value): ByteString {
  return typeof value === 'object' ? value.join(', ') : String(value);
}

export interface AlertReader {
  /** The prefilter of a source's rules, for the reading. */
  prefilterOf(source: string): Prefilter | undefined;
  /** The alerts of an event, in order of the rules. */
  alertsOf(event: Event, state?: number): readonly LogAlert<LoadedRule>[];
  /** Events up to this time, whole seconds, were passed over. */
  passed(seconds: number): void;
  /** Alerts of correlations that have come about. */
  settle(): readonly LogAlert[];
  /** Those that come about by the end of the log. */
  finish(): readonly LogAlert[];
}

/** What runs. */
export interface AlertingRules {
  readonly rules: readonly LoadedRule[];
  readonly correlations: readonly LoadedCorrelation[];
  /** Those that correlations may count: all that are enabled. */
  readonly counting: readonly LoadedRule[];
}

/** All rules count for each event. */
export function createAlertReader(
  { rules, correlations, counting }: AlertingRules,
  sources: EventSources,
  options: AlertOptions,
): AlertReader {
  const correlated = createCorrelated(correlations, counting, options);
  const byInfo = new Map(rules.map((rule) => [rule.info, rule]));
  const rulesets = new Map(
    sources.names.map((source) => {
      const own = rules.filter(({ info, compiled }) => info.source === source && compiled.definition.alert);
      const compiled = own.map((rule) => compileRule(rule, options));
      return [
        source,
        createRuleset(compiled, {
          matching: 'all',
          trackers: correlated.trackers(source),
          onMatch: correlated.match,
        }),
      ];
    }),
  );
  const about = createAbout(sources);
  return {
    prefilterOf: (source) => rulesets.get(source)?.prefilter,
    passed: correlated.seen,
    settle: correlated.settle,
    finish: correlated.finish,
    alertsOf(event, state) {
      correlated.seen(event.seconds);
      return (rulesets.get(event.source)?.evaluate(event, state) ?? []).map(({ rule: info, line }) => {
        const rule = byInfo.get(info)!;
        return {
          rule,
          line,
          output: rule.compiled.template.render(event),
          time: timeOf(event),
          iso: `${isoText(event)}Z`,
          about: about(event),
        };
      });
    },
  };
}

/** `Critical` */
export const priorityName = ({ info }: AlertingRule): string => PRIORITIES[info.priority]!;
