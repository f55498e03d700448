// The self-check sees a prefilter that is wrong, whatever it does wrongly: these tests break it on purpose.

import { describe, expect, it } from 'vitest';
import { createEventGenerator } from '../../demo/endpoint/events.js';
import { toBytes } from '../../src/bytes.js';
import { loadRules } from '../../src/engine/rules/load.js';
import {
  type CompiledRule,
  compileRule,
  createRuleset,
  type Ruleset,
} from '../../src/engine/rules/ruleset.js';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import type { Prefilter } from '../../src/prefilter/prefilter.js';
import { NOTHING } from '../../src/prefilter/shared.js';
import { createUnwrapper } from '../../src/sources/unwrap.js';

const RULES = `
- rule: By mallory
  desc: d
  condition: ka.user.name = mallory
  output: Seen (user=%ka.user.name verb=%ka.verb)
  priority: INFO
  source: k8s_audit
- rule: Secrets
  desc: d
  condition: ka.target.resource = secrets and ka.verb in (get, list)
  output: Secret %ka.target.name %evt.num
  priority: INFO
  source: k8s_audit
`;
const json = { enabled: false, output: true, tags: true, message: false, outputFields: true };

function compiled(): readonly CompiledRule[] {
  const table = createFieldTable('k8s_audit', { hostname: () => 'host' });
  const { rules } = loadRules([{ name: 'rules.yaml', content: toBytes(RULES) }], { tables: () => table });
  return rules.map((rule) => compileRule(rule, { json, isoTime: false, hostname: 'vm' }));
}

const eventOf = (user: string, id = 'a-1'): string =>
  `{"kind":"Event","auditID":"${id}","verb":"get","user":{"username":"${user}"},"stageTimestamp":"2026-11-30T00:00:00Z"}`;

function open(every = 1, damage: (prefilter: Prefilter) => Partial<Prefilter> = () => ({})) {
  const counts = { checked: 0, different: 0 };
  const ruleset = createRuleset(compiled(), { matching: 'all', check: { every, counts } });
  const { prefilter } = ruleset;
  const log: string[] = [];
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 100_000,
    log: (level, message, kind) => log.push(`${level} ${kind}: ${message}`),
  });
  Object.assign(prefilter!, damage({ ...prefilter! }));
  return { ruleset, counts, log, send: (payload: string | Uint8Array) => send(ruleset, unwrap, payload) };
}

// As the pipeline does.
function send(ruleset: Ruleset, unwrap: ReturnType<typeof createUnwrapper>, payload: string | Uint8Array) {
  const alerts: string[] = [];
  const { prefilter, selfCheck: check } = ruleset;
  const onAlert = (_rule: number, line: string): void => void alerts.push(line);
  unwrap(
    payload,
    (event, state) => alerts.push(...ruleset.evaluate(event, state).map(({ line }) => line)),
    prefilter && { prefilter, onPassed: () => {}, onAlert, check },
  );
  return alerts;
}

const list = (events: readonly string[]): string => `{"kind":"EventList","items":[${events.join(',')}]}`;
const block = (events: readonly string[]): Uint8Array => Buffer.from(`${events.join('\n')}\n`);

const BROKEN: Readonly<Record<string, (prefilter: Prefilter) => Partial<Prefilter>>> = {
  'a state that says no rule can match': () => ({ placeOf: () => NOTHING }),
  'a step that leads to the wrong state': ({ next }) => ({ next: (state) => next(state, 2) }),
  'values of one class that are not alike': ({ classOf }) => {
    const first = new Map<number, number>();
    return {
      classOf(place, event) {
        const known = first.get(place) ?? classOf(place, event);
        first.set(place, known);
        return known;
      },
    };
  },
  'an alert with another text': ({ alertOf }) => ({
    alertOf(state) {
      const alert = alertOf(state);
      return alert && { ...alert, parts: [{ text: 'Something else' }] };
    },
  }),
};

describe.each(Object.entries(BROKEN))('%s', (_name, damage) => {
  it.each([
    ['a text', (event: string) => event],
    ['a block of lines', (event: string) => block([event, event])],
    ['a list', (event: string) => list([event])],
  ])('is noticed in %s, said with the event, counted, and switched off', (_form, payload) => {
    const { ruleset, counts, log, send } = open(1, damage);
    for (const user of ['nobody', 'mallory', 'mallory', 'nobody', 'mallory']) {
      if (ruleset.prefilter === undefined) break;
      send(payload(eventOf(user, `id-of-${user}`)));
    }
    expect(counts.different).toBe(1);
    expect(log).toEqual([
      expect.stringMatching(/^error prefilter: the prefilter was wrong .*\(auditID=id-of-(mallory|nobody) /),
    ]);
    // From now on everything is evaluated.
    expect(ruleset.prefilter).toBeUndefined();
    const lines = send(payload(eventOf('mallory')));
    expect(lines.at(-1)).toMatch(/: Info(rmational)? Seen \(user=mallory verb=get\)$/);
    expect(log).toHaveLength(1);
  });
});

describe('a sound prefilter', () => {
  it.each([
    ['texts', (events: readonly string[]) => events],
    ['blocks', (events: readonly string[]) => [block(events.slice(0, 500)), block(events.slice(500))]],
    ['lists', (events: readonly string[]) => [list(events.slice(0, 500)), list(events.slice(500))]],
  ])('agrees with full evaluation in %s, and the alerts are no others', (_form, payloads) => {
    const next = createEventGenerator({ seed: 3 });
    const events = Array.from({ length: 1000 }, (_, i) => toBytes(next(1_714_564_800_000 + i).message));
    const [checked, unchecked] = [open(1), open(0)];
    for (const payload of payloads(events)) expect(checked.send(payload)).toEqual(unchecked.send(payload));
    expect(checked.counts.checked).toBe(payloads(events).length);
    expect(unchecked.counts.checked).toBe(0);
    expect([checked.counts.different, checked.log, unchecked.log]).toEqual([0, [], []]);
    expect(checked.ruleset.prefilter).toBeDefined();
  });

  it('is checked as often as it is asked for', () => {
    const { counts, send } = open(100);
    for (let i = 0; i < 1000; i++) send(eventOf('nobody'));
    expect(counts.checked).toBe(10);
    send(block(Array.from({ length: 250 }, () => eventOf('nobody'))));
    expect(counts.checked).toBe(11);
  });

  it('takes what is no event for what it is', () => {
    const { counts, send, log } = open(1);
    for (const payload of ['', '{', '[]', '{"kind":"Pod"}', '[1]', list([]), block(['', '{', ''])])
      send(payload);
    expect(counts).toEqual({ checked: 0, different: 0 });
    expect(log.every((line) => !line.includes('prefilter was wrong'))).toBe(true);
  });
});
