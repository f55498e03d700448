import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fromBytes, toBytes } from '../../../../src/bytes.js';
import { compileTemplate, type Template } from '../../../../src/engine/rules/alert/template.js';
import type { Event } from '../../../../src/event.js';
import { cpuMs } from '../../../cpu-time.js';
import { auditEvent, auditScope } from '../audit-events.js';

process.env['TZ'] = 'UTC';

const scope = auditScope({ staticFields: new Map([['cluster', 'prod']]) });

function compile(text: string): Template {
  const template = compileTemplate(toBytes(text), scope);
  if (!template.ok) throw new Error(template.fault.message);
  return template.value;
}

function render(text: string, event: Event = auditEvent()): string {
  scope.begin(event);
  return fromBytes(compile(text).render(event));
}

function fields(text: string, event: Event = auditEvent()): Record<string, string> {
  scope.begin(event);
  return Object.fromEntries(compile(text).fields.map(({ name, json }) => [name, json(event)]));
}

function fault(text: string): unknown {
  const template = compileTemplate(text, scope);
  return template.ok ? undefined : [template.fault.message, template.fault.position.offset];
}

const UNKNOWN = "unknown filter: unexpected token after '";
const PERCENT_AT_END = 'invalid formatting syntax: formatting cannot end with a %';
const NUMBER_AT_END = 'invalid formatting syntax: formatting cannot end with a number';

describe('text', () => {
  it.each([
    ['plain é text', 'plain é text'],
    ['%ka.verb', 'create'],
    ['(user=%ka.user.name verb=%ka.verb)', '(user=admin verb=create)'],
    ['%ka.verb%ka.verb', 'createcreate'],
    // The longest text that is a field wins.
    ['%ka.verbs', 'creates'],
    ['%ka.verb.x', 'create.x'],
    ['%ka.target.namespce', '<NA>spce'],
    ['%ka.uri.param', '/api/v1/pods?command=ls.param'],
    ['%ka.uri.param[a b]', '/api/v1/pods?command=ls.param[a b]'],
    ['%ka.uri.param["command"]!', 'ls!'],
    ['%ka.uri.param[command]]', 'ls]'],
    ['%ka.uri.param[command', '/api/v1/pods?command=ls.param[command'],
    ['%ka.verb[x]', 'create[x]'],
    ['%evt.time.foo', '04:05:06.007008000.foo'],
    // Missing values, lists, numbers.
    ['%ka.target.name', '<NA>'],
    ['%ka.user.groups', '(system:masters,system:authenticated)'],
    ['%evt.num %evt.is_async %evt.asynctype', '1 false <NA>'],
    ['%evt.rawtime %evt.rawtime.s %evt.rawtime.ns', '1706933106007008000 1706933106 007008000'],
    [
      '%evt.time %evt.time.s %evt.time.iso8601',
      '04:05:06.007008000 04:05:06 2024-02-03T04:05:06.007008000+0000',
    ],
    ['%evt.datetime', '2024-02-03 04:05:06.007008000'],
    ['%evt.source %evt.pluginname %evt.hostname %static.cluster', 'k8s_audit k8saudit host prod'],
    // Transformers.
    ['%toupper(ka.verb)', 'CREATE'],
    ['%toupper( ka.user.groups )', '(SYSTEM:MASTERS,SYSTEM:AUTHENTICATED)'],
    ['%join("+", ka.user.groups)', 'system:masters+system:authenticated'],
    ['%concat(ka.verb, "-", ka.user.name)!', 'create-admin!'],
    ['%toupper(concat(ka.verb, "-x"))', 'CREATE-X'],
    ['%getopt(("-a", "-b"), "ab")', '(a,b)'],
    ['%getopt(("x"), "ab")', '()'],
    ['%getopt(("-a"), "ab")[a b]', '(a)[a b]'],
    ['%basename(ka.target.name)', '<NA>'],
    // A length is a number of its field's format, and only plugins' fields have one.
    ['%len(ka.verb) %len(ka.user.groups)', '6 2'],
    ['%len(evt.source) %len(static.cluster) %len(concat("a","b"))', '<NA> <NA> <NA>'],
    // Widths count bytes.
    ['[%3ka.verb]', '[cre]'],
    ['[%10ka.verb]', '[create    ]'],
    ['[%0ka.verb]', '[create]'],
    ['[%6ka.target.name]', '[<NA>  ]'],
    ['[%12ka.user.groups]', '[(system:mast]'],
    // The star that says "print even if fields are missing".
    ['*%ka.verb', 'create'],
    ['**%ka.verb', '*create'],
    ['*', ''],
  ])('%s', (template, text) => {
    expect(render(template)).toBe(text);
  });

  test('a width cuts bytes', () => {
    const event = auditEvent({ verb: 'é' });
    scope.begin(event);
    expect(compile('%1ka.verb').render(event)).toBe('\xc3');
    expect(compile('%3ka.verb').render(event)).toBe('\xc3\xa9 ');
    expect(compile('%99999999999ka.verb').render(event)).toHaveLength(65_536);
  });

  test('a list is cut at 1023 bytes, with its parenthesis, and is whole in JSON', () => {
    const groups = (count: number, last: number) => [
      ...Array<string>(count).fill('x'.repeat(99)),
      'y'.repeat(last),
    ];
    const event = (last: number) => auditEvent({ user: { groups: groups(10, last) } });
    expect(render('%ka.user.groups', event(21))).toHaveLength(1023);
    expect(render('%ka.user.groups', event(21))).toMatch(/y\)$/);
    expect(render('%ka.user.groups', event(22))).toHaveLength(1023);
    expect(render('%ka.user.groups', event(22))).toMatch(/y$/);
    expect(render('%ka.user.groups!', event(5000))).toHaveLength(1024);
    const { 'ka.user.groups': json } = fields('%ka.user.groups', event(5000));
    expect(JSON.parse(json!)).toEqual(groups(10, 5000));
  });

  test('an empty first element leaves no comma', () => {
    expect(render('%ka.user.groups', auditEvent({ user: { groups: ['', 'a', '', 'b'] } }))).toBe('(a,,b)');
  });

  test('text ends at a NUL up to the next field', () => {
    expect(render('a\0b%ka.verb')).toBe('acreate');
  });
});

