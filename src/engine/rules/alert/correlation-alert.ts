// A firing of a correlation → its alert: one line of text or JSON, in the form of rules' alerts, with what is known of the
// events together (docs/correlation.md).

import type { ByteString } from '../../../bytes.js';
import { clockText, isoText, localOffset, nanosText, timeOfMicros } from '../../../time.js';
import type { Firing } from '../../correlation/match.js';
import { type Alert, PRIORITIES, type RuleInfo } from './alert.js';
import { type AlertOptions, jsonFrame } from './alert-format.js';
import { escapeLine, jsonArray, jsonString } from './json-text.js';

/** A piece of the output: what is known of all events, or a text of the one that completes the alert. */
export type CorrelationPart = { readonly field: CorrelationField } | { readonly text: ByteString };

/** What `%corr.…` may be. */
export const CORRELATION_FIELDS = [
  'count',
  'distinct',
  'first',
  'last',
  'events',
  'group',
  'suppressed',
] as const;
export type CorrelationField = (typeof CORRELATION_FIELDS)[number];

export interface CorrelationOutput {
  readonly info: RuleInfo;
  readonly parts: readonly CorrelationPart[];
  /** Names of the events' fields whose JSON stands behind the texts of a match, in order of bytes. */
  readonly fields: readonly ByteString[];
}

const AT_LEAST = '\u00e2\u0089\u00a5';
const MISSING = '<NA>';

/** How firings are written. */
export interface CorrelationFormat {
  readonly alertOf: (firing: Firing) => Alert;
  readonly textsOf: (firing: Firing) => CorrelationTexts;
}

/** What programs take apart. */
export interface CorrelationTexts {
  readonly message: ByteString;
  /** Names and JSON of the fields in the output. */
  readonly fields: readonly (readonly [name: ByteString, json: ByteString])[];
  readonly group: readonly ByteString[];
}

/** Compiles how a correlation's alerts are written. */
export function createCorrelationFormat(output: CorrelationOutput, options: AlertOptions): CorrelationFormat {
  const { info } = output;
  const line = options.json.enabled ? jsonLine(output, options) : textLine(output, options);
  return {
    alertOf: (firing) => ({ rule: info, line: line(firing) }),
    textsOf: (firing) => ({
      message: messageOf(output, firing),
      fields: [...fieldEntries(output, firing)],
      group: groupOf(firing),
    }),
  };
}

/** The same for summaries of a rule with `suppress`. */
export function createSummaryFormat(rule: RuleInfo, options: AlertOptions): CorrelationFormat {
  const alertOf = (firing: Firing): Alert => summaryAlert(rule, firing, options);
  return {
    alertOf,
    textsOf: (firing) => ({ message: alertOf(firing).line, fields: [], group: groupOf(firing) }),
  };
}

/** The summary of what a rule with `suppress` held back, from its last alert. */
function summaryAlert(rule: RuleInfo, firing: Firing, { json }: AlertOptions): Alert {
  const line = firing.texts[0] ?? '';
  const since = shortTime(firing.first);
  return {
    rule,
    line: json.enabled
      ? `{"correlation":${correlationObject(firing)},${line.slice(1)}`
      : `${line} [${firing.count} more since ${since}]`,
  };
}

function textLine(output: CorrelationOutput, options: AlertOptions): (firing: Firing) => ByteString {
  return (firing) => escapeLine(prefixOf(output, firing, options) + messageOf(output, firing));
}

function jsonLine(output: CorrelationOutput, options: AlertOptions): (firing: Firing) => ByteString {
  const { json } = options;
  const { head, tail } = jsonFrame(output.info, options);
  return (firing) => {
    let line = `{"correlation":${correlationObject(firing)},${head.slice(1)}`;
    const message = messageOf(output, firing);
    if (json.message) line += `,"message":${jsonString(message)}`;
    if (json.output) line += `,"output":${jsonString(prefixOf(output, firing, options) + message)}`;
    if (json.outputFields) line += `,"output_fields":${fieldsObject(output, firing, options)}`;
    return `${line}${tail}${isoText(timeOfMicros(firing.time))}Z"}`;
  };
}

