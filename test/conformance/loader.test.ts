// Every recorded rules file gives the load result that Falco gave (one recording has variants: any of them), and the
// rules that loaded give the same alerts, in the same order, for the recorded events.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { resultJson } from '../../src/engine/diagnostic/json.js';
import { verboseText } from '../../src/engine/diagnostic/text.js';
import type { Alert } from '../../src/engine/rules/alert/alert.js';
import { priorityOf } from '../../src/engine/rules/alert/alert.js';
import { loadRules } from '../../src/engine/rules/load.js';
import type { ExtraField, ExtraOutput, LoadOutcome, RuleSelection } from '../../src/engine/rules/loader.js';
import { compileRule, createRuleset } from '../../src/engine/rules/ruleset.js';
import { selectRules } from '../../src/engine/rules/select.js';
import { checkPluginRequirements } from '../../src/engine/rules/versions.js';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { createUnwrapper } from '../../src/sources/unwrap.js';

process.env['TZ'] = 'UTC';

interface Recording {
  readonly validate: {
    readonly exit: number;
    readonly result?: { readonly falco_load_results: readonly FileResult[] };
    readonly text?: string;
    readonly stderr?: readonly string[];
  };
  readonly run?: { readonly alerts: readonly RecordedAlert[] } | null;
}

interface FileResult {
  readonly name: string;
  readonly successful: boolean;
  readonly schema_valid?: boolean;
  readonly errors: readonly { readonly code: string; readonly message?: string }[];
  readonly warnings: readonly { readonly code: string }[];
}

interface RecordedAlert {
  readonly rule: string;
  readonly priority: string;
  readonly output: string;
  readonly tags: readonly string[];
  readonly output_fields: unknown;
  readonly event: number;
}

interface Case extends Recording {
  readonly id: string;
  readonly note?: string;
  readonly args: readonly string[];
  readonly files: readonly {
    readonly name: string;
    readonly content?: string;
    readonly content_base64?: string;
    readonly dir?: boolean;
  }[];
  readonly load?: readonly string[];
  readonly validate_files?: readonly string[];
  readonly variants?: Readonly<Record<string, Recording>>;
}

/** YAML that js-yaml and yaml-cpp read differently (docs/compatibility.md), of all that was recorded. */
const OTHER_YAML: ReadonlySet<string> = new Set([
  // A quote that nothing closes: yaml-cpp swallows the rest of the file.
  'yaml-unterminated-double',
  'yaml-unterminated-single',
  // `[a,,b]`
  'yaml-double-comma-flow',
  // A colon without a key.
  'yaml-colon-only',
  // `\N` and `\_` are one byte each for yaml-cpp, which is no UTF-8.
  'yaml-escape-misc',
]);

const lines = (path: string): readonly string[] =>
  readFileSync(new URL(path, import.meta.url), 'latin1')
    .split('\n')
    .filter(Boolean);

