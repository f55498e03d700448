// Events of other services: recorded ones (test/conformance), each again and again with another identity, time and address; one of
// ten alerts. With the rules of ours, or those of a folder of falcosecurity/plugins.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { toBytes } from '../src/bytes.js';
import { loadRules } from '../src/engine/rules/load.js';
import { compileRule, createRuleset, type Ruleset } from '../src/engine/rules/ruleset.js';
import { selectRules } from '../src/engine/rules/select.js';
import { createFieldTable } from '../src/plugins/field-table.js';
import { json } from '../src/plugins/json/index.js';
import { unwrapperOf } from '../src/plugins/origin.js';
import type { Plugin } from '../src/plugins/plugin.js';
import { BUILT_IN } from '../src/plugins/registry.js';
import { compare, type Timing } from './measure.js';

const ALERTS = {
  json: { enabled: false, output: true, tags: true, message: false, outputFields: true },
  isoTime: false,
  hostname: 'bench',
};

/** By plugin: what a recorded line holds, as the text of an event and as a payload. */
const KINDS: Readonly<Record<string, (line: string) => string>> = {
  cloudtrail: (line) => line,
  okta: (line) => line,
  gcpaudit: (line) => (JSON.parse(line) as { readonly data: string }).data,
};

/** @param upstream folder of falcosecurity/plugins; undefined: rules of ours */
export async function benchPlugins(
  events: number,
  rounds: number,
  upstream: string | undefined,
): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  for (const [name, eventOf] of Object.entries(KINDS)) {
    const rules = rulesOf(name, upstream);
    if (rules === undefined) continue;
    const plugin = await BUILT_IN.find((each) => each.name === name)!.load();
    const recorded = recordedOf(name, eventOf);
    const lines = linesOf(recorded, alertingOf(plugin, rules, recorded), events);
    const parse = { name: 'JSON.parse', run: () => void lines.map((line) => JSON.parse(line) as unknown) };
    const ways = [true, false].map((prefiltered) => ({
      name: `${name}, prefilter ${prefiltered ? 'on' : 'off'}`,
      run: evaluationOf(plugin, rules, prefiltered, lines),
    }));
    timings.push(...compare(events, [parse, ...ways], rounds).slice(1));
  }
  return timings;
}

function rulesOf(name: string, upstream: string | undefined): string | undefined {
  if (upstream === undefined) {
    const path = `rules/${name}_rules.yaml`;
    return existsSync(path) ? readFileSync(path, 'latin1') : undefined;
  }
  const folder = join(upstream, name, 'rules');
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => readFileSync(join(folder, file), 'latin1')).join('\n');
}

const HEXES = /[0-9a-f]{8}-[0-9a-f]{4}/g;
const SECONDS = /(\d\d:\d\d):\d\d(?=[.\d]*Z")/g;
const ADDRESS = /"(\d+\.\d+)\.\d+\.\d+"/g;

// Some were made to be odd.
function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function recordedOf(name: string, eventOf: (line: string) => string): readonly string[] {
  const file = `test/conformance/plugins/${name}/events.jsonl.gz`;
  return gunzipSync(readFileSync(file)).toString().trim().split('\n').map(eventOf).filter(isObject);
}

function alertingOf(plugin: Plugin, rules: string, recorded: readonly string[]): ReadonlySet<string> {
  const ruleset = rulesetOf(plugin, rules, false);
  const unwrap = unwrapperOf({ ...TRIED, plugin, source: plugin.source!.name });
  const found = new Set<string>();
  for (const text of recorded)
    unwrap(toBytes(text), (event) => {
      if (ruleset.evaluate(event).length > 0) found.add(text);
    });
  return found;
}

const TRIED = { settings: undefined, maxEventSize: 1 << 24, log: () => {} };

function linesOf(
  recorded: readonly string[],
  alerting: ReadonlySet<string>,
  count: number,
): readonly string[] {
  const loud = [...alerting];
  const quiet = recorded.filter((text) => !alerting.has(text));
  return Array.from({ length: count }, (_, i) => {
    const hex = ((i * 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
    const from = loud.length > 0 && i % 10 === 0 ? loud : quiet;
    return toBytes(
      from[Math.floor(i / (from === loud ? 10 : 1)) % from.length]!.replace(HEXES, `${hex}-${hex.slice(4)}`)
        .replace(SECONDS, `$1:${String(i % 60).padStart(2, '0')}`)
        .replace(ADDRESS, `"$1.${i % 256}.${(i >> 8) % 256}"`),
    );
  });
}

function evaluationOf(
  plugin: Plugin,
  rules: string,
  prefiltered: boolean,
  lines: readonly string[],
): () => void {
  const ruleset = rulesetOf(plugin, rules, prefiltered);
  const unwrap = unwrapperOf({ ...TRIED, plugin, source: plugin.source!.name });
  const onPassed = (): void => {};
  const use = ruleset.prefilter && { prefilter: ruleset.prefilter, onPassed, onAlert: onPassed };
  return () => {
    for (const line of lines) unwrap(line, (event, state) => void ruleset.evaluate(event, state), use);
  };
}

/** @throws Error if the rules do not load */
function rulesetOf(plugin: Plugin, rules: string, prefiltered: boolean): Ruleset {
  const source = plugin.source!.name;
  const table = createFieldTable(source, { plugins: [plugin, json] });
  const outcome = loadRules([{ name: 'rules.yaml', content: rules }], {
    tables: (name) => (name === source ? table : undefined),
  });
  const error = outcome.results.flatMap((result) => result.errors)[0];
  if (error !== undefined) throw new Error(error.message);
  const own = selectRules(outcome.rules, []).filter(({ info }) => info.source === source);
  return createRuleset(
    own.map((rule) => compileRule(rule, ALERTS)),
    { matching: 'first', prefiltered },
  );
}
