import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { MAX_DEPTH, NODE_SIZE } from '../../src/json/document.js';
import { internKey } from '../../src/json/keys.js';
import { compactText, prettyText } from '../../src/json/read.js';
import { createJsScanner } from '../../src/json/scan-js.js';
import { createScanner } from '../../src/prefilter/reader/fastest.js';
import { createWasmReader } from '../../src/prefilter/reader/reader-wasm.js';
import { tapeOf } from './tape.js';

const js = createJsScanner();
const wasm = createWasmReader();

function same(text: string, from?: number, to?: number): void {
  expect(tapeOf(wasm?.scan(text, from, to))).toEqual(tapeOf(js.scan(text, from, to)));
}

const WELL_FORMED = [
  '1',
  ' { } ',
  '[]',
  '[ ]',
  '[[],{}]',
  '-inf',
  '+NaN',
  'nAn',
  'iNF',
  '-',
  '.',
  'e',
  '"\\""',
  '""',
  '"\x00\n\xff"',
  '{"a":[1,{"b":"c"}],"d":null}',
  '\n1\n',
  '[true,false,null,1.2.3,--+e]',
  '{"a" : 1 , "b":2}',
  `"${'x'.repeat(100)}\\\\"`,
  '{"":{}}',
  '[1\t,2]',
  '{ "a":1}',
  '{"a":1 }',
  '[1, 2]',
  '{"a": 1}',
];
const MALFORMED = [
  '',
  ' ',
  '{',
  '[',
  '{"a"}',
  '{"a":}',
  '[1,]',
  '[1 2]',
  '1 2',
  '"abc',
  '{"a":1,}',
  'tru',
  'truE',
  'nul',
  'falsy',
  '-x',
  '[}',
  '{]',
  '"\\"',
  '{,}',
  '{"a":1]',
  '[-]',
  '{a:1}',
  '[1]]',
  '{"a":1}}',
  'x',
  '[,1]',
  ':',
  '"a":1',
  '{"a"1}',
  '\\',
];

test('the WebAssembly scanner is there', () => {
  expect(wasm).toBeDefined();
  expect(createScanner().scan('[1]')).toBeDefined();
});

describe.each([
  ['js', js],
  ['wasm', wasm ?? js],
] as const)('%s', (_name, scanner) => {
  test.each(WELL_FORMED)('well-formed: %j', (text) => {
    expect(scanner.scan(text)).toBeDefined();
  });
  test.each(MALFORMED)('malformed: %j', (text) => {
    expect(scanner.scan(text)).toBeUndefined();
  });
  test('values may be nested up to the limit, and no deeper', () => {
    const arrays = (depth: number, inside: string) => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`;
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    for (const text of [arrays(MAX_DEPTH, ''), arrays(MAX_DEPTH - 1, '1'), objects(MAX_DEPTH - 1)]) {
      const document = scanner.scan(text);
      expect(document && compactText(document, 0) === text).toBe(true);
    }
    for (const text of [arrays(MAX_DEPTH + 1, ''), arrays(MAX_DEPTH, '1'), objects(MAX_DEPTH)])
      expect(scanner.scan(text)).toBeUndefined();
  });
  test('a slice is scanned as if it stood alone, with offsets in the whole text', () => {
    const document = scanner.scan('xx{"a":1}yy', 2, 9);
    expect(document && compactText(document, 0)).toBe('{"a":1}');
    expect(scanner.scan('[1]"', 0, 4)).toBeUndefined();
    expect(scanner.scan('"abc"', 0, 4)).toBeUndefined();
    expect(scanner.scan('true', 0, 3)).toBeUndefined();
    expect(scanner.scan('"a\\"', 0, 3)).toBeUndefined();
  });
  test('the tape grows with the text', () => {
    const text = `[${Array.from({ length: 200_000 }, (_, n) => n).join(',')}]`;
    const document = scanner.scan(text);
    expect(document && compactText(document, 0)).toBe(text);
    const wide = scanner.scan(`[${' '.repeat(400_000)}"x"]`);
    expect(wide && compactText(wide, 0)).toBe('["x"]');
  });
});

describe('both scanners agree', () => {
  test('on the recorded events, printed both ways', () => {
    const file = new URL('../conformance/events/filters.jsonl', import.meta.url);
    const lines = existsSync(file) ? readFileSync(file, 'latin1').split('\n').filter(Boolean) : ['{"a":1}'];
    for (const line of lines) {
      same(line);
      const document = js.scan(line);
      if (document === undefined) throw new Error('a recorded event does not scan');
      expect(compactText(document, 0)).toBe(line);
      const pretty = prettyText(document, 0);
      same(pretty);
      const again = js.scan(pretty);
      expect(again && compactText(again, 0)).toBe(line);
    }
  });
  test('on any JSON value, with any white space', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom('', ' ', '\t'), (value, indent) => {
        same(toBytes(JSON.stringify(value, undefined, indent)));
      }),
    );
  });
  test('on damaged JSON and on noise', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.string({ maxLength: 3 }), (value, at, noise) => {
        const text = toBytes(JSON.stringify(value));
        const place = at % (text.length + 1);
        same(text.slice(0, place) + toBytes(noise) + text.slice(place + noise.length));
        same(text.slice(0, place));
        same(text, place);
      }),
      { numRuns: 1000 },
    );
    const byte = fc.constantFrom(...'{}[]",:\\ \n\t0-+.eEntfainx\xff\x00');
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), (bytes) => same(bytes.join(''))),
      { numRuns: 5000 },
    );
  });
  // One scanner expects keys in the order in which it met them last (assembly/scan.ts).
  test('on keys that follow others as they did before, or nearly', () => {
    const name = (length: number, last: string): string => `${'k'.repeat(Math.max(0, length - 1))}${last}`;
    const key = fc
      .tuple(
        fc.constantFrom(0, 1, 2, 7, 8, 9, 15, 16, 28, 29, 30, 31, 40),
        fc.constantFrom('a', 'b', '\n', '"', ''),
      )
      .map(([length, last]) => name(length, last));
    const value = fc.constantFrom('1', '"x"', '{}', '[]', '{"ka":1}', '[{"kb":"y"}]');
    const entry = fc.tuple(key, fc.constantFrom(':', ' :', ': '), value, fc.constantFrom(',', ' ,', ', '));
    const text = fc
      .array(entry, { minLength: 1, maxLength: 6 })
      .map(
        (entries) =>
          `{${entries.map(([k, colon, v, comma]) => JSON.stringify(k) + colon + v + comma).join('')}`,
      )
      .map((open) => `${open}"last":0}`);
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 5 }), fc.nat(), (texts, at) => {
        for (const each of [...texts, ...texts]) {
          same(each);
          same(each.slice(0, at % each.length));
          // Behind the end stands what would make it whole.
          same(each, 0, at % each.length);
        }
      }),
      { numRuns: 3000 },
    );
  });
  test('on keys that are numbered only after they were met', () => {
    const text = '{"numbered later":{"numbered later still":1},"x":{"numbered later":2}}';
    same(text);
    same(text);
    const { id } = internKey('numbered later');
    const document = wasm?.scan(text);
    expect(document?.tape[NODE_SIZE + 2]).toBe(id);
    same(text);
  });
});