describe('fields', () => {
  it.each([
    ['plain', {}],
    ['%ka.verb %ka.verb', { 'ka.verb': '"create"' }],
    ['%10ka.verb', { 'ka.verb': '"create"' }],
    ['%ka.uri.param["command"]', { 'ka.uri.param[command]': '"ls"' }],
    ['%ka.uri.param["a=b"]', { 'ka.uri.param["a=b"]': 'null' }],
    ['%ka.uri.param[""]', { 'ka.uri.param[""]': 'null' }],
    ['%ka.user.groups', { 'ka.user.groups': '["system:masters","system:authenticated"]' }],
    ['%toupper(ka.verb)', { 'ka.verb': '"create"' }],
    [
      '%concat(ka.verb,join("x",(ka.user.name,evt.num)))',
      { 'ka.verb': '"create"', 'ka.user.name': '"admin"', 'evt.num': '1' },
    ],
    ['%evt.time', { 'evt.time': '1706933106007008000' }],
    ['%evt.rawtime.ns', { 'evt.rawtime.ns': '7008000' }],
    ['%evt.is_async', { 'evt.is_async': 'false' }],
  ])('of %s', (template, expected) => {
    expect(fields(template)).toEqual(expected);
  });

  it.each([
    ['%ka.verb %toupper(ka.stage)', ['ka.verb', 'ka.stage', 'toupper(ka.stage)']],
    // A transformer takes the place of the one just before it.
    ['%len(toupper(ka.stage))', ['ka.stage', 'len(toupper(ka.stage))']],
    [
      '%concat(toupper(ka.stage),ka.verb)',
      ['ka.stage', 'toupper(ka.stage)', 'ka.verb', 'concat(toupper(ka.stage),ka.verb)'],
    ],
  ])('names in %s', (template, names) => {
    expect(compile(template).names).toEqual(names);
  });
});

describe('faults', () => {
  it.each([
    ['', 'empty formatting token', 0],
    ['50%', PERCENT_AT_END, 2],
    ['%10', NUMBER_AT_END, 0],
    ['100% sure', UNKNOWN, 3],
    ['%%', UNKNOWN, 0],
    ['%ka.nope', UNKNOWN, 0],
    ['%ka.verb %ka.user.nmae', UNKNOWN, 9],
    ['%val(ka.verb)', UNKNOWN, 0],
    ['%(x)', UNKNOWN, 0],
    ['%tolower(ka.nope)', UNKNOWN, 0],
    ['%tolower(ka.verb', UNKNOWN, 0],
    ['%proc.name', UNKNOWN, 0],
    ['%tolower(ka.verb,ka.stage)', 'unknown multivalue transformer', 0],
  ])('of %s', (template, message, offset) => {
    expect(fault(template)).toEqual([message, offset]);
  });

  test('what looks like a field for megabytes is refused at once', () => {
    const took = cpuMs(() => {
      const long = 1_000_000;
      for (const text of [
        `%ka.${'a'.repeat(long)}`,
        `%ka${'.a'.repeat(long / 2)}`,
        `%ka.verb["${'a'.repeat(long)}`,
        `%concat(${'ka.verb,'.repeat(long / 8)}`,
        `%concat(ka.verb,ka.verb)${'['.repeat(long)}`,
        `%nope ${'"'.repeat(long)}`,
      ]) {
        compileTemplate(text, scope);
      }
    });
    expect(took).toBeLessThan(3000);
  });
});

test('any template gives a text or a message', () => {
  const words = fc.constantFrom(
    ...[
      '%',
      '*',
      '10',
      'ka.verb',
      'ka.uri.param',
      'ka.user.groups',
      'evt.time',
      'tolower(',
      'join(',
      ')',
      '[',
      ']',
    ],
    ...[',', '"', ' ', 'a', '\0', '\xe9', '\n', 'len(', '(', 'ka.nope'],
  );
  const event = auditEvent();
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
      const template = compileTemplate(parts.join(''), scope);
      if (!template.ok) expect(template.fault.message).not.toBe('');
      else {
        scope.begin(event);
        expect(typeof template.value.render(event)).toBe('string');
        for (const { json } of template.value.fields)
          expect(() => JSON.parse(fromBytes(json(event)))).not.toThrow();
      }
    }),
    { numRuns: 500 },
  );
});
