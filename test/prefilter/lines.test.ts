// Alerts that the reader writes by itself, without an event made of them: byte for byte what evaluation writes.

import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { type Looks, type Rulesets, type Run, ruleOf, rulesetsOf, runnerOf } from './support.js';

afterEach(() => {
  process.env['TZ'] = 'UTC';
  vi.useRealTimers();
});

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** An event as text, its members as they are to be written. */
function event(members: Readonly<Record<string, string>> = {}): string {
  const all = {
    kind: '"Event"',
    auditID: '"a"',
    stageTimestamp: '"2026-01-02T03:04:05.678901Z"',
    verb: '"get"',
    ...members,
  };
  return `{${Object.entries(all)
    .map(([key, text]) => `"${key}":${text}`)
    .join(',')}}`;
}

/**
 * Runs lines as a block and as texts, each twice, so that the second time all is known that can be; they must give what
 * evaluation gives.
 */
function written(rules: string, lines: readonly string[], matching: 'first' | 'all' = 'first'): Run {
  return writtenBy(rulesetsOf(rules, matching), lines);
}

function writtenBy(rulesets: Rulesets, lines: readonly string[], clusterName?: string): Run {
  const plain = runnerOf(rulesets, 'plain', clusterName);
  const runners = (['block', 'texts'] as const).map((way) => runnerOf(rulesets, way, clusterName));
  let runs: readonly Run[] = [];
  for (let time = 0; time < 2; time++) {
    const { outcome } = plain(lines);
    runs = runners.map((run) => run(lines));
    for (const run of runs) expect(run.outcome).toEqual(outcome);
  }
  const [block, texts] = runs;
  expect(texts).toEqual(block);
  return block!;
}

const line = (output: string, members: Readonly<Record<string, string>>): Run =>
  written(ruleOf('R', 'ka.verb = get', output), [event(members)]);

describe('what is written', () => {
  test.each([
    ['a string', '"x y/z"', 'x y/z'],
    ['an empty string', '""', ''],
    ['a number as it stands', '1.50e3', '1.50e3'],
    ['true', 'true', 'true'],
    ['null', 'null', 'null'],
    [
      'escapes that a line has as well',
      '"a \\"b\\" \\\\ \\n\\t\\r\\b\\f."',
      'a \\"b\\" \\\\ \\n\\t\\r\\b\\f.',
    ],
    ['a long string', `"${'0123456789abcdef'.repeat(40)}"`, '0123456789abcdef'.repeat(40)],
    ['sixteen chars', '"0123456789abcdef"', '0123456789abcdef'],
    ['DEL', '"\x7f"', '\x7f'],
    ['an object', '{"a":"b","c":{}}', '{\\"a\\":\\"b\\",\\"c\\":{}}'],
    ['an array with escapes', '[1,"\\n\\u0041\\""]', '[1,\\"\\\\n\\\\u0041\\\\\\"\\"]'],
  ])('%s', (_name, text, expected) => {
    const { outcome, written: count } = line('<%ka.user.name>', { user: `{"username":${text}}` });
    expect(outcome.alerts).toEqual([`03:04:05.678901000: Informational <${expected}>`]);
    expect(count).toBe(1);
  });
  test('a missing value', () => {
    const { outcome, written: count } = line('<%ka.user.name> <%jevt.value[/x/y]>', {});
    expect(outcome.alerts).toEqual(['03:04:05.678901000: Informational <<NA>> <<NA>>']);
    expect(count).toBe(1);
  });
  test('an element of an array', () => {
    const output = '%jevt.value[/x/1] %jevt.value[/x/7] %jevt.value[/x/2/y/0]';
    const { outcome, written: count } = line(output, { x: '[1,"b",{"y":[true]}]' });
    expect(outcome.alerts).toEqual(['03:04:05.678901000: Informational b <NA> true']);
    expect(count).toBe(1);
  });
  test('literals with quotes and backslashes, and a long one', () => {
    const output = `"a\\b" ${'long '.repeat(300)}%ka.verb`;
    expect(line(output, {}).written).toBe(1);
  });
  test.each(['first', 'all'] as const)(
    'the alert of the first of two rules, if that is all (%s)',
    (matching) => {
      const rules =
        ruleOf('A', 'ka.verb = get', '%ka.verb') + ruleOf('B', 'ka.verb in (get, put)', '%ka.stage');
      const { written: count } = written(rules, [event(), event({ verb: '"put"' })], matching);
      expect(count).toBe(matching === 'first' ? 2 : 1);
    },
  );
});

