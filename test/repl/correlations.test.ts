// Correlations over the events of a session.

import { expect, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { drive } from './support.js';

const RULES = `
- rule: Read
  desc: Somebody reads.
  condition: ka.verb = get
  output: "%ka.verb"
  priority: NOTICE
  source: k8s_audit
- correlation: Two reads
  desc: Somebody reads twice.
  type: event_count
  rules: [Read, {as: listed, condition: ka.verb = list}]
  group-by: [ka.user.name]
  timespan: 60s
  condition: {gte: 2}
  output: "%ka.user.name read %corr.count"
  priority: WARNING
  source: k8s_audit
- correlation: Read then changed
  desc: d
  type: temporal_ordered
  rules: [Read, {as: changed, condition: ka.verb = update}]
  group-by: [ka.user.name]
  timespan: 60s
  output: x
  priority: NOTICE
  source: k8s_audit
`;

const event = (second: number, verb: string, user: string): string =>
  JSON.stringify({
    kind: 'Event',
    auditID: `id-${second}`,
    stage: 'ResponseComplete',
    stageTimestamp: `2026-03-01T12:00:${String(second).padStart(2, '0')}.000000Z`,
    verb,
    user: { username: user },
    objectRef: { resource: 'pods', name: 'n' },
  });

const EVENTS = [event(1, 'get', 'ann'), event(2, 'get', 'bob'), event(3, 'list', 'ann')];
const open = (events = EVENTS) =>
  drive({ files: [{ name: 'rules.yaml', content: toBytes(RULES) }] }, events.join('\n'));

const ANN = `  ann
    2026-03-01 12:00:01.000  event 1      Read
    2026-03-01 12:00:03.000  event 3      listed
    2026-03-01 12:00:03.000  ALERT        ann read 2
    gave 1 alert`;
const BOB = `  bob
    2026-03-01 12:00:02.000  event 2      Read
    missing: 1 more event within 60 s; the fullest window has 1 of 2`;
const HEAD = 'Two reads: event_count of 2 within 60 s, by ka.user.name';

test('why of a correlation draws its windows over the events, and says what is missing', async () => {
  const { run } = open();
  expect(await run('why Two reads')).toBe(`${HEAD}\n${ANN}\n${BOB}`);
});

test('why of a correlation and an event shows the windows in which it counted', async () => {
  const { run } = open([...EVENTS, event(4, 'delete', 'ann')]);
  expect(await run('why #2 Two reads')).toBe(`${HEAD}\n${BOB}`);
  expect(await run('why #4 "Two reads"')).toBe(`${HEAD}\n  the event met no step`);
  expect(await run('why #9 Two reads')).toContain('there is no event #9');
});

test('an event that is loaded later is counted', async () => {
  const { run } = open();
  await run('why Two reads');
  await run(event(5, 'get', 'bob'));
  expect(await run('why Two reads')).toContain('bob read 2');
});

test('rules lists correlations with their alerts, and what the nearest group lacks', async () => {
  const answer = await open().run('rules');
  expect(answer).toContain(`2 correlations, alerts over 3 events; why NAME shows the windows:
       1  Two reads  (3 events met a step)
       0  Read then changed  (2 events met a step)
          missing within 60 s: changed (ann)`);
});

test('show prints a correlation, and Tab completes its name', async () => {
  const { run, session } = open();
  expect(await run('show Two reads')).toBe(`correlation Two reads
  Somebody reads twice.
  event_count of 2 within 60 s, by ka.user.name
  steps:
    Read
    listed  ka.verb = list
  output: %ka.user.name read %corr.count
  priority: Warning`);
  expect(session.complete('why Two').words).toEqual(['Two reads']);
  expect(session.complete('show Two').words).toEqual(['Two reads']);
  expect(session.complete('fuzz Two').words).toEqual([]);
});
