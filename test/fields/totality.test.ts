// No event makes a field throw, whatever its JSON; and what a field gives is of the type that it promises.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BoundField, Value } from '../../src/fields/field.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { eventOf } from './support.js';

const lines = readFileSync(new URL('../conformance/events/filters.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean);

const bound: readonly BoundField[] = (['falco', 'fixed'] as const).flatMap((semantics) => {
  const table = createFieldTable('k8s_audit', { semantics });
  return table.classes.flatMap(({ fields }) =>
    fields.flatMap((field) => {
      const { argument } = field;
      const args =
        argument === null
          ? [undefined]
          : argument.key
            ? ['', 'a', '/a/0', '/etc*', '/spec/*/name', '/ka.set.pod.host_paths', '/ka.set/*']
            : [undefined, '0', '1'];
      return args.map((arg) => ({ field, argument: arg, extract: field.bind(arg) }));
    }),
  );
});

function isOfType({ field }: BoundField, value: Value | undefined): boolean {
  if (value === undefined) return true;
  if (field.isList)
    return (
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((text) => typeof text === 'string' && !text.includes('\0'))
    );
  if (field.type === 'CHARBUF') return typeof value === 'string' && !value.includes('\0');
  return field.type === 'BOOL'
    ? typeof value === 'boolean'
    : typeof value === 'bigint' && value >= 0n && value < 2n ** 64n;
}

function check(text: string): void {
  const event = eventOf(text, { seconds: -5, nanos: 3 });
  for (const each of bound) {
    if (!isOfType(each, each.extract(event))) expect.fail(`${each.field.name}[${each.argument}] of ${text}`);
    each.field.json?.(event);
  }
}

// Keys that fields look for, so that random trees reach deep.
const KEYS = [
  ...new Set(
    lines
      .flatMap((line) => [...line.matchAll(/"([A-Za-z./_-]{3,40})":/g)].map((match) => match[1]!))
      .filter((key) => !key.startsWith('f:')),
  ),
];

const scalarValue = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '"true"',
    '0',
    '-1e400',
    '"pods"',
    '"User"',
    '"/x?a=%zz&a=1"',
    '"\\u0000"',
    '"\\ud800"',
    'NaN',
    '""',
  ),
  fc.string().map((text) => JSON.stringify(text)),
);
const { value: tree } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    scalarValue,
    fc.array(tie('value'), { maxLength: 3 }).map((elements) => `[${elements.join(',')}]`),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 6 })
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
}));

test('on any JSON tree', () => {
  fc.assert(fc.property(tree, check), { numRuns: 300 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...KEYS), tree), { maxLength: 8 }), (members) => {
      check(
        `{"auditID":1,${members.map(([key, value]) => `${JSON.stringify(key)}:${value},`).join('')}"end":0}`,
      );
    }),
    { numRuns: 300 },
  );
});

type Holder = Record<string, unknown>;

// Every place in a value that holds another one.
function places(value: unknown): readonly (readonly [Holder, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key] as const, ...places(holder[key])]);
}

const EDITS: readonly ((value: unknown) => unknown)[] = [
  () => null,
  () => undefined,
  () => ({}),
  () => [],
  () => '',
  () => '\0x',
  () => 5,
  (value) => [value],
  (value) => ({ name: value }),
  (value) => [[value], null, value],
  (value) => (Array.isArray(value) ? value[0] : value),
];

test('on recorded events with values replaced, wrapped and dropped', () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...EDITS)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...lines), edits, (line, changes) => {
      const event: unknown = JSON.parse(line);
      for (const [at, edit] of changes) {
        const all = places(event);
        const [holder, key] = all[at % all.length]!;
        holder[key] = edit(holder[key]);
      }
      check(JSON.stringify(event));
    }),
    { numRuns: 300 },
  );
});

test('on values nested as deeply as is read, wherever fields look', () => {
  const nested = (open: string, depth: number, inside: string, close: string): string =>
    `${open.repeat(depth)}${inside}${close.repeat(depth)}`;
  for (const inside of ['{"image":"a","name":"User","verbs":["get"]}', '1', '{}', '[[],{"a":1}]']) {
    for (const value of [nested('[', 16_000, inside, ']'), nested('{"spec":', 16_000, inside, '}')]) {
      check(value);
      for (const key of ['requestObject', 'responseObject', 'user', 'objectRef', 'sourceIPs', 'annotations'])
        check(`{"auditID":1,"${key}":${value}}`);
      for (const key of ['rules', 'subjects', 'spec', 'containers', 'volumes'])
        check(`{"auditID":1,"requestObject":{"${key}":${value},"spec":{"${key}":${value}}}}`);
    }
  }
});