describe('what is left to evaluation', () => {
  test.each([
    ['escapes of other chars', '"\\u0041\\u00e9"'],
    ['an escaped slash', '"a\\/b"'],
    ['NUL', '"a\\u0000b"'],
    ['bytes that are no ASCII', '"caf\xc3\xa9"'],
    ['controls as they are', '"a\tb"'],
    ['white space in an object', '{"a": "b"}'],
    ['an array with bytes that are no ASCII', '["\xc3\xa9"]'],
  ])('%s', (_name, text) => {
    expect(line('<%ka.user.name>', { user: `{"username":${text}}` }).written).toBe(0);
  });
  test.each([
    '%evt.num',
    '%10ka.verb',
    '%toupper(ka.verb)',
    '%ka.user.groups',
    '%jevt.rawtime',
    '%jevt.obj',
    'caf\u00e9',
  ])('an output with %s', (part) => {
    expect(line(`%ka.verb ${part}`, {}).written).toBe(0);
  });
  test('a key that may be the one that is looked for', () => {
    expect(line('%ka.user.name', { user: '{"user\\u006eame":"x"}' }).written).toBe(0);
  });
  test('a line that is longer than all the room', () => {
    const { outcome, written: count } = line('%ka.user.name', {
      user: `{"username":"${'x'.repeat(70_000)}"}`,
    });
    expect(outcome.alerts[0]!.length).toBeGreaterThan(70_000);
    expect(count).toBe(0);
  });
});

