// What a terminal asks while a line is typed: completion, and whether a word is wrong already.

import { beforeEach, describe, expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { hintText } from '../../src/cli/repl/hint.js';
import { isOpen } from '../../src/cli/repl/terminal.js';
import { OPERATORS } from '../../src/engine/condition/operators/operators.js';
import { eventText } from '../authoring/support.js';
import { type Driven, drive } from './support.js';

let driven: Driven;
beforeEach(() => {
  driven = drive();
});

describe('completion', () => {
  const words = (line: string): readonly string[] =>
    driven.session.complete(toBytes(line)).words.map(fromBytes);

  test.each([
    ['wh', ['why']],
    ['ka.target.sub', ['ka.target.subresource']],
    ['ka.verb = get and pers', ['person']],
    ['not ka.target.sub', ['ka.target.subresource']],
    ['(ka.verb = get or ka.target.sub', ['ka.target.subresource']],
    ['ka.verb st', ['startswith']],
    ['ka.verb in', ['in', 'intersects']],
    ['ka.verb exists ', ['and', 'or']],
    ['ka.verb in (get) an', ['and']],
    ['ka.verb = ', ['get', 'create']],
    ['ka.verb = c', ['create']],
    ['ka.verb=c', ['create']],
    ['ka.verb in (get, c', ['create']],
    ['ka.verb startswith anyof (g', ['get']],
    ['ka.user.name = ', ['Žofie', 'system:node:a']],
    ['ka.user.name = "sys', ['"system:node:a"']],
    ['ka.target.namespace in (sys', ['system_namespaces']],
    ['ka.uri contains /', ['"/api/v1/namespaces/kube-system/pods/dns/exec?command=sh"']],
    ['ka.verb = get a', ['and']],
    ['(ka.verb = get) o', ['or']],
    ['ka.verb exists a', ['and']],
    ['to', ['tolower(', 'toupper(']],
    ['%ka.target.sub', ['ka.target.subresource']],
    ['who=%ka.user.name did %ka.verb on %ka.target.sub', ['ka.target.subresource']],
    ['why Ex', ['Exec']],
    ['why #2 Ex', ['Exec']],
    ['show pers', ['person']],
    ['help ne', ['next', 'near']],
    ['fields ka.target.sub', ['ka.target.subresource']],
    ['ka.verb = get and not pers', ['person']],
  ])('%s', (line, expected) => expect(words(line)).toEqual(expected));

  test('operators are those that the field takes, and those of the engine alone', () => {
    expect(words('ka.user.groups ')).toEqual(['exists', 'in', 'intersects']);
    expect(words('ka.response.code ')).toContain('startswith');
    expect(words('evt.rawtime ')).not.toContain('startswith');
    expect(words('evt.rawtime ')).toContain('>=');
    const all = new Set(OPERATORS.map(({ name }) => name));
    expect(words('ka.verb ').filter((word) => !all.has(word))).toEqual([]);
    expect(words('ka.verb b')).toEqual([]);
  });

  test('knows what was defined, and events that came later', async () => {
    await driven.run('macro mine ka.verb = get');
    expect(words('mi')).toEqual(['mine']);
    expect(words('ka.verb = ')).not.toContain('patch');
    await driven.run(eventText({ verb: 'patch' }));
    expect(words('ka.verb = ')).toContain('patch');
  });

  test('replaces the end of the line', () => {
    for (const line of ['ka.verb = c', 'ka.ver', 'why Ex', 'ka.verb in (get, c', '%ka.v'])
      expect(line.endsWith(driven.session.complete(line).replaced)).toBe(true);
  });
});

describe('checking a line that is typed', () => {
  const slip = (line: string) => driven.session.check(toBytes(line));

  test.each([
    'ka',
    'ka.ver',
    'ka.verb',
    'ka.verb ',
    'ka.verb =',
    'ka.verb = ',
    'ka.verb = get an',
    'ka.verb = get and',
    'ka.verb = get and ',
    'ka.verb = get and pers',
    'ka.verb = get and (person or ',
    'ka.verb = get and person ',
    'ka.verb = get and ka.uri ',
    'ka.verb i',
    'ka.verb in',
    'ka.verb startswith anyof ',
    'ka.verb in (get',
    'ka.verb in (get, ',
    'ka.uri = "half',
    'load some file',
    'help',
    '%ka.vreb x',
    'macro m',
    'rule "Half',
    '{"kind":"Event"',
  ])('%s may still become something', (line) => expect(slip(line)).toBeUndefined());

  test.each([
    ['ka.verb = get and ka.vreb = x', 'ka.vreb', 'did you mean ka.verb?'],
    ['ka.verb = get and ka.vreb ', 'ka.vreb', ''],
    ['ka.verb = get adn person', 'adn', ''],
    ['ka.user.nam exists and ka.verb = ', 'ka.user.nam', 'did you mean ka.user.name?'],
    ['(ka.user.nam exists or persn) and ka.ve', 'persn', ''],
    ['ka.verb = get and ka.vreb = x and y', 'ka.vreb', ''],
    ['ka.uri = " and " and (ka.vreb = x or ka', 'ka.vreb', ''],
    ['macro m ka.vreb = get', 'ka.vreb', 'did you mean ka.verb?'],
    ['rule "Some Rule" person and ka.vreb = get | x', 'ka.vreb', 'did you mean'],
    ['  ka.verb = get and ka.user.nam exists', 'ka.user.nam', 'did you mean ka.user.name?'],
  ])('%s has a wrong word', (line, word, message) => {
    const found = slip(line);
    expect(line.slice(found?.at)).toMatch(new RegExp(`^${word}`));
    expect(found?.message).toContain(message);
  });
});

describe('the hint', () => {
  const slip = { at: 10, message: 'no such field' };
  test.each([
    ['right of the caret', 60, '            ^ no such field'],
    ['left of it', 20, ' no such field ^'],
    ['cut', 18, '            ^ no '],
    ['not at all where the caret has no room', 12, ''],
  ])('stands %s', (_where, width, text) => {
    const at = text.startsWith(' no') ? 13 : 10;
    expect(hintText({ ...slip, at }, 2, width)).toBe(text);
  });
});

test.each([
  ['ka.verb in (get,', true],
  ['ka.verb = get and \\', true],
  ['ka.uri = "("', false],
  ["ka.uri = '(' and (", true],
  ['(ka.verb = get)', false],
])('%s goes on in the next line: %s', (line, open) => expect(isOpen(line)).toBe(open));
