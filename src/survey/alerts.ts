// Events of a log → alerts of all rules that match, with what people ask of each: when, who, what, from where.

import type { ByteString } from '../bytes.js';
import { PRIORITIES } from '../engine/rules/alert/alert.js';
import type { AlertOptions } from '../engine/rules/alert/alert-format.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import { compileRule, createRuleset } from '../engine/rules/ruleset.js';
import type { Event } from '../event.js';
import type { FieldTable, Value } from '../fields/field.js';
import { isoText } from '../time.js';
import { timeOf } from './reading.js';

/** One rule's match on one event. Texts are byte strings; empty where the event has no such value. */
export interface LogAlert {
  readonly rule: LoadedRule;
  /** The message without time and priority. */
  readonly output: ByteString;
  /** The line that Falco would print. */
  readonly line: ByteString;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** ISO 8601 with nanoseconds, in UTC. */
  readonly iso: ByteString;
  readonly about: About;
}

/** What an event is about. */
export interface About {
  readonly user: ByteString;
  readonly verb: ByteString;
  readonly resource: ByteString;
  readonly namespace: ByteString;
  readonly name: ByteString;
  readonly sources: ByteString;
  readonly code: ByteString;
  readonly auditId: ByteString;
}

const FIELDS = {
  user: 'ka.user.name',
  verb: 'ka.verb',
  resource: 'ka.target.resource',
  namespace: 'ka.target.namespace',
  name: 'ka.target.name',
  sources: 'ka.sourceips',
  code: 'ka.response.code',
  auditId: 'ka.auditid',
} as const;

/** Makes a reader of what an event is about. */
export function createAbout(table: FieldTable): (event: Event) => About {
  const reader = (field: keyof typeof FIELDS): ((event: Event) => ByteString) => {
    const read = textReader(table, FIELDS[field]);
    return (event) => read(event) ?? '';
  };
  const [user, verb, resource, namespace] = [
    reader('user'),
    reader('verb'),
    reader('resource'),
    reader('namespace'),
  ];
  const [name, sources, code, auditId] = [
    reader('name'),
    reader('sources'),
    reader('code'),
    reader('auditId'),
  ];
  return (event) => ({
    user: user(event),
    verb: verb(event),
    resource: resource(event),
    namespace: namespace(event),
    name: name(event),
    sources: sources(event),
    code: code(event),
    auditId: auditId(event),
  });
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
  /** The rules' prefilter, for the reading. */
  readonly prefilter: ReturnType<typeof createRuleset>['prefilter'];
  /** The alerts of an event, in order of the rules. */
  alertsOf(event: Event, state?: number): readonly LogAlert[];
}

/** @param rules those that run; all of them count for each event */
export function createAlertReader(
  rules: readonly LoadedRule[],
  table: FieldTable,
  options: AlertOptions,
): AlertReader {
  const byInfo = new Map(rules.map((rule) => [rule.info, rule]));
  const { prefilter, evaluate } = createRuleset(
    rules.map((rule) => compileRule(rule, options)),
    { matching: 'all' },
  );
  const about = createAbout(table);
  return {
    prefilter,
    alertsOf: (event, state) =>
      evaluate(event, state).map(({ rule: info, line }) => {
        const rule = byInfo.get(info)!;
        return {
          rule,
          line,
          output: rule.compiled.template.render(event),
          time: timeOf(event),
          iso: `${isoText(event)}Z`,
          about: about(event),
        };
      }),
  };
}

/** `Critical` */
export const priorityName = ({ info }: LoadedRule): string => PRIORITIES[info.priority]!;
