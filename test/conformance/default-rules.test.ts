// What a real Falco answers for real audit traces under the stock rules. The verdicts are ours; the rules and traces
// are not, and stand beside the project where it is developed. Elsewhere there is nothing to run.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromBytes } from '../../src/bytes.js';
import { loadRules } from '../../src/engine/rules/load.js';
import { compileRule, createRuleset } from '../../src/engine/rules/ruleset.js';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { createUnwrapper } from '../../src/sources/unwrap.js';

interface Recorded {
  readonly trace: string;
  readonly rule_matching: 'first' | 'all';
  readonly exit: number;
  readonly alerts: readonly Readonly<Record<string, unknown>>[];
}

const UPSTREAM = new URL('../../../shared/upstream/', import.meta.url);
const RULES = new URL('k8s_audit_rules.yaml', UPSTREAM);

const recorded = readFileSync(new URL('default-rules.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line): Recorded => JSON.parse(line));

// Integers beyond 2^53 are compared as text.
const exact = (line: string): unknown => JSON.parse(line.replace(/:(\d{16,})/g, ':"$1"'));

test('all runs are there', () => {
  expect(recorded).toHaveLength(94);
});

describe.skipIf(!existsSync(RULES))('the stock rules', () => {
  const tables = new Map(['k8s_audit', 'syscall'].map((source) => [source, createFieldTable(source)]));
  const outcome = existsSync(RULES)
    ? loadRules([{ name: 'k8s_audit_rules.yaml', content: readFileSync(RULES, 'latin1') }], {
        tables: (source) => tables.get(source),
      })
    : undefined;
  const json = { enabled: true, output: true, tags: true, message: false, outputFields: true };

  test('load', () => {
    expect(outcome?.successful).toBe(true);
    expect(outcome?.rules).toHaveLength(48);
  });

  test.each(recorded.map((run) => [run.trace, run.rule_matching, run] as const))(
    '%s, %s',
    (trace, matching, run) => {
      const enabled = (outcome?.rules ?? []).filter((rule) => rule.enabled);
      const rules = enabled.map((rule) => compileRule(rule, { json, isoTime: false, hostname: 'host' }));
      const ruleset = createRuleset(rules, { matching });
      const lines: string[] = [];
      const unwrap = createUnwrapper({
        envelope: AUDIT_ENVELOPE,
        source: 'k8s_audit',
        plugin: 'k8saudit',
        maxEventSize: 262_144,
        log: () => undefined,
      });
      for (const payload of readFileSync(new URL(`traces/${trace}`, UPSTREAM), 'latin1').split('\n')) {
        if (payload !== '')
          unwrap(payload, (event) =>
            lines.push(...ruleset.evaluate(event).map(({ line }) => fromBytes(line))),
          );
      }
      const wanted = run.alerts.map((alert) => exact(JSON.stringify({ hostname: 'host', ...alert })));
      expect(lines.map((line) => withoutTime(exact(line)))).toEqual(wanted.map(withoutTime));
    },
  );
});

// JSON.parse has already rounded the recorded nanoseconds; `time` holds them exactly.
function withoutTime(alert: unknown): unknown {
  const { output_fields: fields, ...rest } = alert as { readonly output_fields: Record<string, unknown> };
  const { 'evt.time': _, ...others } = fields;
  return { ...rest, output_fields: others };
}
