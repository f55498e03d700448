import { load } from 'js-yaml';
import { beforeEach, describe, expect, test } from 'vitest';
import { runSuiteFile } from '../../src/authoring/suite-run.js';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { eventText, openRules, RULES } from '../authoring/support.js';
import { type Driven, drive } from './support.js';

let driven: Driven;
const run = (line: string): Promise<string> => driven.run(line);
beforeEach(() => {
  driven = drive();
});

describe('definitions', () => {
  test('macros, lists and rules are used at once, and undone', async () => {
    expect(await run('list shops shop, "market"')).toBe('list shops defined');
    expect(await run('macro in_shop ka.target.namespace in (shops)')).toBe('macro in_shop defined');
    expect(await run('in_shop')).toMatch(/\n1 of 3 events matches/);
    expect(await run('rule "Exec In Shop" in_shop and person | who=%ka.user.name | now | ERROR')).toBe(
      'rule Exec In Shop defined; 1 of 3 events matches',
    );
    await run('next');
    expect(await run('events')).toContain('rules: Exec In Shop');
    expect((await driven.lines('rules')).slice(0, 3)).toEqual([
      '2 rules, matches over 3 events:',
      '       1  Exec',
      '       1  Exec In Shop',
    ]);
    expect(await run('undo')).toBe('rule Exec In Shop is gone');
    expect(await run('events')).toContain('rules: none');
  });

  test('a definition with a fault changes nothing', async () => {
    expect(await run('rule "Bad" ka.verb = get | %ka.usr.name')).toContain('Did you mean ka.user.name?');
    expect(await run('rule "Bad" ka.vreb = get')).toContain('Did you mean ka.verb?');
    expect(await run('undo')).toBe('nothing was defined');
  });

  test('a definition of the same name replaces the one before, and undo brings that back', async () => {
    await run('macro m ka.verb = get');
    await run('macro n m and person');
    expect(await run('macro m ka.verb = create')).toBe('macro m defined anew');
    expect(await run('m')).toMatch(/\n1 of 3 /);
    expect(await run('n')).toMatch(/^0 of 3 /);
    expect(await run('undo')).toBe('macro m is as it was before');
    expect(await run('n')).toMatch(/\n2 of 3 /);
  });

  test('what others are built on cannot be taken from under them', async () => {
    await run('macro m ka.verb = get');
    await run('rule R m | x');
    await run('undo');
    await run('rule R m | x');
    expect(await run('undo')).toBe('rule R is gone');
    expect(await run('undo')).toBe('macro m is gone');
    expect(await run('m')).toContain('no command, macro or field m');
  });

  test('the rule that was typed is what why is about', async () => {
    await run('rule "R" ka.verb = create | x');
    expect(await run('why')).toBe('event #1\n✗ ka.verb = create   ka.verb is "get"');
  });
});

