// In: rule, priority, text and fields of an alert that the program makes itself. Out: a message for all outputs
// (spec: cli-and-config.md §3.3). Answers to falco_outputs::handle_msg.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { PRIORITIES } from '../engine/rules/alert/alert.js';
import { clockText, isoText, localOffset, nanosText } from '../time.js';
import type { Message } from './output.js';

/** A field's value: text, or a number as it is to be printed (64-bit integers as bigint). */
export type InternalValue = ByteString | number | bigint | Decimal;

/** A number that shows a fraction even where it has none: `0.0`. */
export interface Decimal {
  readonly decimal: number;
}

export type InternalFields = Readonly<Record<ByteString, InternalValue>>;

export interface InternalAlert {
  /** For example `Falco internal: hot restart failure`. */
  readonly rule: ByteString;
  /** Priority number, Emergency 0 … Debug 7. */
  readonly priority: number;
  readonly message: ByteString;
  readonly fields: InternalFields;
  /** Nanoseconds since the epoch, where a field shows the time too; now if not given. */
  readonly time?: bigint;
}

export interface InternalAlertOptions {
  readonly json: boolean;
  readonly hostname: ByteString;
}

/** The alert as outputs write it. `now` is nanoseconds since the epoch; lines are not escaped as those of rules are. */
export function formatInternalAlert(
  alert: InternalAlert,
  options: InternalAlertOptions,
  now: bigint,
): Message {
  const { rule, priority, time = now } = alert;
  return {
    rule,
    priority,
    line: options.json ? jsonLine(alert, options.hostname, time) : textLine(alert, time),
  };
}

/** The Critical alert about new rules or configuration that do not load. */
export function hotRestartFailure(error: ByteString): InternalAlert {
  const rule = 'Falco internal: hot restart failure';
  return { rule, priority: 2, message: `${rule}: ${error}`, fields: {} };
}

/** Fields as one JSON object, keys sorted by bytes. */
export function fieldsJson(fields: InternalFields): ByteString {
  return `{${sorted(fields)
    .map(([key, value]) => `${jsonText(key)}:${valueText(value)}`)
    .join(',')}}`;
}

/** Nanoseconds since the epoch, now; the clock gives milliseconds, the rest is the monotonic clock's. */
export function nowNanos(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

function jsonLine(alert: InternalAlert, hostname: ByteString, time: bigint): ByteString {
  const parts = [
    `"hostname":${jsonText(hostname)}`,
    `"output":${jsonText(alert.message)}`,
    `"output_fields":${fieldsJson(alert.fields)}`,
    `"priority":"${PRIORITIES[alert.priority]}"`,
    `"rule":${jsonText(alert.rule)}`,
    '"source":"internal"',
    `"time":"${isoText(split(time))}Z"`,
  ];
  return `{${parts.join(',')}}`;
}

// Local time even where alerts of rules show UTC; that is how Falco does it.
function textLine(alert: InternalAlert, time: bigint): ByteString {
  const { seconds, nanos } = split(time);
  const clock = `${clockText(seconds, localOffset())}.${nanosText(nanos)}`;
  const fields = sorted(alert.fields).map(([key, value]) => `${key}=${valueText(value)}`);
  return `${clock}: ${PRIORITIES[alert.priority]} ${alert.message} (${fields.join(' ')})`;
}

function split(time: bigint) {
  return { seconds: Number(time / 1_000_000_000n), nanos: Number(time % 1_000_000_000n) };
}

function sorted(fields: InternalFields): [ByteString, InternalValue][] {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function valueText(value: InternalValue): ByteString {
  if (typeof value === 'string') return jsonText(value);
  if (typeof value !== 'object') return String(value);
  return Number.isInteger(value.decimal) ? `${value.decimal}.0` : String(value.decimal);
}

// Falco's JSON writer escapes quotes, backslashes and controls and repairs UTF-8; JSON.stringify does the same,
// but for the surrogates, which UTF-8 text cannot hold.
function jsonText(bytes: ByteString): ByteString {
  return toBytes(JSON.stringify(fromBytes(bytes)));
}
