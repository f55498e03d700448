// Events of other kinds than Kubernetes' audit logs: with and without the prefilter, and whatever was done to them, the same alerts.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { loadRules } from '../../src/engine/rules/load.js';
import { compileRule, createRuleset, type Ruleset } from '../../src/engine/rules/ruleset.js';
import type { FieldTable } from '../../src/fields/field.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { json } from '../../src/plugins/json/index.js';
import { unwrapperOf } from '../../src/plugins/origin.js';
import { definePlugin, type Plugin } from '../../src/plugins/plugin.js';
import { BUILT_IN } from '../../src/plugins/registry.js';
import type { CheckCounts } from '../../src/prefilter/self-check.js';
import { ruleOf } from './support.js';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-03-04T05:06:07.089Z') });
});

afterEach(() => {
  vi.useRealTimers();
});

const recorded = (plugin: string): readonly string[] =>
  gunzipSync(readFileSync(new URL(`../conformance/plugins/${plugin}/events.jsonl.gz`, import.meta.url)))
    .toString()
    .split('\n')
    .filter((line) => line !== '');

const dataOf = (line: string): string => (JSON.parse(line) as { readonly data: string }).data;

/** By plugin: the texts of events, and the payload that an event comes in. */
const CASES: Readonly<Record<string, { texts(): readonly string[]; payload(text: string): string }>> = {
  cloudtrail: { texts: () => recorded('cloudtrail'), payload: (text) => text },
  gcpaudit: { texts: () => recorded('gcpaudit').map(dataOf), payload: (text) => text },
  'k8saudit-gke': { texts: () => recorded('k8saudit-gke').map(dataOf), payload: (text) => text },
  okta: { texts: () => recorded('okta'), payload: (text) => text },
  github: {
    texts: () =>
      recorded('github')
        .map((line) => JSON.parse(line) as { readonly body: string })
        .map(({ body }) => body),
    payload: (body) => JSON.stringify({ type: 'push', contentType: 'application/json', body }),
  },
};

const SCALARS: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '12',
  '-1',
  '1e3',
  '18446744073709551616',
  '""',
];
const STRINGS = [
  '',
  'true',
  'x',
  'null',
  'AwsCloudTrailInsight',
  'a"b',
  'caf\u00e9',
  'a\u0000b',
  'y'.repeat(300),
];
const odd = fc.oneof(
  fc.constantFrom(...SCALARS),
  fc.constantFrom(...STRINGS).map((text) => JSON.stringify(text)),
  fc.constantFrom('{}', '[]', '[ ]', '{"a": 1}', '["a",{"b":null}]', '"\\u0041"', '"a\\/b"'),
);

/** What is done to an event: by random numbers, so that it makes sense for every text. */
const change = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('value', 'value', 'drop', 'twice', 'escape', 'space', 'before', 'cut'),
  value: odd,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const KEY = /"((?:[^"\\]|\\.)*)":/g;

function changed(text: string, { at, kind, value }: Change): string {
  if (kind === 'before') return ` ${text}`;
  if (kind === 'cut') return text.slice(0, at % text.length);
  const keys = [...text.matchAll(KEY)];
  const found = keys[at % Math.max(keys.length, 1)];
  if (found === undefined) return text;
  const [whole, name = ''] = found;
  const [start, end] = [found.index, found.index + whole.length];
  const rest = text.slice(end);
  const scalar = /^\s*(?:"(?:[^"\\]|\\.)*"|[^[{\]},"]+)/.exec(rest)?.[0] ?? '';
  const head = text.slice(0, start);
  switch (kind) {
    case 'value':
      return scalar === ''
        ? `${head}"${name}":${value},"_${name}":${rest}`
        : `${head}${whole}${value}${rest.slice(scalar.length)}`;
    case 'drop':
      return `${head}"_${name}":${rest}`;
    case 'twice':
      return `${head}${whole}${value},${whole}${rest}`;
    case 'escape':
      return `${head}"\\u00${name.charCodeAt(0).toString(16).padStart(2, '0')}${name.slice(1)}":${rest}`;
    default:
      return `${head}${whole} ${rest}`;
  }
}

