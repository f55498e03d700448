// Every recorded condition has the verdict that Falco gave: for each event whether it is met, or the message with
// which it is refused. All conditions share one scope, as the rules of a source do.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { compileCondition, type Predicate } from '../../src/engine/condition/compile/compile.js';
import { createScope } from '../../src/engine/condition/compile/scope.js';
import { explainCondition } from '../../src/engine/condition/explain/explain.js';
import type { Expr } from '../../src/engine/condition/syntax/ast.js';
import { parseCondition } from '../../src/engine/condition/syntax/parser.js';
import type { Event } from '../../src/event.js';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { createUnwrapper } from '../../src/sources/unwrap.js';

// The verdicts were recorded in UTC; some conditions read local times.
process.env['TZ'] = 'UTC';

interface Verdict {
  readonly id: string;
  readonly condition: string;
  /** Indexes of the events that meet it. */
  readonly matches?: readonly number[];
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
}

const lines = (path: string): readonly string[] =>
  readFileSync(new URL(path, import.meta.url), 'latin1')
    .split('\n')
    .filter(Boolean);

const verdicts = lines('conditions.jsonl').map((line) => JSON.parse(fromBytes(line)) as Verdict);
const events = lines('events/filters.jsonl');

const table = createFieldTable('k8s_audit', { hostname: () => 'host' });
const scope = createScope(table);

interface Loaded {
  readonly expr?: Expr;
  readonly predicate?: Predicate;
  readonly error?: { readonly code: string; readonly message: string };
}

function load(condition: string): Loaded {
  const parsed = parseCondition(toBytes(condition));
  if (!parsed.ok)
    return { error: { code: 'LOAD_ERR_COMPILE_CONDITION', message: fromBytes(parsed.fault.message) } };
  const compiled = compileCondition(parsed.value, scope);
  if (compiled.ok) return { expr: parsed.value, predicate: compiled.value };
  return { error: { code: 'LOAD_ERR_COMPILE_CONDITION', message: fromBytes(compiled.fault.message) } };
}

const loaded = new Map(verdicts.map(({ id, condition }) => [id, load(condition)]));

// Events are borrowed, so all conditions see one event before the next one is read.
function forEachEvent(see: (event: Event, index: number) => void): void {
  const log = (_level: string, message: string): void => {
    throw new Error(message);
  };
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 1e9,
    log,
  });
  for (const [index, line] of events.entries()) unwrap(line, (event) => see(event, index));
}

test('the corpus is whole', () => {
  expect(verdicts).toHaveLength(2349);
  expect(verdicts.filter(({ errors }) => errors !== undefined)).toHaveLength(604);
  expect(events).toHaveLength(140);
});

test('the same conditions are refused, with the same code', () => {
  for (const { id, condition, errors } of verdicts) {
    const { error } = loaded.get(id)!;
    expect({ id, condition, codes: error === undefined ? undefined : [error.code] }).toEqual({
      id,
      condition,
      codes: errors?.map(({ code }) => code),
    });
  }
});

test('and with the same message', () => {
  const differing = verdicts
    .filter(({ errors }) => errors !== undefined)
    .map(({ id, condition, errors }) => ({
      id,
      condition,
      expected: errors![0]!.message,
      actual: loaded.get(id)!.error?.message,
    }))
    .filter(({ expected, actual }) => expected !== actual);
  expect(differing).toEqual([]);
});

test('the other conditions are met by the same events', () => {
  const matches = new Map<string, number[]>(verdicts.map(({ id }) => [id, []]));
  forEachEvent((event, index) => {
    scope.begin(event);
    for (const { id } of verdicts) if (loaded.get(id)!.predicate?.(event)) matches.get(id)!.push(index);
  });
  for (const { id, condition, matches: expected } of verdicts) {
    if (expected !== undefined)
      expect({ id, condition, matches: matches.get(id) }).toEqual({ id, condition, matches: expected });
  }
});

test('the explanation comes to the verdict of every condition on every event', { timeout: 120_000 }, () => {
  const wrong: { readonly id: string; readonly index: number }[] = [];
  let compared = 0;
  const met = verdicts.flatMap(({ id, matches }) =>
    matches === undefined ? [] : [{ id, expr: loaded.get(id)!.expr!, matches: new Set(matches) }],
  );
  forEachEvent((event, index) => {
    for (const { id, expr, matches } of met) {
      compared++;
      if (explainCondition(expr, table, event).verdict !== matches.has(index)) wrong.push({ id, index });
    }
  });
  expect(wrong).toEqual([]);
  // What Falco refuses has no verdict to explain.
  expect(compared).toBe((2349 - 604) * 140);
});
