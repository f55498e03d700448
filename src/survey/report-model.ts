// Events of a log → what a report shows: a row of numbers for each event, the values that they stand for, alerts with their events
// and the reasons. Bounded: of longer logs the report holds the first events, all counts, and the most severe alerts.

import { explanationText } from '../authoring/explain-text.js';
import type { Workspace } from '../authoring/workspace.js';
import type { ByteString } from '../bytes.js';
import { fromBytes } from '../bytes.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import { prettyText } from '../json/read.js';
import { type AlertingRule, createAbout, type LogAlert, priorityName } from './alerts.js';
import { timeOf } from './reading.js';

/** What the page is given, as JSON. */
export interface ReportData {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly made: number;
  /** Events read; `columns` may have fewer. */
  readonly events: number;
  readonly alertCount: number;
  readonly lost: string;
  /** Of each event: milliseconds since the one before, and indexes into `values`. */
  readonly columns: Readonly<Record<Column, readonly number[]>>;
  readonly values: Readonly<Record<Exclude<Column, 'time'>, readonly string[]>>;
  readonly rules: readonly ReportRule[];
  readonly alerts: readonly ReportAlert[];
}

interface ReportRule {
  readonly name: string;
  readonly priority: string;
  /** Emergency 0 … Debug 7. */
  readonly level: number;
  readonly description: string;
  readonly condition: string;
  readonly tags: readonly string[];
}

interface ReportAlert {
  /** Index of the rule, and of the event in `columns`; -1: it is not among them. */
  readonly rule: number;
  readonly event: number;
  readonly time: number;
  readonly output: string;
  /** The event as JSON, and the tree of the condition; empty for alerts beyond a limit. */
  readonly json: string;
  readonly why: string;
}

const COLUMNS = ['user', 'verb', 'resource', 'namespace', 'name', 'code', 'source'] as const;
type Column = (typeof COLUMNS)[number] | 'time';

export interface ReportModel {
  /** Every event; its alerts. */
  add(event: Event, alerts: readonly LogAlert<LoadedRule>[]): void;
  /** Alerts of correlations. */
  addCorrelated(alerts: readonly LogAlert[]): void;
  data(title: string, events: number, lost: string): ReportData;
}

/** Events, alerts, and alerts with their events that a report holds. */
const [MOST_EVENTS, MOST_ALERTS, MOST_DETAILS] = [200_000, 20_000, 1000];
/** Of a rule, so many alerts have their events, so that a loud one leaves room for others. */
const MOST_DETAILS_OF_RULE = 25;
const [LONGEST_VALUE, LONGEST_OUTPUT, LONGEST_EVENT, LONGEST_WHY] = [256, 2048, 32_768, 8192];

export function createReportModel(workspace: Workspace): ReportModel {
  const aboutOf = createAbout(workspace.sources);
  const times: number[] = [];
  const columns = Object.fromEntries(COLUMNS.map((column) => [column, createColumn()])) as Readonly<
    Record<Exclude<Column, 'time'>, ReturnType<typeof createColumn>>
  >;
  const rules = new Map<AlertingRule, number>();
  const detailed = new Map<AlertingRule, number>();
  const alerts: ReportAlert[] = [];
  let alertCount = 0;
  let details = 0;
  let last = 0;

  function row(event: Event): number {
    if (times.length === MOST_EVENTS) return -1;
    const { sources, ...about } = aboutOf(event);
    const time = timeOf(event);
    times.push(time - last);
    last = time;
    for (const column of COLUMNS) columns[column].add(column === 'source' ? sources : about[column]);
    return times.length - 1;
  }

  /** @returns whether it is one too many */
  function note(rule: AlertingRule): boolean {
    alertCount++;
    if (!rules.has(rule)) rules.set(rule, rules.size);
    return alerts.length === MOST_ALERTS;
  }

  function addAlert({ rule, time, output }: LogAlert<LoadedRule>, event: Event, number: number): void {
    if (note(rule)) return;
    const before = detailed.get(rule) ?? 0;
    const whole = details < MOST_DETAILS && before < MOST_DETAILS_OF_RULE;
    if (whole) {
      details++;
      detailed.set(rule, before + 1);
    }
    alerts.push({
      rule: rules.get(rule)!,
      event: number,
      time,
      output: clip(output, LONGEST_OUTPUT),
      json: whole ? clip(prettyText(event.document, event.root), LONGEST_EVENT) : '',
      why: whole ? clip(explanationText(workspace.explain(rule, event)), LONGEST_WHY) : '',
    });
  }

  return {
    add(event, found) {
      const number = row(event);
      for (const alert of found) addAlert(alert, event, number);
    },
    addCorrelated(found) {
      for (const { rule, time, output, about } of found) {
        if (note(rule)) continue;
        const why = `of ${about.user === '' ? 'all' : about.user}\nevents: ${about.auditId.replaceAll(' ', '\n        ')}`;
        alerts.push({
          rule: rules.get(rule)!,
          event: -1,
          time,
          output: clip(output, LONGEST_OUTPUT),
          json: '',
          why: clip(why, LONGEST_WHY),
        });
      }
    },
    data: (title, events, lost) => ({
      title,
      made: Date.now(),
      events,
      alertCount,
      lost,
      columns: {
        time: times,
        ...mapped(columns, ({ indexes }) => indexes),
      },
      values: mapped(columns, ({ values }) => values()),
      rules: [...rules.keys()].map(ruleOf),
      alerts,
    }),
  };
}

function mapped<K extends string, A, B>(from: Readonly<Record<K, A>>, of: (value: A) => B): Record<K, B> {
  return Object.fromEntries(Object.entries<A>(from).map(([key, value]) => [key, of(value)])) as Record<K, B>;
}

/** Numbers for values, in order of their first appearance. */
function createColumn() {
  const numbers = new Map<ByteString, number>();
  const indexes: number[] = [];
  return {
    indexes,
    add(value: ByteString): void {
      const short = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}...` : value;
      const known = numbers.get(short);
      indexes.push(known ?? numbers.size);
      if (known === undefined) numbers.set(short, numbers.size);
    },
    values: (): readonly string[] => [...numbers.keys()].map(fromBytes),
  };
}

const clip = (text: ByteString, most: number): string =>
  fromBytes(text.length > most ? `${text.slice(0, most)}\n... ${text.length - most} bytes more` : text);

const isRule = (rule: AlertingRule): rule is LoadedRule => !('plan' in rule.compiled);

/** What a correlation counts, or a rule matches. */
function conditionOf(rule: AlertingRule): ByteString {
  if (isRule(rule)) return rule.compiled.definition.condition.text;
  const { plan, steps } = rule.compiled;
  const lines = steps.map(({ info }) => `${info.name}: ${info.condition?.text.trim() ?? `${info.refers}`}`);
  return [`${plan.type} of ${plan.least} within ${plan.timespan / 1_000_000} s`, ...lines].join('\n');
}

function ruleOf(rule: AlertingRule): ReportRule {
  const { info, compiled } = rule;
  return {
    name: fromBytes(info.name),
    priority: priorityName(rule),
    level: info.priority,
    description: clip(compiled.definition.description, LONGEST_OUTPUT).trim(),
    condition: clip(conditionOf(rule), LONGEST_WHY).trim(),
    tags: info.tags.map(fromBytes),
  };
}
