import { describe, expect, test } from 'vitest';
import { fromBytes, toBytes } from '../../../../src/bytes.js';
import type { RuleInfo } from '../../../../src/engine/rules/alert/alert.js';
import { type AlertOptions, createAlertFormat } from '../../../../src/engine/rules/alert/alert-format.js';
import { compileTemplate, type Template } from '../../../../src/engine/rules/alert/template.js';
import type { Event } from '../../../../src/event.js';
import { auditEvent, auditScope } from '../audit-events.js';

process.env['TZ'] = 'UTC';

const scope = auditScope();
const info: RuleInfo = { name: 'A "rule"', source: 'k8s_audit', priority: 6, tags: ['T1000', 'k8s'] };
const JSON_DEFAULTS = { enabled: true, output: true, tags: true, message: false, outputFields: true };
const TEXT: AlertOptions = { json: { ...JSON_DEFAULTS, enabled: false }, isoTime: false, hostname: 'vm' };

interface Extra {
  readonly key: string;
  readonly format: string;
  readonly raw: boolean;
}

function template(text: string): Template {
  const compiled = compileTemplate(toBytes(text), scope);
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.value;
}

function textLine(text: string, event: Event = auditEvent(), isoTime = false): string {
  const format = createAlertFormat(
    { info, scope, template: template(text), extraFields: [] },
    { ...TEXT, isoTime },
  );
  scope.begin(event);
  const alert = format(event);
  expect(alert.rule).toBe(info);
  return alert.line;
}

function jsonLine(
  text: string,
  {
    json = {},
    isoTime = false,
    extra = [],
    event = auditEvent(),
  }: {
    readonly json?: Partial<AlertOptions['json']>;
    readonly isoTime?: boolean;
    readonly extra?: readonly Extra[];
    readonly event?: Event;
  } = {},
): string {
  const extraFields = extra.map((field) => ({ field, template: template(field.format) }));
  const options = { json: { ...JSON_DEFAULTS, ...json }, isoTime, hostname: 'vm' };
  const format = createAlertFormat({ info, scope, template: template(text), extraFields }, options);
  scope.begin(event);
  return fromBytes(format(event).line);
}

describe('the text line', () => {
  test('is time, priority and message', () => {
    expect(textLine('user=%ka.user.name')).toBe('04:05:06.007008000: Informational user=admin');
    expect(textLine('x', auditEvent(), true)).toBe('2024-02-03T04:05:06.007008000+0000: Informational x');
  });

  test('is escaped as JSON without its quotes', () => {
    const event = auditEvent({ verb: '"\\\n\t\b\f\r\u0001\u001f\u007fé\u2028' });
    expect(fromBytes(textLine('a "b" \\ %ka.verb', event))).toBe(
      '04:05:06.007008000: Informational a \\"b\\" \\\\ \\"\\\\\\n\\t\\b\\f\\r\\u0001\\u001f\u007fé\u2028',
    );
  });

  test('shows what is no UTF-8 as U+FFFD', () => {
    const event = auditEvent({ verb: 'aé' });
    expect(fromBytes(textLine('%2ka.verb|', event))).toBe('04:05:06.007008000: Informational a\ufffd|');
  });
});

describe('the JSON line', () => {
  test('has its keys in order, and integers as they are', () => {
    expect(jsonLine('user=%ka.user.name %toupper(ka.verb) %ka.target.name %ka.user.groups')).toBe(
      '{"hostname":"vm","output":"04:05:06.007008000: Informational user=admin CREATE <NA> (system:masters,system:authenticated)",' +
        '"output_fields":{"evt.time":1706933106007008000,"ka.target.name":null,"ka.user.groups":["system:masters","system:authenticated"],' +
        '"ka.user.name":"admin","ka.verb":"create"},"priority":"Informational","rule":"A \\"rule\\"","source":"k8s_audit",' +
        '"tags":["T1000","k8s"],"time":"2024-02-03T04:05:06.007008000Z"}',
    );
  });

  test('has the properties that are asked for', () => {
    const none = { output: false, tags: false, outputFields: false };
    const rest = '"priority":"Informational","rule":"A \\"rule\\"","source":"k8s_audit"';
    expect(jsonLine('a "b"', { json: none })).toBe(
      `{"hostname":"vm",${rest},"time":"2024-02-03T04:05:06.007008000Z"}`,
    );
    expect(jsonLine('a "b"', { json: { ...none, message: true } })).toBe(
      `{"hostname":"vm","message":"a \\"b\\"",${rest},"time":"2024-02-03T04:05:06.007008000Z"}`,
    );
  });

  test('in ISO time names that field', () => {
    expect(jsonLine('x', { isoTime: true })).toContain(
      '"output":"2024-02-03T04:05:06.007008000+0000: Informational x","output_fields":{"evt.time.iso8601":1706933106007008000}',
    );
  });

  test('sorts fields by bytes', () => {
    const extra = ['é', 'z', 'Z', 'a.b', 'a'].map((key) => ({ key: toBytes(key), format: 'x', raw: false }));
    const { output_fields: fields } = JSON.parse(jsonLine('x', { extra })) as {
      readonly output_fields: object;
    };
    expect(Object.keys(fields)).toEqual(['Z', 'a', 'a.b', 'evt.time', 'z', 'é']);
  });

  test('adds extra fields, raw or formatted, over others of the same name', () => {
    const extra = [
      { key: 'ka.verb', format: 'was %ka.verb', raw: false },
      { key: 'ka.user.groups', format: '%ka.user.groups', raw: true },
      { key: 'who', format: '%ka.user.name/%ka.target.name', raw: false },
      { key: 'tolower(ka.stage)', format: '%tolower(ka.stage)', raw: true },
      { key: 'evt.time', format: 'now', raw: false },
    ];
    expect(jsonLine('%ka.verb', { extra })).toContain(
      '"output":"04:05:06.007008000: Informational create","output_fields":{"evt.time":"now",' +
        '"ka.user.groups":["system:masters","system:authenticated"],"ka.verb":"was create","tolower(ka.stage)":null,"who":"admin/<NA>"}',
    );
  });

  test('repairs UTF-8 everywhere', () => {
    const line = jsonLine('%1ka.verb', { event: auditEvent({ verb: 'é' }) });
    expect(line).toContain('Informational \ufffd"');
    expect(line).toContain('"ka.verb":"é"');
  });
});
