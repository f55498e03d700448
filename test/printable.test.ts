import { expect, it } from 'vitest';
import { fromBytes, toBytes } from '../src/bytes.js';
import { printable, printableLines, printableText } from '../src/printable.js';

it.each([
  ['plain text', 'plain text'],
  ['größe 日本 😀', 'größe 日本 😀'],
  ['a\\n "b"', 'a\\n "b"'],
  ['two\nlines\r\ttab', 'two\\nlines\\u000d\\ttab'],
  ['\x1b[2J\x00\x7f', '\\u001b[2J\\u0000\\u007f'],
  ['\u009b31m', '\\u009b31m'],
  ['left\u202eright\u2066', 'left\\u202eright\\u2066'],
  ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
  ['line\u2028paragraph\u2029', 'line\\u2028paragraph\\u2029'],
  ['tag\u{e0041}', 'tag\\udb40\\udc41'],
])('%j is shown as %s', (text, shown) => {
  expect(printableText(text)).toBe(shown);
  expect(fromBytes(printable(toBytes(text)))).toBe(shown);
});

it('keeps lines where lines are wanted', () => {
  expect(printableLines('a\x1b\nb\n')).toBe('a\\u001b\nb\n');
});

it('shows bytes that are no text as such, not as something else', () => {
  expect(fromBytes(printable('a\x9bb\xff'))).toBe('a\ufffdb\ufffd');
});
