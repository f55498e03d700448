import { expect, test } from 'vitest';
import { createCorrelationRun } from '../../src/authoring/correlate.js';
import { openWorkspace } from '../../src/authoring/workspace.js';
import { fromBytes, toBytes } from '../../src/bytes.js';

const correlation = (type: string, condition: string): string => `
- rule: Read
  desc: d
  condition: ka.verb = get
  output: "%ka.verb"
  priority: NOTICE
  source: k8s_audit
- correlation: C
  desc: d
  type: ${type}
  rules: [Read, {as: changed, condition: ka.verb = update}]
  group-by: [ka.user.name]
  timespan: 60s
  ${condition}
  output: "%ka.user.name did %corr.count"
  priority: NOTICE
  source: k8s_audit
`;

const event = (n: number, verb: string, user: string, name = 'n'): string =>
  JSON.stringify({
    kind: 'Event',
    auditID: `id-${n}`,
    stageTimestamp: `2026-03-01T12:00:${String(n).padStart(2, '0')}.000000Z`,
    verb,
    user: { username: user },
    objectRef: { resource: 'pods', name },
  });

function timeline(rules: string, events: readonly string[]): string {
  const { workspace } = openWorkspace([{ name: 'a.yaml', content: toBytes(rules) }]);
  const run = createCorrelationRun(workspace!.rules, workspace!.correlations);
  for (const text of events)
    workspace!.readEvents(toBytes(text), run.take, (fault) => expect.fail(fromBytes(fault)));
  run.finish();
  return fromBytes(run.timeline(workspace!.correlations[0]!));
}

test('what counted, in which group, which alert came of it, and what is missing', () => {
  const rules = correlation('event_count', 'condition: {gte: 2}');
  const events = [event(1, 'get', 'ann'), event(2, 'list', 'ann'), event(3, 'update', 'bob')];
  expect(
    timeline(rules, [...events, event(4, 'get', 'ann')]),
  ).toBe(`C: event_count of 2 within 60 s, by ka.user.name
  ann
    2026-03-01 12:00:01.000  event 1      Read
    2026-03-01 12:00:04.000  event 4      Read
    2026-03-01 12:00:04.000  ALERT        ann did 2
    gave 1 alert
  bob
    2026-03-01 12:00:03.000  event 3      changed
    missing: 1 more event within 60 s; the fullest window has 1 of 2`);
});

test('values and steps that are missing', () => {
  const values = correlation('value_count', 'condition: {gte: 3, field: ka.target.name}');
  expect(timeline(values, [event(1, 'get', 'ann', 'x'), event(2, 'get', 'ann', 'x')])).toContain(
    'missing: 2 more values of ka.target.name within 60 s; the fullest window has 1 of 3',
  );
  const steps = correlation('temporal_ordered', '');
  expect(timeline(steps, [event(1, 'get', 'ann')])).toContain('missing within 60 s: changed');
  expect(timeline(steps, [event(1, 'update', 'ann'), event(2, 'get', 'ann')])).toContain(
    'all steps were met, but not one after the other by different events',
  );
  expect(timeline(steps, [event(1, 'list', 'ann')])).toBe(
    `C: temporal_ordered of 2 within 60 s, by ka.user.name
  no event met a step
    Read: no event
    changed: no event`,
  );
});
