// Look-up of fields: Falco's rule of the longest prefix and its messages (spec: rules-language.md §1.4).

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFieldTable, fieldOverlap } from '../../src/plugins/field-table.js';
import { json } from '../../src/plugins/json/index.js';
import { k8saudit } from '../../src/plugins/k8saudit/index.js';
import { k8sauditEks } from '../../src/plugins/k8saudit-eks/index.js';
import type { Plugin } from '../../src/plugins/plugin.js';

const table = createFieldTable('k8s_audit');
const syscall = createFieldTable('syscall');
const errorOf = (spelled: string, of = table): string | undefined => {
  const found = of.lookup(spelled);
  return 'error' in found ? found.error : undefined;
};
const nonexistent = (spelled: string): string => `filter_check called with nonexistent field ${spelled}`;

test('the table is whole', () => {
  const names = table.classes.map((c) => [c.name, c.plugin, c.fields.length]);
  expect(names).toEqual([
    ['evt', false, 18],
    ['k8saudit', true, 100],
    ['json', true, 6],
    ['tsfalco', true, 29],
  ]);
  for (const { fields } of table.classes) {
    for (const field of fields) {
      expect(field.description, field.name).not.toBe('');
      const found = table.lookup(field.argument?.required ? `${field.name}[0]` : field.name);
      expect('error' in found ? found.error : found.field).toBe(field);
    }
  }
});

describe('names', () => {
  test.each([
    'ka.Verb',
    'ka.verbs',
    'ka.verb.x',
    'ka',
    'ka.',
    'nosuch.field',
    '',
    'evt.type',
    'evt.num[1]',
    'evt.numfoo',
    'proc.name',
    'ka.req.pod.ephemeralContainers.host_port',
  ])('%s is unknown', (spelled) => {
    expect(table.lookup(spelled)).toEqual({ error: nonexistent(spelled), unknown: true });
  });
  test('the longest name counts', () => {
    const found = table.lookup('ka.req.pod.containers.image.repository[0]');
    expect('error' in found ? found : found.field.name).toBe('ka.req.pod.containers.image.repository');
  });
});

describe('arguments', () => {
  test.each([
    [
      'ka.verb[0]',
      "filter 'ka.verb[0]': ka.verb does not allow nor require an argument but one is provided: 0",
    ],
    ['ka.uri.param', "filter 'ka.uri.param': ka.uri.param requires an argument but none provided"],
    ['ka.uri.paramx', "filter 'ka.uri.paramx': ka.uri.param requires an argument but none provided"],
    ['json.value', "filter 'json.value': json.value requires an argument but none provided"],
    ['ka.uri.param[', "filter 'ka.uri.param[': ka.uri.param terminates with incomplete argument brackets"],
    ['ka.uri.param[a', "filter 'ka.uri.param[a': ka.uri.param has unbalanced argument brackets"],
    ['ka.uri.param[a b]', "filter 'ka.uri.param[a': ka.uri.param has unbalanced argument brackets"],
    ['ka.uri.param[a]b]', nonexistent('ka.uri.param[a]b]')],
    ['ka.uri.param[a] b', nonexistent('ka.uri.param[a] b')],
    ['ka.uri.paramx[a]', nonexistent('ka.uri.paramx[a]')],
    [
      'ka.req.pod.containers.image[01]',
      'filter ka.req.pod.containers.image[01] ka.req.pod.containers.image has an invalid index argument starting with 0: 01',
    ],
    [
      'ka.req.pod.containers.image[]',
      'filter ka.req.pod.containers.image[] ka.req.pod.containers.image has an invalid index argument starting with 0: ',
    ],
    [
      'ka.req.pod.containers.image[0x]',
      'filter ka.req.pod.containers.image[0x] ka.req.pod.containers.image has an invalid index argument not composed only by digits: 0x',
    ],
    [
      'ka.req.pod.containers.image[-1]',
      'filter ka.req.pod.containers.image[-1] ka.req.pod.containers.image has an invalid index argument not composed only by digits: -1',
    ],
    [
      'ka.req.pod.containers.image[18446744073709551616]',
      'filter ka.req.pod.containers.image[18446744073709551616] ka.req.pod.containers.image has an invalid index argument not representable on 64 bit: 18446744073709551616',
    ],
  ])('%s', (spelled, message) => {
    expect(errorOf(spelled)).toBe(message);
  });
  test.each([
    'ka.uri.param[]',
    'ka.uri.param[(]',
    'ka.uri.param[=,]',
    'jevt.value[/a/b]',
    'jevt.value[]',
    'ka.req.pod.containers.image[18446744073709551615]',
    'ka.sourceips[0]',
  ])('%s is fine', (spelled) => {
    expect(errorOf(spelled)).toBeUndefined();
  });
  test('the argument comes with the field', () => {
    const found = table.lookup('ka.uri.param[command]');
    expect('error' in found ? found : found.argument).toBe('command');
  });
});

describe('plugins', () => {
  test('fields come from loaded plugins only', () => {
    const bare = createFieldTable('k8s_audit', { plugins: [k8sauditEks] });
    expect(bare.classes.map((c) => c.name)).toEqual(['evt', 'k8saudit-eks', 'tsfalco']);
    expect(errorOf('json.obj', bare)).toBe(nonexistent('json.obj'));
    expect(createFieldTable('other').classes.map((c) => c.name)).toEqual(['evt', 'json']);
  });
  test('two plugins with the same fields are refused', () => {
    const overlap = (source: string, ...plugins: readonly Plugin[]) =>
      fieldOverlap(createFieldTable(source, { plugins }));
    expect(overlap('k8s_audit', k8saudit, json)).toBeUndefined();
    expect(overlap('syscall', k8saudit, k8sauditEks, json)).toBeUndefined();
    expect(overlap('k8s_audit', k8saudit, json, k8sauditEks)).toBe(
      "Plugin 'k8saudit-eks' supports extraction of field 'ka.auditid' that is overlapping for source 'k8s_audit'",
    );
  });
});

describe('syscall', () => {
  test.each([
    'proc.name',
    'proc.aname[2]',
    'evt.type',
    'evt.arg.flags',
    'evt.num',
    'fd.name',
    'container.id',
    'k8s.ns.name',
    'fd.some_new_field',
    'json.obj',
    'evt.arg[0]',
  ])('%s loads', (spelled) => {
    expect(errorOf(spelled, syscall)).toBeUndefined();
  });
  test.each(['ka.verb', 'nosuch.field', 'proc', 'proc.', 'proc.name[', 'proc.name[a]b', 'proc.name x'])(
    '%s does not',
    (spelled) => {
      expect(errorOf(spelled, syscall)).toBe(nonexistent(spelled));
    },
  );
  test('its fields are listed', () => {
    const names = syscall.classes.flatMap((c) => c.fields.map((field) => field.name));
    expect(names).toContain('proc.name');
    expect(new Set(names).size).toBe(names.length);
  });
});

test('look-up is total', () => {
  const piece = fc.constantFrom(
    'ka',
    '.',
    'uri',
    'param',
    '[',
    ']',
    'a',
    '0',
    ' ',
    'evt',
    'num',
    'json.value',
    '\xff',
    'req.pod.containers.image',
    'proc.name',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      for (const of of [table, syscall]) {
        const found = of.lookup(pieces.join(''));
        expect('error' in found ? typeof found.error : typeof found.extract).toMatch(/string|function/);
      }
    }),
    { numRuns: 2000 },
  );
});
