import { expect, test } from 'vitest';
import { formatInternalAlert, hotRestartFailure } from '../../src/outputs/internal-alert.js';
import { clockText, localOffset } from '../../src/time.js';

const TIME = 1_795_417_440_863_601_827n;
const clock = `${clockText(1_795_417_440, localOffset())}.863601827`;

test('text: local time, fields sorted, not escaped', () => {
  const alert = {
    rule: 'r',
    priority: 6,
    message: 'two\nlines',
    fields: { b: 12n, a: 'q"', c: { decimal: 0 } },
  };
  const { line, priority } = formatInternalAlert(alert, { json: false, hostname: 'h' }, TIME);
  expect(line).toBe(`${clock}: Informational two\nlines (a="q\\"" b=12 c=0.0)`);
  expect(priority).toBe(6);
});

test('JSON: no prefix in output, keys sorted, UTC', () => {
  const alert = { rule: 'r', priority: 2, message: 'na\xc3\xafve\n', fields: { n: 9_007_199_254_740_993n } };
  expect(formatInternalAlert(alert, { json: true, hostname: 'h' }, TIME).line).toBe(
    '{"hostname":"h","output":"na\xc3\xafve\\n","output_fields":{"n":9007199254740993},"priority":"Critical","rule":"r","source":"internal","time":"2026-11-23T07:04:00.863601827Z"}',
  );
});

test('a failed reload', () => {
  const { line } = formatInternalAlert(hotRestartFailure('bad'), { json: false, hostname: 'h' }, TIME);
  expect(line).toBe(`${clock}: Critical Falco internal: hot restart failure: bad ()`);
});
