// Numbered keys: looking up by number gives what looking up by text gives, whichever scanner wrote the tape.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIRST_KEY, internKey, NO_KEY, numberedKeys } from '../../src/json/keys.js';
import { member, memberOf, nodeBehind, valueText } from '../../src/json/read.js';
import { createJsScanner } from '../../src/json/scan-js.js';
import { createWasmReader } from '../../src/prefilter/reader/reader-wasm.js';

// Around the lengths at which the scanner changes how it compares: 0, 8, 16.
const TEXTS = [
  '',
  'a',
  'ab',
  'verb',
  'auditID',
  'username',
  'usernamf',
  'objectRef',
  'requestObject',
  'sixteen-bytes-ab',
  'seventeen-bytes-a',
];
const LONG = [
  'authorization.k8s.io/decision',
  'authorization.k8s.io/reason__',
  'authorization.k8s.ix/decision',
];
const keys = [...TEXTS, ...LONG, 'caf\xc3\xa9', 'a\0b', 'a\\b'].map(internKey);
const wasm = createWasmReader()!;
const scanners = [
  ['js', createJsScanner()],
  ['wasm', wasm],
] as const;

describe('interning', () => {
  test('equal texts are one key, numbered in order', () => {
    expect(internKey('verb')).toBe(keys[3]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(numberedKeys()).toEqual(expect.arrayContaining(keys));
    expect(numberedKeys().map((key) => key.id)).toEqual(numberedKeys().map((_, i) => FIRST_KEY + i));
  });
  test('a key that is too long has no number, and is found all the same', () => {
    const text = 'x'.repeat(65);
    const long = internKey(text);
    expect(long.id).toBe(NO_KEY);
    const document = wasm.scan(`{"${text}":1}`)!;
    expect(valueText(document, memberOf(document, 0, long))).toBe('1');
  });
});

describe.each(scanners)('%s', (_name, scanner) => {
  test('every key is found in its place', () => {
    const texts = keys.filter((key) => !key.text.includes('\\')).map((key) => key.text);
    const document = scanner.scan(`{${texts.map((text, i) => `"${text}":${i}`).join(',')}}`)!;
    for (const [i, text] of texts.entries())
      expect(valueText(document, memberOf(document, 0, internKey(text)))).toBe(String(i));
  });
  test('a tape written before a key was known', () => {
    const own = scanner.scan('{"late-comer":1}')!;
    const late = internKey('late-comer');
    expect(valueText(own, memberOf(own, 0, late))).toBe('1');
    const again = scanner.scan('{"late-comer":2}')!;
    expect(valueText(again, memberOf(again, 0, late))).toBe('2');
  });
});

test('look-up by number and by text agree, with keys close to each other and escaped ones', () => {
  const near = fc
    .constantFrom(...keys.map((key) => key.text))
    .chain((text) =>
      fc.constantFrom(
        text,
        `${text}x`,
        text.slice(0, -1),
        text.slice(1),
        `${text.slice(0, -1)}y`,
        text.replace('e', 'f'),
      ),
    );
  const spelled = fc.tuple(near, fc.boolean()).map(([text, escaped]) => {
    const json = JSON.stringify(text).slice(1, -1);
    return escaped && text !== ''
      ? `\\u00${text.charCodeAt(0).toString(16).padStart(2, '0')}${JSON.stringify(text.slice(1)).slice(1, -1)}`
      : json;
  });
  fc.assert(
    fc.property(fc.array(spelled, { maxLength: 12 }), fc.constantFrom('', ' '), (names, space) => {
      const text = `{${names.map((name, i) => `"${name}"${space}:${space}${i}`).join(',')}}`;
      for (const [, scanner] of scanners) {
        const document = scanner.scan(text)!;
        for (const key of keys) expect(memberOf(document, 0, key)).toBe(member(document, 0, key.text));
      }
      const [js, fast] = scanners.map(([, scanner]) => scanner.scan(text)!);
      const nodes = nodeBehind(fast!, 0);
      expect([...js!.tape.subarray(0, nodes)]).toEqual([...fast!.tape.subarray(0, nodes)]);
      expect(js!.keysBelow).toBe(fast!.keysBelow);
    }),
    { numRuns: 500 },
  );
});

test('there is room for hundreds of keys, and beyond it they are found by their text', () => {
  const many = Array.from({ length: 700 }, (_, i) => internKey(`key-number-${i}`));
  expect(many.filter((key) => key.id === NO_KEY).length).toBeGreaterThan(90);
  const document = wasm.scan(`{${many.map((key, i) => `"${key.text}":${i}`).join(',')}}`)!;
  for (const [i, key] of many.entries())
    expect(valueText(document, memberOf(document, 0, key))).toBe(String(i));
});
