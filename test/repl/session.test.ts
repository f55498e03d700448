// The session, driven line by line as a terminal drives it.

import { beforeEach, describe, expect, test } from 'vitest';
import { PLAIN } from '../../src/authoring/explain-text.js';
import { type ByteString, fromBytes, toBytes } from '../../src/bytes.js';
import { createSession, type Session } from '../../src/repl/session.js';
import { eventText, openRules, RULES } from '../authoring/support.js';

const EVENTS = [
  eventText(),
  eventText({ objectRef: { resource: 'pods', namespace: 'shop', subresource: 'exec' } }),
  eventText({ verb: 'create', user: { username: 'system:node:a' }, objectRef: { resource: 'pods' } }),
].join('\n');

let files: Map<string, ByteString>;
let session: Session;
const run = (line: string): string => fromBytes(session.run(toBytes(line)).text);
const untimed = (text: string): string => text.replace(/\([\d.]+ us an event\)/, '(…)');

beforeEach(() => {
  files = new Map([['rules.yaml', toBytes(RULES)]]);
  const readFile = (path: string): ByteString => {
    const content = files.get(path);
    if (content === undefined) throw new Error(`there is no file ${path}`);
    return content;
  };
  session = createSession({
    files: [{ name: 'rules.yaml', content: toBytes(RULES) }],
    readFile,
    writeFile: (path, content) => files.set(path, content),
    style: PLAIN,
  });
  session.addEvents(toBytes(EVENTS));
});

