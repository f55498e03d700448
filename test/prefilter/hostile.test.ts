// Events made to mislead the prefilter: keys and values with escapes, keys twice, keys of the same name elsewhere, values of
// other types, values missing, white space everywhere, broken text. With and without the prefilter the same alerts.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { PREFILTERED, ruleOf, rulesetsOf, runnerOf } from './support.js';

const CONDITIONS = [
  'ka.verb = create',
  'ka.verb in (create, update) and ka.target.resource = pods',
  'not ka.verb = create',
  'ka.verb != create and jevt.value[/stage] in (ResponseComplete)',
  'ka.target.name startswith "a" or ka.user.name = "system:admin"',
  'tolower(ka.target.namespace) = kube-system and not ka.user.name exists',
  'ka.response.code >= 400',
  'ka.response.code = 200 and ka.target.resource exists',
  'ka.user.name = anyof (admin, "caf\u00e9") or len(ka.verb) = 6',
  'jevt.value[/objectRef/name] = "1" or jevt.value[/verb] = true',
  'jevt.rawtime = 0 or jevt.rawtime exists and ka.verb = get',
  'jevt.rawtime = 1700000000000000000',
  'ka.uri glob "/api*" and not jevt.value[/a/b/c] exists',
  'ka.verb = get and (ka.req.pod.host_network = true or jevt.value[/requestObject/spec/0] exists)',
  'evt.num > 3 and ka.verb = delete',
  'jevt.value[/nothing] = x and ka.verb = list',
  'jevt.value[/requestObject] in ({}, []) or jevt.value[/user] = "{}"',
  'jevt.value[/objectRef] contains pods and ka.verb != get',
  'jevt.value[/a] exists and not jevt.value[/requestObject] contains create',
  'ka.user.name icontains anyof (ADMIN, "caf\u00c9") and not ka.uri endswith /v1',
  'ka.uri contains anyof (api, healthz, "a\\"b") or ka.user.name endswith min and ka.verb = get',
  'jevt.value[/objectRef] contains "name" and jevt.value[/objectRef] endswith "}" or ka.verb intersects (create, get)',
  'jevt.value[/a] startswith 1 or jevt.value[/a] endswith e or jevt.value[/a] icontains NULL or jevt.value[/a] = true',
  'jevt.value[/a/0] = create and not jevt.value[/b/0/0] exists',
  'jevt.value[/requestObject/a/1] exists or jevt.value[/objectRef/name/0] in (create, 1)',
  'jevt.value[/user/-1] exists or jevt.value[/a/+0/verb] startswith cre or jevt.value[/b/99999999999999999999] exists',
  'jevt.value[/a/1/0] = create or jevt.value[/nothing/-0] = x',
];
// Text of a JSON string, some of its letters as escapes.
const spelled = (text: string): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: text.length, maxLength: text.length }).map(
    (picks) =>
      `"${[...text]
        .map((char, i) => {
          if (char === '"' || char === '\\') return `\\${char}`;
          return picks[i] === 0 ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char;
        })
        .join('')}"`,
  );
const WORDS = [
  'create',
  'update',
  'get',
  'delete',
  'list',
  'pods',
  'ResponseComplete',
  'RequestReceived',
  'admin',
  'system:admin',
  'kube-system',
  'Kube-System',
  'abc',
  '1',
  '',
  'caf\u00e9',
  'x'.repeat(300),
  '/api/v1',
  '/healthz',
  'a"b',
  'Event',
];
const word = fc
  .oneof({ weight: 4, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ maxLength: 12 }))
  .chain(spelled);
const scalar = fc.oneof(
  { weight: 5, arbitrary: word },
  fc.constantFrom(
    '1',
    '200',
    '404',
    '1e3',
    '-0',
    'true',
    'false',
    'null',
    '2.50',
    'nan',
    '[]',
    '[ ]',
    '{ }',
    '["create", "pods"]',
    '{}',
    '["create"]',
    '{"verb":"create"}',
    '[{"verb":"create"},["x"]]',
    '[[1], {"0":"create"}, ["create"]]',
    '[["create",[]],["create"]]',
    '"create\\u0000x"',
    '"create\x00x"',
    '["a\x00","create"]',
    '{"a":"\x00","name":"create"}',
    '"\\z"',
  ),
);
const KEYS = [
  'verb',
  'stage',
  'objectRef',
  'resource',
  'name',
  'namespace',
  'user',
  'username',
  'responseStatus',
  'code',
  'requestURI',
  'requestObject',
  'spec',
  'hostNetwork',
  'auditID',
  'kind',
  'a',
  'b',
  'nothing',
  'other',
  '0',
  '1',
  '-1',
  '',
];
const key = fc.constantFrom(...KEYS).chain(spelled);
const space = fc.constantFrom('', '', '', '', ' ', '\t', '\r', '  ');

