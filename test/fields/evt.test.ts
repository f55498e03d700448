// evt.* and static.* (spec: rules-language.md §2.10).

import { describe, expect, test } from 'vitest';
import type { BoundField } from '../../src/fields/field.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { localOffset } from '../../src/time.js';
import { eventOf } from './support.js';

const table = createFieldTable('k8s_audit', {
  hostname: () => 'node-7',
  firstEventTime: () => 1_730_000_000_000_000_001n,
  staticFields: new Map([
    ['zone', 'z'],
    ['Area', ''],
  ]),
});
const event = eventOf(' {"auditID" : "a"}', {
  num: 7,
  plugin: 'k8saudit-eks',
  seconds: 1_730_000_000,
  nanos: 153_303_000,
});

function bound(spelled: string): BoundField {
  const found = table.lookup(spelled);
  if ('error' in found) throw new Error(found.error);
  return found;
}

function shown(spelled: string, at = event): string {
  const { field, extract } = bound(spelled);
  const value = extract(at);
  return value === undefined ? '<NA>' : (field.format?.(value) ?? String(value));
}

describe('text', () => {
  test.each([
    ['evt.num', '7'],
    ['evt.time.iso8601', '2024-10-27T03:33:20.153303000+0000'],
    ['evt.rawtime', '1730000000153303000'],
    ['evt.rawtime.s', '1730000000'],
    ['evt.rawtime.ns', '153303000'],
    ['evt.reltime', '153302999'],
    ['evt.reltime.s', '0'],
    ['evt.reltime.ns', '153302999'],
    ['evt.pluginname', 'k8saudit-eks'],
    ['evt.plugininfo', '{"auditID":"a"}'],
    ['evt.source', 'k8s_audit'],
    ['evt.is_async', 'false'],
    ['evt.asynctype', '<NA>'],
    ['evt.hostname', 'node-7'],
    ['static.zone', 'z'],
    ['static.Area', ''],
  ])('%s is %s', (spelled, expected) => {
    expect(shown(spelled)).toBe(expected);
  });

  test('local times use the offset in force now', () => {
    const local = new Date((event.seconds + localOffset()) * 1000).toISOString();
    const [date, clock] = [local.slice(0, 10), local.slice(11, 19)];
    expect(shown('evt.time')).toBe(`${clock}.153303000`);
    expect(shown('evt.time.s')).toBe(clock);
    expect(shown('evt.datetime')).toBe(`${date} ${clock}.153303000`);
    expect(shown('evt.datetime.s')).toBe(`${date} ${clock}`);
  });

  test('fractions have nine digits', () => {
    const early = { ...event, nanos: 5 };
    expect(shown('evt.rawtime.ns', early)).toBe('000000005');
    expect(shown('evt.reltime', early)).toBe('000000004');
  });

  test('an event before the first one has a huge relative time', () => {
    expect(shown('evt.reltime', { ...event, nanos: 0 })).toBe('18446744073709551615');
  });
});

describe('JSON', () => {
  test.each(['evt.time', 'evt.time.s', 'evt.time.iso8601', 'evt.datetime', 'evt.datetime.s', 'evt.rawtime'])(
    '%s is nanoseconds',
    (spelled) => {
      expect(bound(spelled).field.json?.(event)).toBe(1_730_000_000_153_303_000n);
      expect(bound(spelled).field.json?.({ ...event, seconds: -1, nanos: 0 })).toBe(-1_000_000_000n);
    },
  );
  test('parts of times are integers', () => {
    expect(bound('evt.rawtime.ns').field.json?.({ ...event, nanos: 5 })).toBe(5n);
    expect(bound('evt.reltime.s').field.json?.({ ...event, seconds: 1_730_000_010 })).toBe(10n);
  });
});

test('without another way to know it, the first event that is asked for begins the relative time', () => {
  const lone = createFieldTable('k8s_audit').lookup('evt.reltime');
  if ('error' in lone) throw new Error(lone.error);
  expect(lone.extract(event)).toBe(0n);
  expect(lone.extract({ ...event, seconds: event.seconds + 1 })).toBe(1_000_000_000n);
});

test('static fields are suggested for outputs, in bytewise order', () => {
  const fixed = table.classes.find((c) => c.name === 'static');
  expect(fixed?.fields.map((field) => [field.name, field.suggested])).toEqual([
    ['static.Area', true],
    ['static.zone', true],
  ]);
  expect(createFieldTable('k8s_audit').classes.some((c) => c.name === 'static')).toBe(false);
});
