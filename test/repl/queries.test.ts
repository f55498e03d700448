import { beforeEach, describe, expect, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { eventText } from '../authoring/support.js';
import { type Driven, drive } from './support.js';

let driven: Driven;
const run = (line: string): Promise<string> => driven.run(line);
const lines = (line: string): Promise<string[]> => driven.lines(line);
beforeEach(() => {
  driven = drive();
});

describe('queries', () => {
  test('a condition lists the first events that match, aligned, and counts them', async () => {
    expect(await lines('person and ka.target.subresource = exec')).toEqual([
      '  #1  get pods/exec  kube-system/dns  Žofie  101 ResponseStarted',
      '  #2  get pods/exec  shop             Žofie  101 ResponseStarted',
      '2 of 3 events match (…)',
    ]);
    expect(await run('ka.verb = list')).toBe('0 of 3 events match (…)');
  });

  test('lines fit the screen, and the widest columns give way', async () => {
    driven = drive({ width: () => 60 });
    driven.session.addEvents(toBytes(eventText({ user: { username: `${'ä'.repeat(60)}` } })));
    const answer = await lines('ka.target.subresource = exec');
    expect(answer.slice(0, -1).map((line) => line.length)).toEqual([60, 60, 60]);
    expect(answer[2]).toMatch(/^ {2}#4 {2}get pods\/ex… {2}kube-\S*… {2}ä+… {2}101 Resp\S*…$/);
  });

  test('more than five are counted', async () => {
    await run('clear');
    driven.session.addEvents(toBytes(Array.from({ length: 8 }, () => eventText()).join('\n')));
    const answer = await lines('ka.verb = get');
    expect(answer).toHaveLength(7);
    expect(answer.slice(5)).toEqual(['  and 3 more', '8 of 8 events match (…)']);
  });

  test('a request for no resource shows its path', async () => {
    await run('clear');
    expect(
      await run(
        eventText({ objectRef: undefined, requestURI: '/healthz?verbose', stage: 'ResponseComplete' }),
      ),
    ).toBe('1 event read, 1 in all');
    expect(await lines('ka.verb exists')).toContain('  #1  get /healthz    Žofie  101');
  });

  test('a field gives its values, the most frequent first', async () => {
    expect(await lines('ka.user.name')).toEqual([
      'ka.user.name: 2 values over 3 events',
      '       2  Žofie',
      '       1  system:node:a',
    ]);
    expect(await run('jevt.value[/objectRef/namespace]')).toContain('       1  <NA>');
  });

  test('letters whose last byte looks like a blank are letters', async () => {
    await run(eventText({ user: { username: 'voilà' } }));
    expect(await run('ka.user.name = voilà')).toMatch(/\n1 of 4 /);
    expect(await run('list à à, voilà')).toBe('list à defined');
    expect(await run('show à')).toBe('list à\n  "à", "voilà"');
  });

  test('a template is filled in from the current event', async () => {
    expect(await run('%ka.user.name in %ka.target.namespace')).toBe('Žofie in kube-system');
    expect(await run('ka.uri = "%ka.verb"')).toMatch(/^0 of 3 /);
    await run('next');
    expect(await run('%ka.user.name in %ka.target.namespace')).toBe('Žofie in shop');
  });

  test('after clear and new events the first of these is the current one', async () => {
    await run('next');
    await run('next');
    expect(await run('%ka.user.name')).not.toBe('first');
    await run('clear');
    expect(await run('%ka.user.name')).toMatch(/no event/);
    const events = ['first', 'second'].map((username) => eventText({ user: { username } }));
    driven.session.addEvents(toBytes(events.join('\n')));
    expect(await run('%ka.user.name')).toBe('first');
    await run('next');
    expect(await run('%ka.user.name')).toBe('second');
  });

  test('what is found first is shown before the rest, and an interrupt ends it', async () => {
    await run('clear');
    driven.session.addEvents(toBytes(Array.from({ length: 3000 }, () => eventText()).join('\n')));
    // Slow enough for several slices.
    const slow = Array.from({ length: 60 }, (_, index) => `ka.uri regex "(.*a.*b.*c.*){2}${index}"`).join(
      ' or ',
    );
    const early: string[] = [];
    const { text } = await driven.session.run(`(${slow}) or ka.verb = get`, async (part) => {
      early.push(part);
      driven.session.interrupt();
    });
    expect(early[0]).toMatch(/^ {2}#1 /);
    expect(text).toMatch(/^ {2}and \d+ more\n\d+ of \d+ events match .*, stopped before the other \d+$/);
    // Where nobody waits the answer is whole, and the same however long it took.
    const whole = await lines(`(${slow}) or ka.verb = get`);
    expect(whole).toHaveLength(7);
    expect(whole[6]).toBe('3000 of 3000 events match (…)');
  });
});

describe('why and near', () => {
  test('why shows the tree of the last condition, or of a rule', async () => {
    expect(await run('why')).toContain('type a condition first');
    await run('ka.verb = get and ka.target.namespace = shop');
    expect(await lines('why #1')).toEqual([
      'event #1',
      '✗ and',
      '├─ ✓ ka.verb = get   ka.verb is "get"',
      '└─ ✗ ka.target.namespace = shop   ka.target.namespace is "kube-system" ◀',
    ]);
    expect(await run('why #2 Exec')).toContain('✗ ka.target.namespace in (kube-system, kube-public)');
    expect(await run('why "Exec"')).toContain('✓ and');
    expect(await run('why #9')).toBe('there is no event #9; load some with: load FILE');
    expect(await run('why None')).toBe('no enabled rule or correlation is called "None"');
  });

  test('near finds the events that miss by one check', async () => {
    expect(await run('near')).toBe('type a condition first');
    await run('person and ka.target.namespace in (system_namespaces)');
    expect(await lines('near')).toEqual([
      '  #2  get pods/exec  shop  Žofie  101 ResponseStarted',
      '      misses by: ka.target.namespace in (kube-system, kube-public)   (it is shop)',
      '1 event misses by one check',
    ]);
  });
});

describe('walking over the events', () => {
  test('next, prev and show', async () => {
    expect(await run('next')).toMatch(/^ {2}#2 /);
    expect(await run('next')).toMatch(/^ {2}#3 /);
    expect(await lines('next')).toEqual([
      'this is the last event',
      expect.stringMatching(/^ {2}#3 /),
      '  rules: none',
    ]);
    expect(await run('prev')).toMatch(/^ {2}#2 /);
    expect(JSON.parse((await run('show')).replace(/^event #2 of 3\n/, ''))).toMatchObject({ verb: 'get' });
    expect(await run('show 1')).toMatch(/^event #1 of 3\n/);
    expect(await run('events')).toMatch(/^ {2}#1 .*\n {2}rules: Exec$/);
  });

  test('to what matches', async () => {
    expect(await run('next match')).toBe('type a condition first');
    await run('ka.verb = create');
    expect(await run('next match')).toMatch(/^ {2}#3 /);
    expect(await run('next match')).toBe('no event behind #3 matches');
    expect(await run('prev match')).toBe('no event before #3 matches');
  });

  test('show tells what a rule, macro or list is', async () => {
    expect(await lines('show Exec')).toEqual([
      'rule Exec',
      '  A person runs a command.',
      '  condition:',
      '    person and ka.target.subresource = exec and ka.target.namespace in (system_namespaces)',
      '  output: exec by %ka.user.name',
    ]);
    expect(await run('show person')).toBe('macro person\n  (not ka.user.name startswith "system:")');
    expect(await run('show system_namespaces')).toBe('list system_namespaces\n  kube-system, kube-public');
    expect(await run('show nothing')).toBe('there is no rule, correlation, macro or list "nothing"');
  });

  test('nothing is there to walk over', async () => {
    expect(await run('clear')).toBe('no events');
    expect(await run('next')).toBe('there is no event #1; load some with: load FILE');
    expect(await run('%ka.verb')).toBe('there is no event #1; load some with: load FILE');
    expect(await run('ka.verb = get')).toBe('0 of 0 events match (…)');
    expect(await run('fuzz Exec')).toMatch(/^no event matches the rule/);
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
    [
      'ka.user.name = Žofie and ka.vreb = x',
      ['  ka.user.name = Žofie and ka.vreb = x', '                           ^'],
    ],
  ])('%s has a caret under the word', async (line, below) => {
    expect((await lines(line)).slice(1, 1 + below.length)).toEqual(below);
  });

  test('of a long condition the part around the word is shown', async () => {
    const long = Array.from({ length: 60 }, (_, index) => `ka.verb = v${index}`);
    const [, text = '', caret = ''] = await lines([...long, 'ka.vreb = x', ...long].join(' or '));
    expect(text.length).toBeLessThan(115);
    expect(text.slice(caret.indexOf('^'))).toMatch(/^ka\.vreb = x or /);
  });

  test.each([
    ['ka.vreb', 'there is no field ka.vreb\nDid you mean ka.verb?'],
    ['%ka.vreb', 'there is no field ka.vreb\nDid you mean ka.verb?'],
    ['relod', 'there is no command, macro or field relod\nDid you mean reload?'],
    ['lod some/file', 'there is no command, macro or field lod\nDid you mean load?'],
    ['load', 'usage: load FILE | eks CLUSTER [FROM [TO]]'],
    ['load none.jsonl', 'there is no file none.jsonl'],
    ['load eks c 2h', 'there is no way to CloudWatch here'],
    ['macro', 'usage: macro NAME CONDITION'],
    ['test', 'usage: test [yes|no] [#N | fN] NAME'],
    ['help xyz', 'there is no command xyz; type help'],
    ['save out.yaml', 'nothing was defined; use macro, list or rule first'],
    ['undo', 'nothing was defined'],
    ['show 99', 'there is no event #99; load some with: load FILE'],
    ['show f1', 'there is no f1; fuzz shows what there is'],
    ['why f1', 'type a condition first, or name a rule: why [#EVENT] [RULE]'],
    ['fuzz', 'type a condition first, or name a rule: fuzz [#EVENT] [RULE]'],
  ])('%s', async (line, answer) => expect(await run(line)).toBe(answer));
});

test('empty lines, comments, help and quit', async () => {
  expect([await run(''), await run('# nothing')]).toEqual(['', '']);
  expect(await run('help')).toContain('why [#N | fN] [RULE]');
  expect(await run('help near')).toMatch(/^ {2}near /);
  expect(await run('help operators')).toContain('startswith');
  expect(await run('help transformers')).toContain('tolower');
  expect(await driven.session.run('quit')).toEqual({ text: '', quit: true });
  expect((await driven.session.run('ka.verb')).quit).toBe(false);
});
