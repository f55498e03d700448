// The worked examples of the specification (fields-and-sources.md §1.10) and the choices made beyond Falco.

import { describe, expect, test } from 'vitest';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { eventOf, fieldValue, reader } from './support.js';

const read = reader();
const fixed = reader({ semantics: 'fixed' });

describe('texts', () => {
  test.each([
    ['"verb":null', 'ka.verb', 'null'],
    ['"verb":3', 'ka.verb', '3'],
    ['"verb":{"a":1}', 'ka.verb', '{"a":1}'],
    ['"verb":""', 'ka.verb', ''],
    ['"verb":"x","verb":"y"', 'ka.verb', 'x'],
    ['"v\\u0065rb":"x"', 'ka.verb', 'x'],
    ['"v\\u0065rb":"x","verb":"y"', 'ka.verb', 'y'],
    ['"verb":[1, 2]', 'ka.verb', '[1,2]'],
    ['"verb":"a\\u0000b"', 'ka.verb', 'a'],
    ['"verb":"a\u0000b"', 'ka.verb', 'a'],
    ['"verb":["a\u0000b"]', 'ka.verb', '["a'],
    ['"verb":"caf\\u00e9 \\/ \\ud83d\\ude00 \\q"', 'ka.verb', 'café / 😀 \\q'],
    ['"responseStatus":{"code":200.0}', 'ka.response.code', '200.0'],
    ['"responseStatus":{"code":1e3}', 'ka.response.code', '1e3'],
    [
      '"responseStatus":{"code":123456789012345678901234567890}',
      'ka.response.code',
      '123456789012345678901234567890',
    ],
    ['"responseStatus":{"code":NaN}', 'ka.response.code', 'NaN'],
    ['"responseStatus":[{"code":1}]', 'ka.response.code', undefined],
    ['"responseStatus":null', 'ka.response.code', undefined],
    ['"annotations":{"authorization.k8s.io/decision":"allow"}', 'ka.auth.decision', 'allow'],
    ['"requestURI":5', 'ka.uri', '5'],
    ['"requestURI":5', 'ka.uri.param[a]', undefined],
    ['"requestURI":"/x?command=sh&command=-c&e=&b"', 'ka.uri.param[command]', 'sh'],
    ['"requestURI":"/x?a=b%00c"', 'ka.uri.param[a]', 'b'],
    [
      '"requestObject":{"data":{"a":"b\\nc","10":"x","2":"y"}}',
      'ka.req.configmap.obj',
      '{"a":"b\\nc","10":"x","2":"y"}',
    ],
    [
      '"requestObject":{"data": { "k":"caf\\u00e9 \\/", "z" : 1.50 } }',
      'ka.req.configmap.obj',
      '{"k":"caf\\u00e9 \\/","z":1.50}',
    ],
    ['"verb":1', 'ka.req.binding.subject.has_name[x]', 'true'],
  ])('%s → %s', (fragment, spelled, expected) => {
    expect(read(fragment, spelled)).toBe(expected);
  });

  test.each([
    ['[{"auditID":"a","verb":"get"}]', undefined],
    ['{"verb":"get"}', undefined],
    ['{"auditID":null,"verb":"get"}', 'get'],
    ['{"\\u0061uditID":1,"verb":"get"}', 'get'],
    ['5', undefined],
  ])('only of audit events: %s', (text, expected) => {
    const table = createFieldTable('k8s_audit');
    expect(fieldValue(table, 'ka.verb', eventOf(text))).toBe(expected);
    expect(fieldValue(table, 'ka.req.binding.subject.has_name[x]', eventOf(text))).toBe(expected && 'true');
  });
});

describe('the pod of a request', () => {
  const response = '"responseObject":{"metadata":{"name":"p"}}';
  test.each([
    [`"objectRef":{"resource":"pods"},${response}`, 'p'],
    [`"objectRef":{"resource":"pods","subresource":""},${response}`, 'p'],
    [`"objectRef":{"resource":"pods","subresource":null},${response}`, 'p'],
    [`"objectRef":{"resource":"pods","subresource":"exec"},${response}`, undefined],
    [`"objectRef":{"resource":"nodes"},${response}`, undefined],
    [`"objectRef":{"resource":"pods","name":"x"}`, undefined],
    [response, undefined],
  ])('%s', (fragment, expected) => {
    expect(read(fragment, 'ka.target.pod.name')).toBe(expected);
  });
});

describe('lists', () => {
  test.each([
    ['{"groups":["a",null,1,{"x":1},true]}', ['a', 'null', '1', '{"x":1}', 'true']],
    ['{"groups":[]}', undefined],
    ['{"groups":"x"}', undefined],
    ['{"groups":null}', undefined],
    ['{}', undefined],
  ])('groups of %s', (user, expected) => {
    expect(read(`"user":${user}`, 'ka.user.groups')).toEqual(expected);
  });

  test('source addresses (D1)', () => {
    const fragment = '"sourceIPs":["1.1.1.1","2.2.2.2"]';
    expect(read(fragment, 'ka.sourceips')).toEqual(['1.1.1.1', '2.2.2.2']);
    expect(read(fragment, 'ka.sourceips[1]')).toEqual(['2.2.2.2']);
    expect(read(fragment, 'ka.sourceips[2]')).toBeUndefined();
    expect(read('"sourceIPs":"1.1.1.1"', 'ka.sourceips')).toBeUndefined();
    expect(read('"requestObject":{"rules":[{"sourceIPs":["3.3.3.3"]}]}', 'ka.sourceips')).toBeUndefined();
  });

  test('cluster name (D10)', () => {
    const table = createFieldTable('k8s_audit');
    const named = '{"auditID":"a","annotations":{"cluster_name":"c"}}';
    expect(fieldValue(table, 'ka.cluster.name', eventOf(named))).toBe('c');
    expect(fieldValue(table, 'ka.cluster.name', eventOf(named, { clusterName: 'd' }))).toBe('c');
    expect(fieldValue(table, 'ka.cluster.name', eventOf('{"auditID":"a"}', { clusterName: 'd' }))).toBe('d');
    expect(fieldValue(table, 'ka.cluster.name', eventOf('{"auditID":"a"}'))).toBeUndefined();
    expect(fieldValue(table, 'ka.cluster.name', eventOf('{}', { clusterName: 'd' }))).toBeUndefined();
  });
});

describe('ports of services', () => {
  const ports = '"requestObject":{"spec":{"ports":[{"port":80, "nodePort":30000},{"port":443}]}}';
  const whole = '[{"port":80,"nodePort":30000},{"port":443}]';
  test.each(['', '[0]', '[5]'])('Falco gives the whole array whatever the index: %s', (index) => {
    expect(read(ports, `ka.req.service.ports${index}`)).toEqual([whole]);
  });
  test('fixed, the index picks a port (D5)', () => {
    expect(fixed(ports, 'ka.req.service.ports')).toEqual([whole]);
    expect(fixed(ports, 'ka.req.service.ports[1]')).toEqual(['{"port":443}']);
    expect(fixed(ports, 'ka.req.service.ports[2]')).toBeUndefined();
  });
  test.each([
    ['[]', ['[]']],
    ['null', ['null']],
  ])('of %s', (value, expected) => {
    expect(read(`"requestObject":{"spec":{"ports":${value}}}`, 'ka.req.service.ports')).toEqual(expected);
  });
});