describe('save', () => {
  test('what is saved loads again', async () => {
    await run('macro zena ka.user.name = "Žofie" and ka.uri contains "a\\b"');
    await run('list verbs get, create');
    await run(`rule "Ž: it's [new] #1" zena or ka.verb in (verbs) | who=%ka.user.name "x" | NOTICE`);
    expect(await run('save out.yaml')).toBe('3 items written to out.yaml');
    const saved = fromBytes(driven.files.get('out.yaml')!);
    const rules = openRules(RULES + saved).rules;
    expect(rules.map(({ info }) => fromBytes(info.name))).toEqual(['Exec', "Ž: it's [new] #1"]);
    expect(await run('rules out.yaml')).toContain('2 rules');
  });

  test.each([
    ['short', 'ka.verb = get'],
    ['quotes and hashes', 'ka.uri contains "a: \'b\' # c" and ka.verb != "- x"'],
    ['several blanks', 'ka.uri = "a  b" and ka.verb = get'],
    ['a letter that ends like a blank', 'ka.user.name = voilà or ka.user.name in (à, là)'],
    ['umlauts', 'ka.user.name = "Žofie" or ka.user.name startswith "Ž  "'],
    ['long', Array.from({ length: 40 }, (_, index) => `ka.uri contains "part ${index} of it"`).join(' or ')],
  ])('a condition with %s comes back byte by byte', async (_name, condition) => {
    await run(`rule "R" ${condition} | x`);
    await run('save out.yaml');
    const text = fromBytes(driven.files.get('out.yaml')!);
    const items = load(text) as { readonly condition: string }[];
    expect(items[0]!.condition).toBe(condition);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(
      condition.includes('  ') ? 200 : 140,
    );
  });

  test('a rules file that is there keeps what it has, and gets the new items behind it', async () => {
    const before =
      '# Mine.\n- macro: mine\n  condition: ka.verb = get # yes\n\n- rule: Old\n  desc: d\n  condition: mine\n  output: o\n  priority: INFO\n  source: k8s_audit';
    driven.files.set('mine.yaml', before);
    await run('rule "New" ka.verb = create | x');
    expect(await run('save mine.yaml')).toBe('1 item added to mine.yaml');
    const saved = driven.files.get('mine.yaml')!;
    expect(saved.startsWith(`${before}\n`)).toBe(true);
    expect(openRules(fromBytes(saved)).rules.map(({ info }) => info.name)).toEqual(['Old', 'New']);
    // Saving again writes the items once, as they are now.
    await run('rule "New" ka.verb = delete | x');
    expect(await run('save mine.yaml')).toBe('1 item added to mine.yaml');
    const again = driven.files.get('mine.yaml')!;
    expect(again.startsWith(`${before}\n`)).toBe(true);
    expect(again.split('- rule: New')).toHaveLength(2);
    expect(again).toContain('ka.verb = delete');
  });

  test('a name that is there already is said, and a list that stands further right goes on there', async () => {
    driven.files.set(
      'mine.yaml',
      '  - rule: New\n    desc: d\n    condition: ka.verb = get\n    output: o\n    priority: INFO\n    source: k8s_audit\n',
    );
    await run('rule "New" ka.verb = create | x');
    expect(await run('save mine.yaml')).toBe(
      '1 item added to mine.yaml\nrule New was there already; the new one stands behind it and counts',
    );
    const [rule] = openRules(fromBytes(driven.files.get('mine.yaml')!)).rules;
    expect(rule!.compiled.definition.condition.text.trim()).toBe('ka.verb = create');
  });

  test.each([
    ['text: x\n', 'it is no rules file'],
    ['a line\n', 'it is no rules file'],
    ['[{rule: A}]\n', 'its list is in brackets'],
    ['- rule: "open\n', 'it cannot be read: '],
    ['- rule: [a\n', 'it cannot be read: '],
  ])('a file that is something else stays as it is: %j', async (before, why) => {
    driven.files.set('other.yaml', before);
    await run('rule "New" ka.verb = create | x');
    expect(await run('save other.yaml')).toContain(
      `other.yaml is there already and nothing can be added: ${why}`,
    );
    expect(driven.files.get('other.yaml')).toBe(before);
    expect(driven.session.unsaved()).toBe('1 item');
  });

  test('a suite that is there is not replaced', async () => {
    driven.files.set('out-test.yaml', 'tests: []\n');
    await run('rule "R" ka.verb = get | x');
    await run('test #1 one');
    expect(driven.session.unsaved()).toBe('1 item and 1 test');
    expect(await run('save out.yaml')).toContain('1 test written to out-test-2.yaml');
    expect(await run('save out.yaml')).toContain('1 test written to out-test-2.yaml');
    expect(driven.files.get('out-test.yaml')).toBe('tests: []\n');
    expect(driven.session.unsaved()).toBe('');
  });

  test('events are added to a file of events, and to no other', async () => {
    expect(await run('save #2 events.json')).toBe('1 event written to events.json');
    expect(await run('save #3 events.json')).toBe('1 event added to events.json');
    expect(driven.files.get('events.json')!.trim().split('\n')).toHaveLength(2);
    expect(await run('save #2 rules.yaml')).toBe(
      'rules.yaml is there already and holds no events; name another file',
    );
    expect(driven.files.get('rules.yaml')).toContain('- rule: Exec');
  });

  test('an event is one line of JSON', async () => {
    expect(await run('save #2 event.json')).toBe('1 event written to event.json');
    expect(JSON.parse(fromBytes(driven.files.get('event.json')!))).toMatchObject({
      objectRef: { namespace: 'shop' },
    });
    expect(await run('save #9 event.json')).toBe('there is no event #9; load some with: load FILE');
    expect(await run('save')).toBe('usage: save FILE | #N FILE | fN FILE');
  });

  test('what it needs of other files is said in the file', async () => {
    await run('rule "R" person and ka.verb = get | x');
    expect(await run('save out.yaml')).toBe(
      '1 item written to out.yaml\nLoad it behind rules.yaml, whose macros and lists it uses.',
    );
    expect(driven.files.get('out.yaml')).toMatch(/^# Load it behind rules\.yaml, whose /);
  });
});

describe('tests', () => {
  const runSaved = (suite: string) =>
    runSuiteFile(suite, {
      covered: false,
      readFile: (path) => driven.files.get(path)!,
      loadRules: (paths) => openRules(paths.map((path) => fromBytes(driven.files.get(path)!)).join('\n')),
    });

  test('are about the last rule, noted as it is or as it should be, and saved beside the rules', async () => {
    expect(await run('test #1 x')).toContain('define a rule first');
    await run('rule "R" person and ka.target.subresource = exec | who=%ka.user.name');
    expect(await run('test #1 exec')).toBe('test 1: "R" matches');
    expect(await run('test #3 a node')).toBe('test 2: "R" does not match');
    expect(await run('test no #2 the shop may')).toBe(
      'test 3: "R" does not match, which it still has to learn',
    );
    expect(await run('test #1 exec')).toBe('there is a test "exec" already');
    expect(await run('save out.yaml')).toContain(
      '3 tests written to out-test.yaml; run: tsfalco test out-test.yaml',
    );
    const { verdicts } = runSaved('out-test.yaml');
    expect(verdicts.map(({ test: name, failures }) => [name, failures.length])).toEqual([
      ['exec', 0],
      ['a node', 0],
      ['the shop may', 1],
    ]);
  });

  test('everything that fuzz finds can be one, and says the same there', async () => {
    await run('rule "R" person and ka.target.subresource = exec and ka.response.code < 400 | x');
    await run('fuzz all');
    let count = 0;
    let without = 0;
    for (;;) {
      const answer = await run(`test f${count + without + 1} flip ${count + without + 1}`);
      if (answer.startsWith('there is no')) break;
      if (answer.startsWith('no test: the event has no key auditID')) without++;
      else count++;
    }
    expect(without).toBe(2);
    expect(count).toBeGreaterThan(40);
    await run('save out.yaml');
    const { verdicts, suite } = runSaved('out-test.yaml');
    expect(verdicts.filter(({ failures }) => failures.length > 0)).toEqual([]);
    expect(suite.tests.length).toBe(count);
    const text = fromBytes(driven.files.get('out-test.yaml')!);
    // Small changes are written as such, what YAML cannot say as text.
    expect(text).toContain('with: {"/objectRef/subresource": "EXEC"}');
    expect(text).toContain('    text: ');
  });
});

test('reload reads the files again', async () => {
  driven.files.set('rules.yaml', toBytes(RULES.replace('- rule: Exec', '- rule: Renamed')));
  expect(await run('reload')).toBe('1 file, 1 rule');
  expect(await run('rules')).toContain('Renamed');
});

test('a rules file with an error leaves what was there', async () => {
  driven.files.set('bad.yaml', '- rule: X\n  condition: ka.vreb = a\n');
  expect(await run('rules bad.yaml')).toMatch(/^bad\.yaml:\d+:\d+: /);
  expect(await run('why #1 Exec')).toContain('✓ and');
});

test('events come from files, from pasted text and from elsewhere', async () => {
  driven.files.set('broken.jsonl', toBytes(`{"kind":\n${eventText()}\n[1]\n\xff`));
  const answer = await driven.lines('load broken.jsonl');
  expect(answer[0]).toBe('1 event read, 4 in all');
  expect(answer).toHaveLength(4);
  expect(await run(`[${eventText()},${eventText()}]`)).toBe('2 events read, 6 in all');
  driven = drive({
    readSource: async (words, add) => {
      expect(words).toBe('my-cluster 2h');
      for (const payload of [toBytes(eventText()), '{}']) add({ payload, plugin: undefined });
    },
  });
  const read = await driven.lines('load eks my-cluster 2h');
  expect(read[0]).toBe('1 event read, 4 in all');
  expect(read).toHaveLength(2);
});
