// Every recorded output template gives the text and the JSON fields that Falco gave, or is refused with its message.
// All templates share one scope, as the rules of a source do.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { createScope } from '../../src/engine/condition/compile/scope.js';
import type { Result } from '../../src/engine/condition/syntax/result.js';
import { type AlertFormat, createAlertFormat } from '../../src/engine/rules/alert/alert-format.js';
import { compileTemplate, type Template } from '../../src/engine/rules/alert/template.js';
import type { Event } from '../../src/event.js';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { createUnwrapper } from '../../src/sources/unwrap.js';

// The verdicts were recorded in UTC; some templates show local times.
process.env['TZ'] = 'UTC';

interface Verdict {
  readonly id: string;
  readonly output: string;
  readonly rendered?: readonly Rendered[];
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
}

const lines = (path: string): readonly string[] =>
  readFileSync(new URL(path, import.meta.url), 'latin1')
    .split('\n')
    .filter(Boolean);

interface Rendered {
  readonly event: number;
  readonly text: string;
  readonly fields: unknown;
}

interface JsonAlert {
  readonly message: string;
  readonly output_fields: Readonly<Record<string, unknown>>;
}

/** Integers beyond 2^53 as text, so that they are compared exactly. */
const parse = (json: string): unknown => JSON.parse(json.replace(/(":\s?)([0-9]{16,})(?=[,}])/g, '$1"$2"'));

const verdicts = lines('outputs.jsonl').map((line) => parse(fromBytes(line)) as Verdict);
const events = lines('events/filters.jsonl');

const table = createFieldTable('k8s_audit', { hostname: () => 'host' });
const scope = createScope(table);
const info = { name: 'rule', source: 'k8s_audit', priority: 4, tags: [] };
const json = { enabled: true, output: false, tags: false, message: true, outputFields: true };

// The recorded rules began with the event's id, and the loader takes out what is no field any more.
const MARK = '%ka.auditid|';

function load({ output, errors }: Verdict): Result<Template> {
  const text = toBytes(output).trim().replaceAll('%container.info', '');
  return compileTemplate(errors === undefined ? MARK + text : text, scope);
}

const loaded = new Map(verdicts.map((verdict) => [verdict.id, load(verdict)]));

// Events are borrowed, so all templates see one event before the next one is read.
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
  expect(verdicts).toHaveLength(487);
  expect(verdicts.filter(({ errors }) => errors !== undefined)).toHaveLength(63);
});

test('the same templates are refused, with the same message', () => {
  for (const { id, output, errors } of verdicts) {
    const template = loaded.get(id)!;
    const error = template.ok ? undefined : fromBytes(template.fault.message);
    expect({ id, output, error }).toEqual({ id, output, error: errors?.[0]?.message });
  }
});

test('the others give the same text and fields', () => {
  const formats = new Map<string, AlertFormat>();
  for (const [id, template] of loaded) {
    if (!template.ok) continue;
    const output = { info, scope, template: template.value, extraFields: [] };
    formats.set(id, createAlertFormat(output, { json, isoTime: false, hostname: 'host' }));
  }
  let compared = 0;
  forEachEvent((event, index) => {
    scope.begin(event);
    for (const { id, output, rendered } of verdicts) {
      const expected = rendered?.find((one) => one.event === index);
      if (expected === undefined) continue;
      const alert = parse(fromBytes(formats.get(id)!(event).line)) as JsonAlert;
      const { 'ka.auditid': _, ...fields } = alert.output_fields;
      const text = alert.message.slice(alert.message.indexOf('|') + 1);
      expect({ id, output, index, text, fields }).toEqual({
        id,
        output,
        index,
        text: expected.text,
        fields: expected.fields,
      });
      compared++;
    }
  });
  expect(compared).toBe(verdicts.reduce((sum, { rendered }) => sum + (rendered?.length ?? 0), 0));
});
