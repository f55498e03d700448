// Every field spelling on every recorded event gives the value that Falco gave, exactly: integers as integers,
// text byte for byte, and a missing value where Falco had none.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromBytes } from '../../src/bytes.js';
import type { Event } from '../../src/event.js';
import type { BoundField, FieldTable, Value } from '../../src/fields/field.js';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { createUnwrapper } from '../../src/sources/unwrap.js';
import { isoText } from '../../src/time.js';

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const latin1 = (path: string): string => readFileSync(new URL(path, import.meta.url), 'latin1');

interface Verdict {
  readonly event: number;
  readonly time: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const events = latin1('events/filters.jsonl').split('\n').filter(Boolean);
const spellings = (JSON.parse(here('field_variants.json')) as readonly string[]).filter(
  (name) => name !== 'evt.plugininfo',
);
// Nanoseconds do not fit a double: integers that large are compared as text.
const verdicts = here('fields.jsonl')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line.replace(/(?<!\\)":(\d{16,})([,}])/g, '":{"integer":"$1"}$2')) as Verdict);

function bind(table: FieldTable, spelled: string): BoundField {
  const bound = table.lookup(spelled);
  if ('error' in bound) throw new Error(bound.error);
  return bound;
}

function read(line: string, num: number): Event {
  const found: Event[] = [];
  const log = (_level: string, message: string): void => {
    throw new Error(message);
  };
  createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 1e9,
    log,
    num,
  })(line, (event) => found.push(event));
  return found[0]!;
}

function recorded(value: Value | undefined): unknown {
  if (value === undefined) return undefined;
  if (typeof value === 'bigint') return value < 10n ** 15n ? Number(value) : { integer: String(value) };
  if (typeof value === 'string') return fromBytes(value);
  return typeof value === 'boolean' ? value : value.map(fromBytes);
}

test('the corpus is whole', () => {
  expect(events).toHaveLength(140);
  expect(verdicts).toHaveLength(140);
  expect(spellings).toHaveLength(332);
});

// One table for all events, so that what it keeps from one event would show in the next.
const table = createFieldTable('k8s_audit', { hostname: () => 'host' });
const fields = new Map(spellings.map((spelled) => [spelled, bind(table, spelled)]));

test.each(verdicts)('event $event', ({ event: index, time, fields: expected }) => {
  const event = read(events[index]!, index);
  const actual: Record<string, unknown> = {};
  for (const [spelled, { field, extract }] of fields) {
    const value = field.json === undefined ? extract(event) : field.json(event);
    if (value !== undefined) actual[spelled] = recorded(value);
  }
  expect(actual).toEqual(expected);
  expect(`${isoText(event)}Z`).toBe(time);
});