function object(depth: number): fc.Arbitrary<string> {
  const value = depth === 0 ? scalar : fc.oneof({ weight: 3, arbitrary: scalar }, object(depth - 1));
  return fc
    .array(fc.tuple(key, space, value, space), { maxLength: 6 })
    .map(
      (members) =>
        `{${members.map(([name, before, text, behind]) => `${before}${name}:${before}${text}${behind}`).join(',')}}`,
    );
}

const TIMES = [
  '2026-01-02T03:04:05.678901Z',
  '1970-01-01T00:00:00Z',
  '1970-01-01T00:00:00.000000Z',
  '2023-11-14T22:13:20.000000000Z',
  '2023-11-14T22:13:20Z',
  '2023-11-14T23:13:20+01:00',
  '2026-02-29T00:00:00Z',
  '2024-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '2554-07-21T23:34:33.709551616Z',
  '2026-1-2T03:04:05Z',
  'soon',
  '2026-01-02T03:04:05,5Z',
  '2026-01-02T24:04:05Z',
];
const member = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
  fc.oneof(
    { weight: 12, arbitrary: value.map((text) => [`"${name}":${text}`]) },
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.tuple(value, value).map(([a, b]) => [`"${name}":${a}`, `"${name}":${b}`]) },
    { weight: 1, arbitrary: fc.tuple(spelled(name), value).map(([k, v]) => [`${k}:${v}`]) },
    { weight: 1, arbitrary: scalar.map((text) => [`"${name}":${text}`]) },
  );
const audit = fc
  .tuple(
    member('kind', fc.constant('"Event"')),
    member('auditID', word),
    member('stage', fc.constantFrom('"ResponseComplete"', '"RequestReceived"')),
    member(
      'stageTimestamp',
      fc.constantFrom(...TIMES, ...TIMES.slice(0, 1)).map((time) => `"${time}"`),
    ),
    member('verb', fc.constantFrom('"create"', '"update"', '"get"', '"delete"', '"list"')),
    member('objectRef', object(1)),
    member('user', object(1)),
    member('responseStatus', object(0)),
    member('requestURI', word),
    member('requestObject', object(2)),
    object(1).map((text) => (text === '{}' ? [] : [text.slice(1, -1)])),
    space,
  )
  .chain((parts) => {
    const members = parts.slice(0, -1).flat() as string[];
    return fc
      .shuffledSubarray(members, { minLength: members.length })
      .map((all) => `{${all.join(`,${parts[11]}`)}}`);
  });
const line = fc
  .oneof(
    { weight: 12, arbitrary: audit },
    { weight: 1, arbitrary: fc.array(audit, { maxLength: 3 }).map((events) => `[${events.join(',')}]`) },
    {
      weight: 1,
      arbitrary: fc
        .array(audit, { maxLength: 3 })
        .map((events) => `{"kind":"EventList","items":[${events.join(',')}]}`),
    },
    { weight: 1, arbitrary: fc.tuple(audit, fc.nat({ max: 200 })).map(([text, at]) => text.slice(0, at)) },
    { weight: 1, arbitrary: object(2) },
  )
  .map((text) => toBytes(text).replaceAll('\n', ' ').replace(/\r+$/, '') || '{}');

const RUNS = Number(process.env['SCREEN_RUNS'] ?? 150);

// Few rules, so that many events match none.
const RULESETS = CONDITIONS.map((_, i) => [i, i + 1, i + 5].map((n) => CONDITIONS[n % CONDITIONS.length]!));

// What readers write by themselves, and what they leave.
const OUTPUTS = [
  '%ka.verb "%ka.user.name" (%ka.target.name)\\%ka.target.resource',
  '%evt.num %ka.auditid %evt.rawtime',
  'caf\u00e9 %ka.verb',
  '%ka.uri %ka.response.code %jevt.value[/requestObject/spec/hostNetwork] %jevt.value[/a]%ka.stage',
  '%evt.time %ka.auditid %ka.user.name %jevt.value[/other/0]%jevt.value[/a/1/0]',
];

test.each(RULESETS)('%s | %s | %s', (...conditions) => {
  const text = conditions
    .map((condition, i) => ruleOf(`R${i}`, condition, OUTPUTS[(i + condition.length) % OUTPUTS.length]))
    .join('');
  let passed = 0;
  for (const matching of ['first', 'all'] as const) {
    const rulesets = rulesetsOf(text, matching);
    const plain = runnerOf(rulesets, 'plain');
    const runners = PREFILTERED.map((way) => [way, runnerOf(rulesets, way)] as const);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        const { outcome: expected } = plain(lines);
        for (const [way, run] of runners) {
          const { outcome, passed: more } = run(lines);
          passed += more;
          expect({ way, ...outcome }).toEqual({ way, ...expected });
        }
      }),
      { numRuns: RUNS },
    );
  }
  // The prefilter was of use.
  expect(passed).toBeGreaterThan(RUNS / 10);
});