// Rules over all fields of a table that stand at a place, with values that there are.
function rulesOver(
  table: FieldTable,
  texts: readonly string[],
  values: (field: string) => readonly string[],
): string {
  const plugins = table.classes.filter(({ plugin, name }) => plugin && name !== 'json' && name !== 'tsfalco');
  const fields = plugins
    .flatMap((each) => each.fields)
    .filter((field) => field.argument === null && !field.isList);
  const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const conditions = fields.flatMap(({ name, type }, i) => {
    if (type === 'UINT64') return [`${name} >= ${i % 5}`, `${name} = 12 or not ${name} exists`];
    const known = values(name);
    const [one = 'x', two = ''] = [known[i % Math.max(known.length, 1)], known.at(-1)];
    return [
      `${name} in (${quoted(one)}, ${quoted(two)}, "true")`,
      i % 3 === 0 ? `not ${name} exists` : `${name} != ${quoted(two)} and not ${name} = ""`,
      i % 2 === 0
        ? `${name} startswith ${quoted(one.slice(0, 3) || 'x')}`
        : `${name} contains ${quoted(one.slice(-3) || 'null')}`,
      ...(i % 7 === 0 ? [`${name} regex ".*[aeiou]{2}.*"`] : []),
    ];
  });
  expect(texts.length).toBeGreaterThan(50);
  const shown = fields.slice(0, 8).map(({ name }) => `%${name}`);
  return conditions
    .map((condition, i) =>
      ruleOf(
        `R${i}`,
        condition,
        i % 2 === 0 ? `%${fields[i % fields.length]!.name} ${shown.join(' ')}` : '%evt.num',
      ),
    )
    .map((rule) => rule.replace('source: k8s_audit', `source: ${table.source}`))
    .join('');
}

interface Ways {
  readonly prefiltered: Ruleset;
  readonly plain: Ruleset;
  readonly counts: CheckCounts;
}

const LOOKS = { enabled: false, output: true, tags: true, message: false, outputFields: true };

function rulesetsOf(table: FieldTable, rules: string, asJson: boolean): Ways {
  const outcome = loadRules([{ name: 'rules.yaml', content: toBytes(rules) }], { tables: () => table });
  const [error] = outcome.results.flatMap(({ errors }) => errors);
  if (error !== undefined) throw new Error(error.message);
  const options = { json: { ...LOOKS, enabled: asJson }, isoTime: false, hostname: 'vm' };
  const compiled = outcome.rules.map((rule) => compileRule(rule, options));
  const counts = { checked: 0, different: 0 };
  return {
    counts,
    prefiltered: createRuleset(compiled, { matching: 'all', check: { every: 3, counts } }),
    plain: createRuleset(compiled, { matching: 'all', prefiltered: false }),
  };
}

interface Outcome {
  readonly alerts: readonly string[];
  readonly events: number;
  readonly passed: number;
  readonly written: number;
  readonly complaints: readonly string[];
}

function runnerOf(plugin: Plugin, ruleset: Ruleset): (payloads: readonly (string | Uint8Array)[]) => Outcome {
  const complaints: string[] = [];
  const unwrap = unwrapperOf({
    plugin,
    source: plugin.source!.name,
    maxEventSize: 1 << 20,
    log: (_level, message) => complaints.push(message),
  });
  return (payloads) => {
    const alerts: string[] = [];
    let [emitted, passed, written] = [0, 0, 0];
    for (const payload of payloads) {
      const { prefilter, selfCheck: check } = ruleset;
      const use = prefilter && {
        prefilter,
        check,
        onPassed: (count: number): void => {
          passed += count;
        },
        onAlert: (_rule: number, line: string): void => {
          alerts.push(line);
          written++;
        },
      };
      unwrap(
        payload,
        (event, state) => {
          emitted++;
          for (const { line } of ruleset.evaluate(event, state)) alerts.push(line);
        },
        use,
      );
    }
    return { alerts, events: emitted + passed, passed, written, complaints: complaints.splice(0) };
  };
}

