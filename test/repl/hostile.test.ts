// Values that would speak to the terminal: a user's name that clears the screen, breaks the line, turns its direction.

import { expect, it } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { drive } from './support.js';

const NAME = 'evil\u001b[2J\u0001\u009b31m\u202e\u200b]]>\n--- pass <x>&"\'';
const SHOWN = 'evil\\u001b[2J\\u0001\\u009b31m\\u202e\\u200b]]>\\n--- pass <x>&"\'';

const EVENT = JSON.stringify({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Request',
  auditID: '1',
  stage: 'ResponseComplete',
  verb: 'create',
  requestURI: '/api',
  user: { username: NAME, groups: ['a'] },
  objectRef: { resource: 'pods', name: NAME, namespace: 'd' },
  responseStatus: { code: 201 },
  stageTimestamp: '2026-11-30T00:00:00.000001Z',
});

const RULES = `- rule: "R\\x1b[2J\\u009b"
  desc: d
  condition: ka.verb = create
  output: "x %ka.user.name"
  priority: WARNING
  source: k8s_audit
`;

const session = () => drive({ files: [{ name: 'hostile.yaml', content: toBytes(RULES) }] }, EVENT);
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

it.each([
  'ka.user.name startswith evil',
  'events',
  'show',
  'show R',
  'ka.user.name',
  'ka.target.name',
  'print %ka.user.name in %ka.target.namespace',
  'why',
  'near',
  'rules',
  'fuzz',
])('%s: no character moves the cursor, breaks a row or is invisible', async (line) => {
  const { run } = session();
  await run('ka.user.name startswith evil and ka.verb = get');
  const answer = await run(line);
  expect(answer.split('\n').filter((row) => UNSEEN.test(row))).toEqual([]);
});

it('shows each value in one row, spelled as in show', async () => {
  const { run, lines } = session();
  expect(await run('print %ka.user.name')).toBe(`print ${SHOWN}`);
  expect(await run('ka.user.name')).toBe(`ka.user.name: 1 value over 1 event\n       1  ${SHOWN}`);
  expect((await lines('ka.verb exists')).length).toBe(2);
  expect(await run('rules')).toContain('R\\u001b[2J\\u009b');
  expect(await run('show')).toContain('"evil\\u001b[2J\\u0001\\u009b31m\\u202e\\u200b]]>\\n');
});