function prefixOf({ info }: CorrelationOutput, { time }: Firing, { isoTime }: AlertOptions): ByteString {
  const at = timeOfMicros(time);
  const shown = isoTime
    ? `${isoText(at)}+0000`
    : `${clockText(at.seconds, localOffset())}.${nanosText(at.nanos)}`;
  return `${shown}: ${PRIORITIES[info.priority]} `;
}

function messageOf({ parts }: CorrelationOutput, firing: Firing): ByteString {
  let own = 0;
  return parts
    .map((part) =>
      'field' in part ? fieldText(part.field, firing) : (firing.texts[own++] ?? withoutEvent(part.text)),
    )
    .join('');
}

/** A text whose event never came. */
const withoutEvent = (text: ByteString): ByteString =>
  text.replace(/%\d*[a-z][\w.]*(?:\[[^\]]*\])?/g, MISSING);

function fieldText(field: CorrelationField, firing: Firing): ByteString {
  const { count, distinct, atLeast, first, last, events, suppressed } = firing;
  switch (field) {
    case 'count':
      return `${atLeast ? AT_LEAST : ''}${count}`;
    case 'distinct':
      return `${atLeast ? AT_LEAST : ''}${distinct}`;
    case 'first':
      return shortTime(first);
    case 'last':
      return shortTime(last);
    case 'events':
      return events.length === 0 ? MISSING : events.join(' ');
    case 'group':
      return groupOf(firing).join(', ');
    case 'suppressed':
      return String(suppressed);
  }
}

/** Between the values of a group, and in place of a missing one: values of events have no such bytes. */
const BETWEEN = '\0';
const NO_VALUE = '\x01';

/** What a value of `group-by` adds to the text that all of them make. @param at from 0 */
export const keyPart = (at: number, value: ByteString | undefined): ByteString =>
  `${at === 0 ? '' : BETWEEN}${value ?? NO_VALUE}`;

const groupOf = ({ key }: Firing): readonly ByteString[] =>
  key.split(BETWEEN).map((value) => (value === NO_VALUE ? MISSING : value));

function correlationObject(firing: Firing): ByteString {
  const { count, distinct, atLeast, first, last, events, suppressed } = firing;
  return (
    `{"count":${count},"distinct":${distinct},"first":${fullTime(first)},"last":${fullTime(last)}` +
    `,"events":${jsonArray(events)},"suppressed":${suppressed}${atLeast ? ',"at_least":true' : ''}}`
  );
}

function fieldEntries({ parts, fields }: CorrelationOutput, firing: Firing): Map<ByteString, ByteString> {
  const texts = parts.filter((part) => 'text' in part).length;
  const entries = new Map(fields.map((name, i) => [name, firing.texts[texts + i] ?? 'null']));
  for (const part of parts)
    if ('field' in part) entries.set(`corr.${part.field}`, fieldJson(part.field, firing));
  return entries;
}

function fieldsObject(output: CorrelationOutput, firing: Firing, { isoTime }: AlertOptions): ByteString {
  const entries = fieldEntries(output, firing);
  const { seconds, nanos } = timeOfMicros(firing.time);
  entries.set(isoTime ? 'evt.time.iso8601' : 'evt.time', `${seconds}${nanosText(nanos)}`);
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, json]) => `${jsonString(name)}:${json}`).join(',')}}`;
}

function fieldJson(field: CorrelationField, firing: Firing): ByteString {
  switch (field) {
    case 'count':
    case 'distinct':
    case 'suppressed':
      return String(firing[field]);
    case 'first':
    case 'last':
      return fullTime(firing[field]);
    case 'events':
      return jsonArray(firing.events);
    case 'group':
      return jsonArray(groupOf(firing));
  }
}

const fullTime = (micros: number | undefined): ByteString =>
  micros === undefined ? 'null' : `"${isoText(timeOfMicros(micros))}Z"`;

const shortTime = (micros: number | undefined): ByteString =>
  micros === undefined ? MISSING : `${isoText(timeOfMicros(micros)).slice(0, 19)}Z`;