/** Integers beyond 2^53 as text, so that they are compared exactly. */
const parse = (json: string): unknown => JSON.parse(json.replace(/(":\s?)([0-9]{16,})(?=[,}])/g, '$1"$2"'));

const all = lines('loader.jsonl').map((line) => parse(fromBytes(line)) as Case);
// The source syscall is answered in its own way: its fields are all missing here.
const cases = all.filter(({ note }) => !(note ?? '').includes('syscall source'));
const events = lines('events/loader.jsonl');

const PLUGINS = [
  { name: 'k8saudit', version: '0.18.0', source: 'k8s_audit' },
  { name: 'json', version: '0.7.4' },
];
const tables = new Map(
  ['syscall', 'k8s_audit'].map((source) => [source, createFieldTable(source, { hostname: () => 'host' })]),
);

interface Settings {
  readonly extraOutputs: readonly ExtraOutput[];
  readonly extraFields: readonly ExtraField[];
  readonly selections: readonly RuleSelection[];
  readonly minimumPriority: number;
  readonly matching: 'first' | 'all';
}

/** The few keys that the recorded `-o` options set; undefined for options that end the program. */
function readSettings(args: readonly string[]): Settings | undefined {
  const extraOutputs: Record<string, unknown>[] = [];
  const extraFields: ExtraField[] = [];
  const selections: RuleSelection[] = [];
  let minimumPriority = 7;
  let matching = 'first';
  for (let at = 0; at < args.length; at += 2) {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(args[at + 1] ?? '') ?? [];
    const [, list, index, path = ''] = /^(\w+)\[(\d*)\]\.?(.*)$/.exec(key) ?? [];
    if (args[at] !== '-o') return undefined;
    if (key === 'priority') minimumPriority = priorityOf(value) ?? Number.NaN;
    else if (key === 'rule_matching') matching = value.toLowerCase();
    else if (list === 'rules') {
      const [, verb, what] = /^(enable|disable)\.(rule|tag)$/.exec(path) ?? [];
      if (verb === undefined || what === undefined || value === '') return undefined;
      const entry = { enable: verb === 'enable', [what]: toBytes(value) };
      // `rules[0].…` again changes the first entry; enable wins over disable there.
      if (index === '') selections.push(entry);
      else if (verb === 'enable' || selections[0]!.enable === entry.enable)
        selections[0] = { ...selections[0], ...entry };
    } else if (list === 'append_output') {
      if (path === 'extra_fields[]') extraFields.push({ key: value, format: `%${value}`, raw: true });
      else {
        const setting =
          path === 'extra_output'
            ? { format: value }
            : path.endsWith('tags[]')
              ? { tags: [value] }
              : { source: value };
        if (index === '') extraOutputs.push(setting);
        else Object.assign(extraOutputs[0]!, setting);
      }
    }
  }
  if (Number.isNaN(minimumPriority) || (matching !== 'first' && matching !== 'all')) return undefined;
  return {
    extraOutputs: extraOutputs as unknown as ExtraOutput[],
    extraFields,
    selections,
    minimumPriority,
    matching,
  };
}

/** -r takes a name for a rules file if the first `.yaml` or `.yml` in it ends it. */
const isRulesFile = (path: string): boolean =>
  ['.yaml', '.yml'].some((end) => path.includes(end) && path.indexOf(end) === path.length - end.length);

/** Files by name; a folder stands for the rules files in it. */
function filesOf({ files }: Case, names: readonly string[]) {
  const contents = new Map(
    files
      .filter(({ dir }) => dir !== true)
      .map(({ name, content, content_base64: coded }) => [
        name,
        content === undefined ? Buffer.from(coded ?? '', 'base64').toString('latin1') : toBytes(content),
      ]),
  );
  const expand = (name: string): readonly string[] => {
    if (contents.has(name)) return [name];
    const folder = name.replace(/\/$/, '');
    const inside = (file: string): boolean =>
      file.startsWith(`${folder}/`) && !file.slice(folder.length + 1).includes('/') && isRulesFile(file);
    return [...contents.keys()].filter(inside).sort();
  };
  return names.flatMap(expand).map((name) => ({ name, content: contents.get(name)! }));
}

function load(one: Case, settings: Settings, names: readonly string[], keepGoing: boolean): LoadOutcome {
  const { extraOutputs, extraFields, minimumPriority } = settings;
  return loadRules(filesOf(one, names), {
    tables: (source) => tables.get(source),
    keepGoing,
    extraOutputs,
    extraFields,
    minimumPriority,
  });
}

const namesOf = ({ files, load: loaded }: Case): readonly string[] =>
  loaded ?? files.filter(({ dir }) => dir !== true).map(({ name }) => name);

const recordings = (one: Case): readonly Recording[] => [one, ...Object.values(one.variants ?? {})];

/** What decides: for each file, loaded or not, schema status, codes in order. */
const gist = (results: readonly FileResult[]) =>
  results.map(({ name, successful, schema_valid: schema, errors, warnings }) => ({
    name,
    successful,
    schema: schema ?? null,
    errors: errors.map(({ code }) => code),
    warnings: warnings.map(({ code }) => code),
  }));

/** Errors of YAML itself are js-yaml's, in text and place. */
const isOfYaml = ({ code, message = '' }: { readonly code: string; readonly message?: string }): boolean =>
  code === 'LOAD_ERR_YAML_PARSE' && !message.endsWith('bad conversion');

const withoutYaml = (result: FileResult): FileResult => ({
  ...result,
  errors: result.errors.map((error) => (isOfYaml(error) ? { code: error.code } : error)),
});

describe('validation', () => {
  const validated = cases
    .filter(({ id }) => !OTHER_YAML.has(id))
    .flatMap((one) => {
      const settings = readSettings(one.args);
      if (one.validate.result === undefined || settings === undefined) return [];
      const outcome = load(one, settings, one.validate_files ?? namesOf(one), true);
      return [{ one, outcome, got: outcome.results.map(resultJson) as unknown as readonly FileResult[] }];
    });

  it('covers the corpus', () => {
    expect(all.length).toBe(1157);
    expect(validated.length).toBeGreaterThan(1080);
  });

  it('differs where it is said to', () => {
    const others = all.filter(({ id }) => OTHER_YAML.has(id));
    expect(others.length).toBe(OTHER_YAML.size);
    for (const one of others) {
      const got = load(one, readSettings(one.args)!, namesOf(one), true).results.map(resultJson);
      const isSame = recordings(one).some(
        ({ validate }) => canonical(validate.result!.falco_load_results) === canonical(got),
      );
      expect({ id: one.id, isSame: isSame && one.id !== 'yaml-escape-misc' }).toEqual({
        id: one.id,
        isSame: false,
      });
    }
  });

  it('decides as recorded', () => {
    for (const { one, got } of validated) {
      const wanted = recordings(one).map(({ validate }) => gist(validate.result!.falco_load_results));
      const match = wanted.find((want) => JSON.stringify(want) === JSON.stringify(gist(got)));
      expect({ id: one.id, result: gist(got) }).toEqual({ id: one.id, result: match ?? wanted[0] });
    }
  });

  it('gives the recorded JSON to the letter: messages, positions, snippets', () => {
    for (const { one, got } of validated) {
      const wanted = recordings(one).map(({ validate }) =>
        validate.result!.falco_load_results.map(withoutYaml),
      );
      const found = got.map(withoutYaml);
      const match = wanted.find((want) => canonical(want) === canonical(found));
      expect({ id: one.id, result: found }).toEqual({ id: one.id, result: match ?? wanted[0] });
    }
  });

  it('gives the recorded text to the letter', () => {
    for (const { one, outcome } of validated) {
      const wanted = recordings(one).flatMap(({ validate }) => validate.text ?? []);
      if (wanted.length === 0 || outcome.results.some(({ errors }) => errors.some(isOfYaml))) continue;
      const blocks = outcome.results.map((result) =>
        result.successful && result.warnings.length > 0
          ? `${result.name}: Ok, with warnings`
          : verboseText(result),
      );
      const text = fromBytes(`${blocks.join('\n')}\n`);
      expect({ id: one.id, text }).toEqual({ id: one.id, text: wanted.includes(text) ? text : wanted[0] });
    }
  });

  it('gives every error a place in the file', () => {
    for (const { one, outcome } of validated) {
      for (const { errors, contents } of outcome.results)
        for (const { place, message } of errors) {
          expect([...contents.keys()], `${one.id}: ${message}`).toContain(place.file);
          expect(place.line).toBeGreaterThan(0);
          expect(place.column).toBeGreaterThan(0);
          expect(place.offset).toBeLessThanOrEqual(contents.get(place.file)!.length + 1);
        }
    }
  });
});

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

describe('plugin requirements', () => {
  it('fails with the recorded message', () => {
    let checked = 0;
    for (const one of cases) {
      const settings = readSettings(one.args);
      if (settings === undefined) continue;
      const [wanted] = (one.validate.stderr ?? []).filter((line) => /^Error: Plugin /.test(line));
      if (wanted === undefined && one.validate.result === undefined) continue;
      const outcome = load(one, settings, one.validate_files ?? namesOf(one), true);
      const message = checkPluginRequirements(outcome.enforcedPluginVersions, PLUGINS);
      const error = message === undefined ? undefined : `Error: ${message}`;
      expect({ id: one.id, error }).toEqual({ id: one.id, error: wanted });
      if (wanted !== undefined) checked++;
    }
    expect(checked).toBeGreaterThan(20);
  });
});

describe('running', () => {
  const options = {
    json: { enabled: true, output: true, tags: true, message: false, outputFields: true },
    isoTime: false,
    hostname: 'host',
  };

  /** The alerts of all events, as recorded. */
  function run(outcome: LoadOutcome, { selections, matching }: Settings): readonly RecordedAlert[] {
    const selected = selectRules(outcome.rules, selections).filter(({ info }) => info.source === 'k8s_audit');
    const ruleset = createRuleset(
      selected.map((rule) => compileRule(rule, options)),
      { matching },
    );
    const fail = (_level: string, message: string): never => {
      throw new Error(message);
    };
    const unwrap = createUnwrapper({
      envelope: AUDIT_ENVELOPE,
      source: 'k8s_audit',
      plugin: 'k8saudit',
      maxEventSize: 1e9,
      log: fail,
    });
    const alerts: RecordedAlert[] = [];
    for (const [event, line] of events.entries())
      unwrap(line, (parsed) => {
        for (const alert of ruleset.evaluate(parsed)) alerts.push(recorded(alert, event));
      });
    return alerts;
  }

  function recorded({ line }: Alert, event: number): RecordedAlert {
    const { rule, priority, output, tags, output_fields } = parse(fromBytes(line)) as RecordedAlert;
    return { rule, priority, output, tags, output_fields, event };
  }

  it('gives the recorded alerts in the recorded order', () => {
    let ran = 0;
    for (const one of cases) {
      if (OTHER_YAML.has(one.id)) continue;
      const settings = readSettings(one.args);
      const wanted = recordings(one).flatMap(({ run: recording }) => recording?.alerts ?? []);
      if (settings === undefined || one.run === null || one.run === undefined) continue;
      // -r passes over what is not called a rules file.
      const isFile = (name: string): boolean =>
        one.files.some((file) => file.name === name && file.dir !== true);
      const names = namesOf(one).filter((name) => !isFile(name) || isRulesFile(name));
      const outcome = load(one, settings, names, false);
      expect({ id: one.id, loads: outcome.successful }).toEqual({ id: one.id, loads: true });
      const got = run(outcome, settings);
      const variants = recordings(one).map(({ run: recording }) => recording?.alerts ?? []);
      const match = variants.find((want) => canonical(want) === canonical(got));
      expect({ id: one.id, alerts: got }).toEqual({ id: one.id, alerts: match ?? variants[0] });
      ran += wanted.length > 0 ? 1 : 0;
    }
    expect(ran).toBeGreaterThan(300);
  });
});
