import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeText, jsonAt, valuesOf } from '../../src/authoring/fuzz/event-values.js';
import { type Flip, fuzz } from '../../src/authoring/fuzz/fuzz.js';
import { createKeeper } from '../../src/authoring/keep.js';
import { toBytes } from '../../src/bytes.js';
import type { Event } from '../../src/event.js';
import { createScanner } from '../../src/prefilter/reader/fastest.js';
import { eventText, openRules, withEvent } from './support.js';

const rulesOf = (condition: string): string =>
  `- rule: R\n  desc: d\n  condition: ${JSON.stringify(condition)}\n  output: o\n  priority: INFO\n  source: k8s_audit\n`;

function run(condition: string, changes: Readonly<Record<string, unknown>> = {}, limit = 10_000) {
  const workspace = openRules(rulesOf(condition));
  const keep = createKeeper();
  const bases = [withEvent(workspace, eventText(changes), (event) => keep(event, 1))];
  const donors = [withEvent(workspace, eventText(), (event) => keep(event, 2))];
  const rule = workspace.rules[0]!;
  return { workspace, rule, ...fuzz(workspace, rule, { bases, donors, limit }) };
}

const shown = ({ pointer, label, matches }: Flip): string => `${matches ? '+' : '-'} ${label} ${pointer}`;

describe('fuzz', () => {
  test('finds how an exclusion by prefix lets an event slip by', () => {
    const { flips } = run('not ka.user.name startswith "system:" and ka.verb = get');
    expect(flips.map(shown)).toEqual(
      expect.arrayContaining([
        '- starts as in the rule /user/username',
        '- other case /verb',
        '- missing /verb',
        '- null /verb',
        '- key in other case /verb',
      ]),
    );
    const prefixed = flips.find((flip) => shown(flip) === '- starts as in the rule /user/username');
    expect(prefixed?.check).toBe('ka.user.name startswith system:');
    expect(prefixed?.before).toBe(toBytes('"Žofie"'));
  });

  test('finds what a check by parts of a text takes in', () => {
    const { flips } = run('ka.uri contains "/secrets"');
    expect(flips.map(shown)).toContain('+ ends as in the rule /requestURI');
  });

  test('adds what the event lacks and others have', () => {
    const { flips } = run('ka.target.subresource exists', { objectRef: { resource: 'pods' } });
    expect(flips.map(shown)).toEqual(['+ added /objectRef/subresource']);
  });

  test('works in lists, numbers, and parts of a text', () => {
    const groups = run('ka.user.groups intersects (a)', { user: { username: 'x', groups: ['a', 'b'] } });
    expect(groups.flips.map(shown)).toEqual(
      expect.arrayContaining(['- empty list /user/groups', '- other case /user/groups/0']),
    );
    const code = run('ka.response.code >= 400', { responseStatus: { code: 399 } });
    expect(code.flips.map(shown)).toContain('+ another number /responseStatus/code');
    const parameter = run('ka.uri.param[command] = sh');
    expect(parameter.flips.find(({ label }) => label === 'other case')?.change).toEqual({
      kind: 'replace',
      json: '"/api/v1/namespaces/kube-system/pods/dns/exec?command=SH"',
    });
  });

  test('an escaped spelling is the same value, and turns nothing', () => {
    const { flips } = run('ka.verb = get and ka.user.name exists');
    expect(flips.map(({ label }) => label)).not.toContain('escaped letter');
    expect(flips.map(({ label }) => label)).not.toContain('escaped key');
  });

  test('every flip is one: both events evaluate as it says', () => {
    const condition =
      'ka.verb in (get, list) and (ka.user.name startswith Ž or ka.target.name glob "d*s") and not ka.uri contains "exec?command=bash"';
    const { flips, workspace, rule } = run(condition);
    expect(flips.length).toBeGreaterThan(20);
    for (const { event, matches } of flips) expect(workspace.explain(rule, event).verdict).toBe(matches);
  });

  test('says the same every time, and keeps within its budget', () => {
    const condition = 'ka.verb = get and ka.target.name = dns';
    const texts = (): string[] => run(condition).flips.map(({ event }) => event.document.text);
    expect(texts()).toEqual(texts());
    const { variants } = run(condition, {}, 30);
    expect(variants).toBeLessThanOrEqual(30);
    expect(run(condition, {}, 0)).toMatchObject({ flips: [], variants: 0 });
  });
});

describe('places', () => {
  const scanner = createScanner();
  const text = fc
    .json({ maxDepth: 4 })
    .map((json) => JSON.stringify([JSON.parse(json), { a: 1, b: [2, 'x'] }]));

  /** What stands at a pointer. */
  function valueAt(root: unknown, pointer: string): unknown {
    let at = root;
    for (const token of pointer.slice(1).split('/')) {
      const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
      const held = at as Record<string, unknown>;
      at = Object.hasOwn(held, key) ? held[key] : undefined;
    }
    return at;
  }

  test('every place is where its pointer says, and each change leaves JSON', () => {
    fc.assert(
      fc.property(text, (json) => {
        const bytes = toBytes(json);
        const document = { ...scanner.scan(bytes)! };
        const own = { ...document, tape: document.tape.slice() };
        for (const place of valuesOf(own, 50)) {
          const value: unknown = JSON.parse(jsonAt(own, place.node));
          const root: unknown = JSON.parse(bytes);
          // JSON.parse keeps the last of equal keys and knows no __proto__; such texts are rare here.
          if (bytes.includes('__proto__')) continue;
          expect(valueAt(root, place.pointer)).toEqual(value);
          const replaced: unknown = JSON.parse(changeText(own, place, { kind: 'replace', json: '"new"' }));
          expect(valueAt(replaced, place.pointer)).toBe('new');
          JSON.parse(changeText(own, place, { kind: 'remove' }));
          if (place.parent === 'array') continue;
          const removed: unknown = JSON.parse(changeText(own, place, { kind: 'remove' }));
          expect(valueAt(removed, place.pointer)).toBeUndefined();
          const added: unknown = JSON.parse(
            changeText(own, place, { kind: 'behind', key: 'new', json: '[1]' }),
          );
          expect(JSON.stringify(added)).toContain('"new":[1]');
          JSON.parse(changeText(own, place, { kind: 'before', key: 'new', json: '1' }));
          JSON.parse(changeText(own, place, { kind: 'key', json: '"other"' }));
        }
      }),
    );
  });
});

test('a kept event says what the borrowed one said', () => {
  const workspace = openRules();
  const keep = createKeeper();
  const kept: Event[] = [];
  const list = `{ "kind": "EventList", "items": [ ${eventText()} , ${eventText({ verb: 'list' })} ] }`;
  const outputs: string[] = [];
  workspace.readEvents(
    toBytes(list),
    (event) => {
      outputs.push(...workspace.matches(event).map(({ output }) => output));
      kept.push(keep(event, kept.length + 1));
    },
    (fault) => outputs.push(fault),
  );
  expect(kept.flatMap((event) => workspace.matches(event).map(({ output }) => output))).toEqual(outputs);
  expect(kept.map(({ num }) => num)).toEqual([1, 2]);
  expect(outputs).toHaveLength(2);
});
