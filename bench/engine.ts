// The engine as the command puts it together, for measuring its parts in one process.

import { readFileSync } from 'node:fs';
import { toBytes } from '../src/bytes.js';
import { loadRules } from '../src/engine/rules/load.js';
import type { LoadedRule } from '../src/engine/rules/loader.js';
import { compileRule, createRuleset, type Ruleset } from '../src/engine/rules/ruleset.js';
import { selectRules } from '../src/engine/rules/select.js';
import { AUDIT_ENVELOPE } from '../src/plugins/audit-log.js';
import { createFieldTable } from '../src/plugins/field-table.js';
import type { Payload } from '../src/sources/source.js';
import { createUnwrapper } from '../src/sources/unwrap.js';

const SOURCE = 'k8s_audit';
const JSON_OFF = { enabled: false, output: true, tags: true, message: false, outputFields: true };

export function readRules(path: string): string {
  return readFileSync(path, 'latin1');
}

/** @throws Error if the rules do not load */
export function load(rules: string): readonly LoadedRule[] {
  const tables = new Map(['syscall', SOURCE].map((source) => [source, createFieldTable(source)]));
  const outcome = loadRules([{ name: 'rules.yaml', content: rules }], {
    tables: (source) => tables.get(source),
  });
  const error = outcome.results.flatMap((result) => result.errors)[0];
  if (error !== undefined) throw new Error(error.message);
  return selectRules(outcome.rules, []).filter(({ info }) => info.source === SOURCE);
}

export function createEngine(rules: readonly LoadedRule[]): Ruleset {
  const options = { json: JSON_OFF, isoTime: false, hostname: toBytes('bench') };
  return createRuleset(
    rules.map((rule) => compileRule(rule, options)),
    { matching: 'first' },
  );
}

export interface Counts {
  readonly events: number;
  readonly alerts: number;
  readonly bytes: number;
}

/** Runs payloads through unwrapping, and through a ruleset if there is one. */
export type Evaluate = (payloads: readonly Payload[]) => Counts;

/** Makes one that goes on with what it has learned, as a source does. */
export function createEvaluate(ruleset?: Ruleset): Evaluate {
  const log = (_level: string, message: string): void => {
    throw new Error(message);
  };
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: SOURCE,
    plugin: 'k8saudit',
    maxEventSize: 1 << 24,
    log,
  });
  return (payloads) => {
    let [events, alerts, bytes] = [0, 0, 0];
    const prefiltered = ruleset?.prefilter && {
      prefilter: ruleset.prefilter,
      onPassed: (count: number): void => {
        events += count;
      },
      onAlert: (_rule: number, line: string): void => {
        alerts++;
        bytes += line.length;
      },
    };
    for (const payload of payloads) {
      unwrap(
        payload,
        (event, state) => {
          events++;
          for (const alert of ruleset?.evaluate(event, state) ?? []) {
            alerts++;
            bytes += alert.line.length;
          }
        },
        prefiltered,
      );
    }
    return { events, alerts, bytes };
  };
}
