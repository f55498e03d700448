// Entries that no rule matches are not decoded; which alerts there are, and what is counted, stays the same.

import { beforeEach, describe, expect, it } from 'vitest';
import '../../../src/runtime/node.js';
import { toBytes } from '../../../src/bytes.js';
import { loadRules } from '../../../src/engine/rules/load.js';
import { compileRule, createRuleset } from '../../../src/engine/rules/ruleset.js';
import { createFieldTable } from '../../../src/plugins/field-table.js';
import { json } from '../../../src/plugins/json/index.js';
import { decodeEntry } from '../../../src/plugins/okta/entry.js';
import { okta } from '../../../src/plugins/okta/index.js';
import { unwrapperOf } from '../../../src/plugins/origin.js';
import type { Plugin } from '../../../src/plugins/plugin.js';

const RULES = `
- rule: locked out
  desc: a user is locked out
  condition: okta.evt.type = user.account.lock and okta.actor.name != Carol
  output: user=%okta.actor.name target=%okta.target.user.name
  priority: NOTICE
  source: okta
- rule: denied
  desc: a second factor is refused again and again
  condition: okta.mfa.deny.countlast[300] >= 2
  output: user=%okta.actor.name count=%okta.mfa.deny.countlast[300]
  priority: NOTICE
  source: okta
`;

let decoded = 0;
beforeEach(() => {
  decoded = 0;
});

const counted = {
  ...okta,
  envelope: {
    ...okta.envelope,
    *decode(...given: Parameters<typeof decodeEntry>) {
      decoded++;
      yield* decodeEntry(...given);
    },
  },
} as unknown as Plugin;

function alertsOf(payloads: readonly string[], prefiltered: boolean, rules = RULES): readonly string[] {
  const table = createFieldTable('okta', { plugins: [counted, json] });
  const { rules: loaded } = loadRules([{ name: 'r.yaml', content: rules }], { tables: () => table });
  const look = {
    json: { enabled: false, output: true, tags: true, message: false, outputFields: true },
    isoTime: true,
    hostname: 'h',
  };
  const ruleset = createRuleset(
    loaded.map((rule) => compileRule(rule, look)),
    { matching: 'first', prefiltered, check: { every: 7, counts } },
  );
  const unwrap = unwrapperOf({
    plugin: counted,
    source: 'okta',
    settings: undefined,
    maxEventSize: 1 << 20,
    log: () => {},
  });
  const lines: string[] = [];
  const { prefilter, selfCheck: check } = ruleset;
  for (const payload of payloads)
    unwrap(
      toBytes(payload),
      (event, state) => void lines.push(...ruleset.evaluate(event, state).map(({ line }) => line)),
      prefilter && { prefilter, check, onPassed: () => {}, onAlert: (_, line) => void lines.push(line) },
    );
  return lines;
}

const counts = { checked: 0, different: 0 };

const entry = (eventType: string, more: object = {}) => ({
  uuid: 'u',
  published: '2026-03-01T10:00:00.000Z',
  eventType,
  actor: { id: 'a', type: 'User', displayName: 'Ann', detailEntry: null },
  outcome: { result: 'SUCCESS' },
  target: [{ id: 't', type: 'User', displayName: 'Tom' }],
  request: { ipChain: [{ ip: '10.0.0.1' }] },
  ...more,
});

const texts = (...entries: readonly object[]): readonly string[] =>
  entries.map((each) => JSON.stringify(each));

describe('entries of the System Log', () => {
  it('are not decoded where rules can be told by what stands in them', () => {
    const quiet = Array.from({ length: 50 }, () => entry('user.session.start'));
    const found = alertsOf(texts(...quiet, entry('user.account.lock')), true);
    expect(found).toEqual([expect.stringContaining('user=Ann target=Tom')]);
    // Those that are checked both ways are.
    expect(decoded).toBeLessThan(15);
  });

  it('count refused second factors as if they were', () => {
    const deny = Array.from({ length: 6 }, (_, i) =>
      entry('user.mfa.okta_verify.deny_push', { published: `2026-03-01T10:00:0${i}.000Z` }),
    );
    const all = texts(...deny, entry('user.session.start'), ...deny);
    const whole = alertsOf(all, false);
    expect(whole.length).toBeGreaterThan(3);
    expect(alertsOf(all, true)).toEqual(whole);
  });

  it.each([
    ['a key in other letters', '"eventType":"user.session.start"', '"EVENTTYPE":"user.account.lock"'],
    [
      'a key that comes twice',
      '"eventType":"user.session.start"',
      '"eventType":"user.session.start","eventType":"user.account.lock"',
    ],
    ['a key with escapes', '"eventType":"user.session.start"', '"event\\u0054ype":"user.account.lock"'],
    ['a value with escapes', '"eventType":"user.session.start"', '"eventType":"user.account.\\u006cock"'],
    ['an actor that comes twice', '"outcome"', '"Actor":{"displayName":"Carol"},"outcome"'],
    ['an actor that is none', '"actor":{', '"actor":7,"other":{'],
    ['a name that is a number', '"displayName":"Ann"', '"displayName":7'],
  ])('with %s give the same alerts as decoded ones', (_, from, to) => {
    const plain = texts(entry('user.session.start'), entry('user.account.lock'));
    const odd = plain.map((text) => text.replace(from, () => to));
    expect(odd).not.toEqual(plain);
    const all = [...plain, ...odd, ...plain, ...odd];
    expect(alertsOf(all, true)).toEqual(alertsOf(all, false));
    expect(counts.different).toBe(0);
  });

  it('are decoded where a rule looks at the whole of them', () => {
    const rules = `${RULES}
- rule: request
  desc: something that decoding leaves out
  condition: json.value[/request/ipChain/0/ip] exists
  output: never
  priority: NOTICE
  source: okta
`;
    const all = texts(entry('user.session.start'), entry('user.session.start'));
    expect(alertsOf(all, true, rules)).toEqual([]);
    expect(decoded).toBe(2);
  });
});
