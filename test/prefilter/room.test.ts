// More states, steps, classes and values than there is room for: what is forgotten is learned again, and the alerts stay
// the same.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { PREFILTERED, ruleOf, rulesetsOf, runnerOf } from './support.js';

const event = (members: object): string =>
  JSON.stringify({
    kind: 'Event',
    auditID: 'a',
    stageTimestamp: '2026-01-02T03:04:05.678901Z',
    verb: 'get',
    ...members,
  });

function expectSame(rules: string, lines: readonly string[]): void {
  const rulesets = rulesetsOf(rules, 'all');
  const plain = runnerOf(rulesets, 'plain');
  const runners = PREFILTERED.map((way) => [way, runnerOf(rulesets, way)] as const);
  for (let time = 0; time < 2; time++) {
    const { outcome: expected } = plain(lines);
    expect(expected.alerts.length).toBeGreaterThan(10);
    for (const [way, run] of runners) {
      const { outcome, passed } = run(lines);
      expect({ way, ...outcome }).toEqual({ way, ...expected });
      if (way !== 'walked') expect(passed).toBeGreaterThan(lines.length / 4);
    }
  }
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

test('states and steps: every pair of a namespace and a name leads to a state of its own', () => {
  const rules = range(70).map((i) =>
    ruleOf(
      `R${i}`,
      `ka.target.namespace = n${i} and ka.target.name = m${(i * 7) % 70} and jevt.value[/x] exists`,
    ),
  );
  const more = range(70).map((i) =>
    ruleOf(`S${i}`, `ka.target.name != m${i} and ka.target.namespace = n${i} and ka.verb = put`),
  );
  const lines = range(9000).map((i) => {
    const objectRef = { namespace: `n${i % 70}`, name: `m${Math.floor(i / 70) % 70}` };
    return event({ objectRef, ...(i % 3 === 0 && { x: 1 }) });
  });
  expectSame(rules.join('') + more.join(''), lines);
});

test('values: more names than are remembered', () => {
  const rules = ruleOf('R', 'ka.target.name startswith 77') + ruleOf('S', 'ka.uri contains /9999');
  const lines = range(20_000).map((i) =>
    event({ objectRef: { name: `${i}` }, requestURI: `/${'x'.repeat(i % 300)}/${i}` }),
  );
  expectSame(rules, lines);
});

test('values that need a closer look: more than are told apart', () => {
  const rules =
    ruleOf('R', 'ka.uri regex ".*/exec/[0-9]*[37]" and ka.verb = create') +
    ruleOf('S', 'ka.uri regex ".*[37]" and ka.verb = create') +
    ruleOf('T', 'ka.uri startswith /odd and ka.verb = get');
  const lines = range(3000).map((i) =>
    event({
      verb: i % 10 === 0 ? 'create' : 'list',
      ...(i % 4 > 0 && { requestURI: `/${i % 9 === 0 ? 'odd' : 'even'}/exec/${i}${i % 7}` }),
    }),
  );
  expectSame(rules, lines);
});

test('constants of many places together: more than readers are told of', () => {
  const rules = range(60).map((i) =>
    ruleOf(
      `R${i}`,
      `jevt.value[/k${i}] in (${range(100)
        .map((n) => `c${i}x${n}`)
        .join(', ')}) and ka.verb = create`,
    ),
  );
  const lines = range(600).map((i) =>
    event({ verb: i % 5 === 0 ? 'create' : 'get', [`k${i % 60}`]: `c${i % 60}x${(i * 7) % 110}` }),
  );
  expectSame(rules.join(''), lines);
});

test('places: more than a prefilter has', () => {
  const rules = range(100).map((i) => ruleOf(`R${i}`, `jevt.value[/k${i}] = v and ka.verb = create`));
  const lines = range(500).map((i) => event({ verb: i % 5 === 0 ? 'create' : 'get', [`k${i % 120}`]: 'v' }));
  expectSame(rules.join(''), lines);
});

test('keys: a place deeper than readers look, and a key longer than they number', () => {
  const long = 'k'.repeat(80);
  const rules =
    ruleOf('R', 'jevt.value[/a/b/c/d/e/f/g/h/i/j] = v and ka.verb = create') +
    ruleOf('S', `jevt.value[/${long}] = v and ka.verb = create`);
  const deep = (v: string) => ({ a: { b: { c: { d: { e: { f: { g: { h: { i: { j: v } } } } } } } } } });
  const lines = range(200).map((i) =>
    event({ verb: i % 4 === 0 ? 'create' : 'get', ...deep(i % 8 === 0 ? 'v' : 'w'), [long]: 'v' }),
  );
  expectSame(rules, lines);
});

test('constants: more at a place than readers are told of, long ones and odd ones', () => {
  const names = [...range(400).map((i) => `c${i}`), 'x'.repeat(252), 'x'.repeat(254), 'x'.repeat(255)];
  const rules =
    ruleOf('R', `ka.target.name in (${names.join(', ')}) and ka.verb = create`) +
    ruleOf(
      'S',
      `ka.user.name in (${'y'.repeat(253)}, ${'y'.repeat(254)}, ${'y'.repeat(255)}, "a\\"b", true, 5) and ka.verb = create`,
    );
  const users = [
    'y'.repeat(252),
    'y'.repeat(253),
    'y'.repeat(254),
    'y'.repeat(255),
    'a"b',
    true,
    5,
    '5',
    'z',
  ];
  const lines = range(1200).map((i) =>
    event({
      verb: i % 3 === 0 ? 'create' : 'get',
      objectRef: { name: names[(i * 3) % (names.length + 1)] ?? 'x'.repeat(253) },
      user: { username: users[i % users.length] },
    }),
  );
  expectSame(rules, lines);
});

test('memory: what is remembered of an event does not keep the whole of it', () => {
  const run = runnerOf(rulesetsOf(ruleOf('R', 'ka.target.name startswith zz')), 'texts');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const requestObject = 'x'.repeat(90_000);
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  run([event({ objectRef: { name: 'first' }, requestObject })]);
  const before = heap();
  // 270 MB of events.
  for (const i of range(3000))
    run([event({ objectRef: { name: `some-rather-long-name-${i}` }, requestObject })]);
  expect(heap() - before).toBeLessThan(50);
});