describe('the time of day', () => {
  const times: readonly (readonly [string, number])[] = [
    ['2026-01-02T03:04:05Z', 1],
    ['2026-01-02T03:04:05.1Z', 1],
    ['2026-01-02T23:59:59.123456789Z', 1],
    ['2026-01-02T00:00:00.000000001Z', 1],
    ['1970-01-01T00:00:00Z', 1],
    ['2026-01-02T03:04:05.1234567891Z', 0],
    ['1969-12-31T23:59:59Z', 0],
    ['2554-07-21T23:34:34Z', 0],
  ];
  test.each(['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
    'in %s',
    (zone) => {
      process.env['TZ'] = zone;
      // The offset is asked for once in a quarter of an hour.
      vi.useFakeTimers({ now: Date.parse('2026-03-04T05:06:07Z') + zone.length * 3_600_000 });
      expect(new Date().getTimezoneOffset() === 0).toBe(zone === 'UTC');
      for (const [time, count] of times) {
        const run = line('%evt.time %ka.verb', { stageTimestamp: `"${time}"` });
        expect({ time, written: run.written }).toEqual({ time, written: count });
      }
    },
  );
});

test('the time of the last event that nobody needed to see', () => {
  const rulesets = rulesetsOf(ruleOf('R', 'ka.verb = get', '%ka.verb'), 'first');
  const runners = (['block', 'texts'] as const).map((way) => runnerOf(rulesets, way));
  for (const run of runners) run([event(), event({ verb: '"put"' })]);
  fc.assert(
    fc.property(
      fc.date({
        min: new Date('0000-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59Z'),
        noInvalidDate: true,
      }),
      fc.boolean(),
      (date, alerts) => {
        const stageTimestamp = `"${date.toISOString()}"`;
        const lines = [event(), event({ verb: alerts ? '"get"' : '"put"', stageTimestamp })];
        for (const run of runners) {
          const { passed, seconds } = run(lines);
          // What cannot be written was seen.
          const last = passed === 2 ? date : new Date('2026-01-02T03:04:05Z');
          expect(passed).toBeGreaterThan(0);
          expect(seconds).toBe(Math.floor(last.getTime() / 1000));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

describe('the name of the cluster', () => {
  const rule = ruleOf('R', 'ka.verb = get', '<%ka.cluster.name>');
  const named = event({ annotations: '{"cluster_name":"own"}' });
  const alertsOf = (name?: string, looks: Looks = {}): readonly [number, ...string[]] => {
    const { written: count, outcome } = writtenBy(
      rulesetsOf(rule, 'first', looks),
      [event(), named],
      name === undefined ? undefined : toBytes(name),
    );
    return [count, ...outcome.alerts.map((alert) => /<.*?>+/.exec(alert)![0])];
  };
  test('is that of the event, or else what the source knows', () => {
    expect(alertsOf('prod')).toEqual([2, '<prod>', '<own>']);
    expect(alertsOf()).toEqual([2, '<<NA>>', '<own>']);
    expect(alertsOf('')).toEqual([2, '<>', '<own>']);
    expect(alertsOf('c'.repeat(512))).toEqual([2, `<${'c'.repeat(512)}>`, '<own>']);
  });
  test('one that cannot be written as it is', () => {
    expect(alertsOf('a"b\\c')).toEqual([1, '<a\\"b\\\\c>', '<own>']);
    expect(alertsOf('caf\u00e9')).toEqual([1, `<${toBytes('caf\u00e9')}>`, '<own>']);
    expect(alertsOf('c'.repeat(513))).toEqual([1, `<${'c'.repeat(513)}>`, '<own>']);
  });
  test('in JSON', () => {
    for (const name of ['prod', undefined, '', 'a"b', 'c'.repeat(512)])
      expect(alertsOf(name, { json: { enabled: true } })[0]).toBe(name === 'a"b' ? 1 : 2);
  });
  test('changes from one run of a reader to the next, as with events that name theirs outside', () => {
    for (const name of ['a', undefined, 'b']) expect(alertsOf(name)[1]).toBe(`<${name ?? '<NA>'}>`);
  });
});

describe('alerts as JSON', () => {
  const output = '"q" %ka.user.name %jevt.value[/x] %evt.time %ka.cluster.name';
  const rule = ruleOf('R "x"', 'ka.verb = get', output);
  const lines = [
    event({ user: '{"username":"a\\"b\\n"}', x: '{"y":["z"]}' }),
    event({ user: '{"username":1.50}', x: 'null' }),
    event(),
    event({ user: '{"username":"\\u0041"}' }),
    event({ user: '{"username":"a/b"}', x: '""', stageTimestamp: '"1970-01-01T00:00:01Z"' }),
  ];
  const looks: readonly Looks[] = [
    { json: { enabled: true } },
    { json: { enabled: true }, isoTime: true },
    { json: { enabled: true, output: false, tags: false } },
    { json: { enabled: true, message: true } },
    { json: { enabled: true, outputFields: false } },
    { isoTime: true },
  ];
  test.each(looks.map((look) => [JSON.stringify(look), look] as const))('%s', (_name, look) => {
    const { written: count, outcome } = writtenBy(rulesetsOf(rule, 'first', look), lines, 'prod');
    expect(count).toBe(4);
    if (look.json !== undefined) for (const alert of outcome.alerts) JSON.parse(alert);
  });
  test('fields that the configuration adds', () => {
    const extraFields = [
      { key: 'who', format: 'user "%ka.user.name"', raw: false },
      { key: 'ka.verb', format: '%ka.verb', raw: true },
      { key: 'ka.user.name', format: 'x', raw: false },
    ];
    const rulesets = rulesetsOf(rule, 'first', { json: { enabled: true } }, { extraFields });
    const { written: count, outcome } = writtenBy(rulesets, lines);
    expect(count).toBe(4);
    expect(JSON.parse(outcome.alerts[0]!)).toMatchObject({
      output_fields: { 'ka.user.name': 'x', 'ka.verb': 'get', who: 'user "a"b\n"' },
    });
  });
  test.each([
    ['1970-01-01T00:00:00.5Z', 0],
    ['1970-01-01T00:00:01Z', 1],
    ['2001-09-09T01:46:39.999999999Z', 1],
    ['2001-09-09T01:46:40.1Z', 1],
    ['2261-12-31T23:59:59.123456789Z', 1],
    ['2262-01-01T00:00:00Z', 0],
  ])('nanoseconds of %s', (time, count) => {
    const run = writtenBy(rulesetsOf(rule, 'first', { json: { enabled: true } }), [
      event({ stageTimestamp: `"${time}"` }),
    ]);
    expect(run.written).toBe(count);
  });
  test('more lines than are held at a time', () => {
    const many = range(3000).map((i) => event({ user: `{"username":"${'u'.repeat(i % 300)}${i}"}` }));
    const run = writtenBy(rulesetsOf(rule, 'first', { json: { enabled: true } }), many);
    expect(run.written).toBe(many.length);
  });
});

describe('room', () => {
  test('more lines than are held at a time, long and short ones', () => {
    const rules = ruleOf('R', 'ka.verb = get', '%ka.user.name') + ruleOf('S', 'ka.verb = put', 'x');
    const lines = range(9000).map((i) =>
      event({ verb: i < 4000 ? '"get"' : '"put"', user: `{"username":"${'u'.repeat(i % 300)}${i}"}` }),
    );
    expect(written(rules, lines).written).toBe(lines.length);
  });
  test('more places than there are', () => {
    const rules = range(40).map((i) =>
      ruleOf(
        `R${i}`,
        `ka.target.name = n${i}`,
        range(6)
          .map((n) => `%jevt.value[/a${i}/b${n}]`)
          .join(' '),
      ),
    );
    const lines = range(40).map((i) => event({ objectRef: `{"name":"n${i}"}`, [`a${i}`]: '{"b1":"x"}' }));
    const { written: count } = written(rules.join(''), lines);
    expect(count).toBeGreaterThan(15);
    expect(count).toBeLessThan(40);
  });
  test('more literals than there is room for', () => {
    const rules = range(40).map((i) => ruleOf(`R${i}`, `ka.target.name = n${i}`, 'x'.repeat(4000 + i)));
    const lines = range(40).map((i) => event({ objectRef: `{"name":"n${i}"}` }));
    const { written: count } = written(rules.join(''), lines);
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(40);
  });
});

test('alerts keep their order, whoever writes them', () => {
  const rules = ruleOf('R', 'ka.verb = get', '%ka.auditid') + ruleOf('S', 'ka.verb = put', '%evt.num');
  const lines = range(3000).map((i) =>
    event({ verb: (i * 7) % 3 === 0 ? '"put"' : '"get"', auditID: `"${i}"`, x: i % 5 === 0 ? '[' : '1' }),
  );
  const { outcome, written: count } = written(rules, lines);
  expect(outcome.complaints).toHaveLength(600);
  expect(count).toBeGreaterThan(1000);
});

test.each<Looks>([{}, { json: { enabled: true } }])(
  'any values give the line that evaluation gives %j',
  (looks) => {
    const value = fc.oneof(
      fc.stringMatching(/^[ -~]*$/).map((text) => JSON.stringify(text)),
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
      fc
        .array(fc.constantFrom('\\"', '\\\\', '\\n', '\\/', '\\u0041', 'x', ' '), { maxLength: 40 })
        .map((pieces) => `"${pieces.join('')}"`),
      fc.jsonValue({ maxDepth: 1 }).map((json) => JSON.stringify(json)),
      fc.constantFrom('nan', '-0', '1E+5', '+1', '.'),
    );
    const output = '%ka.user.name|%ka.target.name|%ka.response.code|%jevt.value[/x]|%ka.uri';
    const rulesets = rulesetsOf(ruleOf('R', 'ka.verb = get', output), 'first', looks);
    const plain = runnerOf(rulesets, 'plain');
    const block = runnerOf(rulesets, 'block');
    let count = 0;
    fc.assert(
      fc.property(value, value, value, value, value, (user, name, code, x, uri) => {
        const text = event({
          user: `{"username":${user}}`,
          objectRef: `{"name":${name}}`,
          responseStatus: `{"code":${code}}`,
          x,
          requestURI: uri,
        });
        const lines = [toBytes(text).replaceAll('\n', ' ')];
        const run = block(lines);
        count += run.written;
        expect(run.outcome).toEqual(plain(lines).outcome);
      }),
      { numRuns: Number(process.env['SCREEN_RUNS'] ?? 2000) },
    );
    expect(count).toBeGreaterThan(10);
  },
);