describe('queries', () => {
  test('a condition counts and lists the events that match', () => {
    expect(untimed(run('person and ka.target.subresource = exec')).split('\n')).toEqual([
      '2 of 3 events match (…)',
      expect.stringMatching(/^ {2}#1 ResponseStarted get \S+ by Žofie -> 101$/),
      expect.stringMatching(/^ {2}#2 ResponseStarted get /),
    ]);
    expect(untimed(run('ka.verb = list'))).toBe('0 of 3 events match (…)');
  });

  test('a field gives its values, the most frequent first', () => {
    expect(run('ka.user.name').split('\n')).toEqual([
      'ka.user.name: 2 values over 3 events',
      '       2  Žofie',
      '       1  system:node:a',
    ]);
    expect(run('jevt.value[/objectRef/namespace]')).toContain('       1  <NA>');
  });

  test('a template is filled in from the current event', () => {
    expect(run('%ka.user.name in %ka.target.namespace')).toBe('Žofie in kube-system');
    expect(untimed(run('ka.uri = "%ka.verb"'))).toMatch(/^0 of 3 /);
    run('next');
    expect(run('%ka.user.name in %ka.target.namespace')).toBe('Žofie in shop');
  });

  test('why shows the tree of the last condition, or of a rule', () => {
    expect(run('why')).toContain('type a condition first');
    run('ka.verb = get and ka.target.namespace = shop');
    expect(run('why').split('\n')).toEqual([
      'event #1',
      '✗ and',
      '├─ ✓ ka.verb = get   ka.verb is "get"',
      '└─ ✗ ka.target.namespace = shop   ka.target.namespace is "kube-system" ◀',
    ]);
    expect(run('why #2 Exec')).toContain('✗ ka.target.namespace in (kube-system, kube-public)');
    expect(run('why #9')).toBe('there is no event #9; load some with: load FILE');
    expect(run('why None')).toBe('no enabled rule is called "None"');
  });

  test('near finds the events that miss by one check', () => {
    expect(run('near')).toBe('type a condition first');
    run('person and ka.target.namespace in (system_namespaces)');
    const lines = run('near').split('\n');
    expect(lines[0]).toBe('1 events miss by one check');
    expect(lines[1]).toMatch(/^ {2}#2 /);
    expect(lines[2]).toBe('      misses by: ka.target.namespace in (kube-system, kube-public) (shop)');
  });
});

describe('faults', () => {
  test.each([
    ['ka.verb = get adn ka.stage = x', ['  ka.verb = get adn ka.stage = x', '                ^']],
    [
      'ka.verb = get and ka.vreb = x',
      ['  ka.verb = get and ka.vreb = x', '                    ^', 'Did you mean ka.verb?'],
    ],
    ['macro m ka.verb = get and persn', ['  ka.verb = get and persn', '                    ^']],
  ])('%s has a caret under the word', (line, below) => {
    expect(
      run(line)
        .split('\n')
        .slice(1, 1 + below.length),
    ).toEqual(below);
  });

  test.each([
    ['ka.vreb', 'there is no field ka.vreb\nDid you mean ka.verb?'],
    ['%ka.vreb', 'there is no field ka.vreb\nDid you mean ka.verb?'],
    ['relod', 'there is no command, macro or field relod\nDid you mean reload?'],
    ['lod some/file', 'there is no command, macro or field lod\nDid you mean load?'],
    ['load', 'usage: load FILE'],
    ['load none.jsonl', 'there is no file none.jsonl'],
    ['macro', 'usage: macro NAME CONDITION'],
    ['help xyz', 'there is no command xyz; type help'],
    ['save out.yaml', 'nothing was defined; use macro, list or rule first'],
    ['undo', 'nothing was defined'],
    ['show 99', 'there is no event #99; load some with: load FILE'],
  ])('%s', (line, answer) => expect(run(line)).toBe(answer));

  test('a broken file loads what is an event and reports the rest', () => {
    files.set('broken.jsonl', toBytes(`{"kind":\n${eventText()}\n[1]\n\xff`));
    expect(run('load broken.jsonl').split('\n')[0]).toBe('1 events read, 4 in all');
    expect(run('load broken.jsonl').split('\n').length).toBeGreaterThan(1);
  });

  test('a rules file with an error leaves what was there', () => {
    files.set('bad.yaml', '- rule: X\n  condition: ka.vreb = a\n');
    expect(run('rules bad.yaml')).toMatch(/^bad\.yaml:\d+:\d+: /);
    expect(run('why #1 Exec')).toContain('✓ and');
  });
});

describe('definitions', () => {
  test('macros, lists and rules are used at once, and undone', () => {
    expect(run('list shops shop, market')).toBe('list shops defined');
    expect(run('macro in_shop ka.target.namespace in (shops)')).toBe('macro in_shop defined');
    expect(untimed(run('in_shop'))).toMatch(/^1 of 3 /);
    expect(run('rule "Exec In Shop" in_shop and person | who=%ka.user.name | now | ERROR')).toBe(
      'rule Exec In Shop defined',
    );
    run('next');
    expect(run('events')).toContain('rules: Exec In Shop');
    expect(run('rules').split('\n').slice(0, 3)).toEqual([
      '2 rules, matches over 3 events:',
      '       1  Exec',
      '       1  Exec In Shop',
    ]);
    expect(run('undo')).toBe('rule Exec In Shop is gone');
    expect(run('events')).toContain('rules: none');
  });

  test('a definition with a fault changes nothing', () => {
    expect(run('rule "Bad" ka.verb = get | %ka.usr.name')).toContain('Did you mean ka.user.name?');
    expect(run('rule "Bad" ka.vreb = get')).toContain('Did you mean ka.verb?');
    expect(run('undo')).toBe('nothing was defined');
  });

  test('a definition of the same name replaces the one before', () => {
    run('macro m ka.verb = get');
    run('macro m ka.verb = create');
    expect(untimed(run('m'))).toMatch(/^1 of 3 /);
  });

  test('what is saved loads again', () => {
    run('macro zena ka.user.name = "Žofie" and ka.uri contains "a\\b"');
    run('list verbs get, "create"');
    run(`rule "Ž: it's [new] #1" zena or ka.verb in (verbs) | who=%ka.user.name "x" | NOTICE`);
    expect(run('save out.yaml')).toBe('3 items written to out.yaml');
    const saved = fromBytes(files.get('out.yaml')!);
    expect(openRules(RULES + saved).rules.map(({ info }) => fromBytes(info.name))).toEqual([
      'Exec',
      "Ž: it's [new] #1",
    ]);
    expect(run('rules out.yaml')).toContain('2 rules');
  });
});

test('commands walk over the events', () => {
  expect(run('next')).toMatch(/^ {2}#2 /);
  expect(run('next')).toMatch(/^ {2}#3 /);
  expect(run('next')).toMatch(/^ {2}#3 /);
  expect(run('prev')).toMatch(/^ {2}#2 /);
  expect(JSON.parse(run('show').replace(/^event #2 of 3\n/, ''))).toMatchObject({ verb: 'get' });
  expect(run('fields ka.target.sub')).toMatch(/^ {2}ka\.target\.subresource /);
  expect(run('clear')).toBe('no events');
  expect(run('next')).toBe('there is no event #1; load some with: load FILE');
  expect(untimed(run('ka.verb = get'))).toBe('0 of 0 events match (…)');
});

test('reload reads the files again', () => {
  files.set('rules.yaml', toBytes(RULES.replace('- rule: Exec', '- rule: Renamed')));
  expect(run('reload')).toBe('1 files, 1 rules');
  expect(run('rules')).toContain('Renamed');
});

test('empty lines, comments, help and quit', () => {
  expect([run(''), run('# nothing')]).toEqual(['', '']);
  expect(run('help')).toContain('why [#N] [RULE]');
  expect(run('help near')).toMatch(/^ {2}near /);
  expect(session.run('quit')).toEqual({ text: '', quit: true });
  expect(session.run('ka.verb').quit).toBe(false);
});

test('names for completion are commands, fields and what is defined', () => {
  run('macro mine ka.verb = get');
  expect(session.names()).toEqual(
    expect.arrayContaining(['why', 'ka.verb', 'mine', 'person', 'system_namespaces']),
  );
});