const loaded = async (name: string): Promise<Plugin> => {
  const plugin = await BUILT_IN.find((each) => each.name === name)!.load();
  // Without what has to see every event.
  const { state: _state, ...others } = plugin;
  return definePlugin(name === 'okta' ? others : plugin) as Plugin;
};

describe.each(Object.keys(CASES))('%s', (name) => {
  test.each([false, true])('with and without the prefilter the same alerts (as JSON: %s)', async (asJson) => {
    const { texts, payload } = CASES[name]!;
    const plugin = await loaded(name);
    const table = createFieldTable(plugin.source!.name, { plugins: [plugin, json] });
    const all = texts();
    const values = valuesOf(plugin, table, all.map(payload));
    const { prefiltered, plain, counts } = rulesetsOf(table, rulesOver(table, all, values), asJson);
    const expectedOf = runnerOf(plugin, plain);
    const run = runnerOf(plugin, prefiltered);
    const [runBlock, expectedBlock] = [prefiltered, plain].map((ruleset) => runnerOf(plugin, ruleset));
    const compare = (lines: readonly string[]): Outcome => {
      const bytes = lines.map((line) => toBytes(payload(line).replaceAll('\n', ' ')));
      const expected = expectedOf(bytes);
      const outcome = run(bytes);
      const block = [Buffer.from(`${bytes.join('\n')}\n`, 'latin1')];
      expect(outcome.alerts).toEqual(expected.alerts);
      expect([outcome.events, outcome.complaints]).toEqual([expected.events, expected.complaints]);
      expect(runBlock!(block).alerts).toEqual(expectedBlock!(block).alerts);
      return outcome;
    };
    compare(all);
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat({ max: all.length - 1 }), fc.array(change, { minLength: 1, maxLength: 3 })),
          { minLength: 5, maxLength: 20 },
        ),
        (picks) => {
          compare(picks.map(([index, changes]) => changes.reduce(changed, all[index]!)));
        },
      ),
      { numRuns: Number(process.env['PLUGIN_RUNS'] ?? 15) },
    );
    expect([counts.checked > 20, counts.different]).toEqual([true, 0]);
  });

  test('events that no rule can match pass unread, and the self-check agrees', async () => {
    const { texts, payload } = CASES[name]!;
    const plugin = await loaded(name);
    const table = createFieldTable(plugin.source!.name, { plugins: [plugin, json] });
    const place =
      { cloudtrail: 'ct.name', gcpaudit: 'gcp.serviceName', github: 'github.action', okta: 'okta.evt.type' }[
        name
      ] ?? 'ka.verb';
    const rules = ruleOf('R', `${place} = nothing and evt.num > 0`, '%evt.num').replace(
      'k8s_audit',
      plugin.source!.name,
    );
    const { prefiltered, counts } = rulesetsOf(table, rules, false);
    const run = runnerOf(plugin, prefiltered);
    const payloads = texts().map((text) => toBytes(payload(text)));
    run(payloads);
    const { events, passed } = run(payloads);
    expect(events).toBeGreaterThan(50);
    // A few have an odd form.
    expect(passed).toBeGreaterThan(events * 0.9);
    expect(counts.checked).toBeGreaterThan(20);
    expect(counts.different).toBe(0);
  });
});

// By field: texts that recorded events have there.
function valuesOf(
  plugin: Plugin,
  table: FieldTable,
  payloads: readonly string[],
): (field: string) => readonly string[] {
  const fields = table.classes.flatMap((each) => each.fields);
  const found = new Map<string, Set<string>>(fields.map(({ name }) => [name, new Set()]));
  const bound = fields
    .filter(({ argument }) => argument === null)
    .map((field) => [field.name, field.bind(undefined)] as const);
  const unwrap = unwrapperOf({
    plugin,
    source: plugin.source!.name,
    maxEventSize: 1 << 20,
    log: () => {},
  });
  for (const payload of payloads)
    unwrap(toBytes(payload), (event) => {
      for (const [name, extract] of bound) {
        const value = extract(event);
        if (typeof value === 'string' && value.length < 100 && !/[\n"\\]|[^ -~]/.test(value))
          found.get(name)!.add(fromBytes(value));
      }
    });
  return (name) => [...(found.get(name) ?? [])];
}
