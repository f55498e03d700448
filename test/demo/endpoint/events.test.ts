import { describe, expect, test } from 'vitest';
import { type AuditRecord, createEventGenerator, type EventOptions } from '../../../demo/endpoint/events.js';
import type { Event } from '../../../src/event.js';
import { AUDIT_ENVELOPE } from '../../../src/plugins/audit-log.js';
import { createUnwrapper } from '../../../src/sources/unwrap.js';

function generate(count: number, options?: EventOptions): readonly AuditRecord[] {
  const next = createEventGenerator(options);
  return Array.from({ length: count }, () => next());
}

test('a seed repeats events, another gives others', () => {
  expect(generate(50)).toEqual(generate(50, { seed: 1 }));
  expect(generate(1)[0]!.message).not.toBe(generate(1, { seed: 2 })[0]!.message);
});

test('they are what a source of audit events expects', () => {
  const events: Event[] = [];
  const log = (_level: string, message: string): void => {
    throw new Error(message);
  };
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 'k8s_audit',
    plugin: 'k8saudit-eks',
    maxEventSize: 262_144,
    log,
  });
  const records = generate(500);
  for (const { message } of records) {
    unwrap(message, (event) => events.push(event));
    // Compact, so that slices of the text are values as Falco prints them.
    expect(JSON.stringify(JSON.parse(message))).toBe(message);
  }
  expect(events).toHaveLength(500);
  for (const [i, { seconds }] of events.entries()) {
    // The log entry is written after the event, as AWS does.
    expect(records[i]!.timestamp).toBeGreaterThanOrEqual(seconds * 1000);
    expect(records[i]!.timestamp).toBeLessThan(seconds * 1000 + 2000);
  }
  expect(new Set(records.map((record) => record.stream)).size).toBe(3);
  for (const { stream } of records) expect(stream).toMatch(/^kube-apiserver-audit-[0-9a-f]{32}$/);
});

describe('sizes', () => {
  test.each([
    [1250, 3000],
    [2000, 3000],
    [10_000, 1000],
  ])('%i bytes on average', (averageSize, count) => {
    const total = generate(count, { averageSize }).reduce(
      (sum, { message }) => sum + Buffer.byteLength(message),
      0,
    );
    expect(total / count / averageSize).toBeGreaterThan(0.95);
    expect(total / count / averageSize).toBeLessThan(1.05);
  });
  test('small ones', () => {
    const total = generate(1000, { averageSize: 500 }).reduce((sum, { message }) => sum + message.length, 0);
    expect(total / 1000).toBeLessThan(650);
  });
});

test('time goes on at the rate asked for, or as the caller says', () => {
  const start = Date.UTC(2026, 0, 1);
  const last = generate(1000, { start, eventsPerSecond: 100 })[999]!;
  expect((last.timestamp - start) / 1000).toBeGreaterThan(8);
  expect((last.timestamp - start) / 1000).toBeLessThan(12);
  const { message } = createEventGenerator()(Date.UTC(2030, 5, 1, 12));
  expect(JSON.parse(message).stageTimestamp).toMatch(/^2030-06-01T12:00:00\.000\d{3}Z$/);
});

test('the share on which rules alert', () => {
  const tokens = (alerting: number): number =>
    generate(300, { alerting }).filter(({ message }) => message.includes('"subresource":"token"')).length;
  expect(tokens(0)).toBe(0);
  expect(tokens(1)).toBeGreaterThan(50);
});
