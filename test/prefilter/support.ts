// The ways in which events reach the rules: without a prefilter, by the prefilter alone, and by what readers learn of it. All
// must give the same alerts, numbers of events and complaints.

import { toBytes } from '../../src/bytes.js';
import type { AlertOptions } from '../../src/engine/rules/alert/alert-format.js';
import { loadRules } from '../../src/engine/rules/load.js';
import type { LoadOptions } from '../../src/engine/rules/load-options.js';
import { compileRule, createRuleset, type Ruleset } from '../../src/engine/rules/ruleset.js';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { createUnwrapper } from '../../src/sources/unwrap.js';

const json = { enabled: false, output: true, tags: true, message: false, outputFields: true };

export type Way = 'plain' | 'walked' | 'texts' | 'block';
export const PREFILTERED: readonly Way[] = ['walked', 'texts', 'block'];

export interface Outcome {
  readonly alerts: readonly string[];
  readonly events: number;
  readonly complaints: readonly string[];
}

export interface Run {
  readonly outcome: Outcome;
  /** Events that nobody needed to see. */
  readonly passed: number;
  /** Alerts that the reader wrote by itself, for as many of these. */
  readonly written: number;
  /** Time of the last one that passed, whole seconds since the epoch. */
  readonly seconds: number;
}

/** A ruleset that is prefiltered, and the same that is not. */
export interface Rulesets {
  readonly prefiltered: Ruleset;
  readonly plain: Ruleset;
}

/** How alerts look, if not as plain text. */
export type Looks = Partial<Omit<AlertOptions, 'json'>> & { readonly json?: Partial<AlertOptions['json']> };

export function rulesetsOf(
  text: string,
  matching: 'first' | 'all' = 'all',
  looks: Looks = {},
  load: Omit<LoadOptions, 'tables'> = {},
): Rulesets {
  const options = { isoTime: false, hostname: 'vm', ...looks, json: { ...json, ...looks.json } };
  const table = createFieldTable('k8s_audit', { hostname: () => 'host' });
  const outcome = loadRules([{ name: 'rules.yaml', content: toBytes(text) }], {
    tables: () => table,
    ...load,
  });
  const [error] = outcome.results.flatMap(({ errors }) => errors);
  if (error !== undefined) throw new Error(error.message);
  const rules = outcome.rules.map((rule) => compileRule(rule, options));
  return {
    prefiltered: createRuleset(rules, { matching }),
    plain: createRuleset(rules, { matching, prefiltered: false }),
  };
}

/** A rule that shows which event it matched; with another output, what of it stands in the text alone. */
export function ruleOf(
  name: string,
  condition: string,
  output = '%evt.num %ka.auditid %evt.rawtime',
): string {
  return `- rule: ${name}
  desc: d
  condition: ${JSON.stringify(condition)}
  output: ${JSON.stringify(output)}
  priority: INFO
  source: k8s_audit
`;
}

/** Runs lines, each a payload, one way. */
export type Runner = (lines: readonly string[]) => Run;

/** Makes a runner, which remembers what it has learned from one call to the next. */
export function runnerOf({ prefiltered, plain }: Rulesets, way: Way, clusterName?: string): Runner {
  const complaints: string[] = [];
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 100_000,
    clusterName,
    log: (_level, message) => complaints.push(message),
  });
  const ruleset = way === 'plain' ? plain : prefiltered;
  return (lines) => {
    const alerts: string[] = [];
    let [emitted, passed, written, seconds] = [0, 0, 0, 0];
    const prefilter = {
      prefilter: prefiltered.prefilter!,
      onPassed: (count: number, last: number): void => {
        passed += count;
        seconds = last;
      },
      onAlert: (_rule: number, line: string): void => {
        alerts.push(line);
        written++;
      },
    };
    const block = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
    for (const payload of way === 'block' ? [block] : lines) {
      unwrap(
        payload,
        (event, state) => {
          emitted++;
          for (const { line } of ruleset.evaluate(event, state)) alerts.push(line);
        },
        way === 'texts' || way === 'block' ? prefilter : undefined,
      );
    }
    const outcome = { alerts, events: emitted + passed, complaints: complaints.splice(0) };
    return { outcome, passed, written, seconds };
  };
}
