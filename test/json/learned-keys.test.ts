// The scanner in WebAssembly takes a key that it expects after looking at all of its bytes at once. One of them wrong, it
// must see what the scanner in JavaScript sees, which expects nothing.

import { expect, test } from 'vitest';
import { internKey } from '../../src/json/keys.js';
import { createJsScanner } from '../../src/json/scan-js.js';
import { createWasmReader } from '../../src/prefilter/reader/reader-wasm.js';
import { tapeOf } from './tape.js';

const js = createJsScanner();
const wasm = createWasmReader()!;

// Keys on both sides of every length at which the comparison changes its form.
const KEYS = [1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 23, 24, 25, 31, 32, 33].map((length) =>
  `key${length}${'abcdefgh'.repeat(5)}`.slice(0, length),
);
for (const key of KEYS.slice(0, 14)) internKey(key);

const text = (keys: readonly string[]): string => `{${keys.map((key, i) => `"${key}":"v${i}"`).join(',')}}`;
const GOOD = text(KEYS);

function warm(): void {
  for (let times = 0; times < 6; times++) expect(tapeOf(wasm.scan(GOOD))).toEqual(tapeOf(js.scan(GOOD)));
}

// Where keys stand, with both quotes and the colon.
const places = KEYS.flatMap((key) => {
  const at = GOOD.indexOf(`"${key}":`);
  return Array.from({ length: key.length + 3 }, (_, i) => at + i);
});

test.each([
  ['its lowest bit turned', (byte: number) => byte ^ 1],
  ['its highest bit turned', (byte: number) => byte ^ 0x80],
  ['a letter', () => 0x78],
  ['a blank', () => 0x20],
  ['a backslash', () => 0x5c],
  ['a quote', () => 0x22],
] as const)('any byte of an expected key, %s in its place', (_name, other) => {
  expect(places.length).toBeGreaterThan(300);
  warm();
  let refused = 0;
  for (const at of places) {
    const bad = GOOD.slice(0, at) + String.fromCharCode(other(GOOD.charCodeAt(at))) + GOOD.slice(at + 1);
    const expected = tapeOf(js.scan(bad));
    if (expected === undefined) refused++;
    expect(tapeOf(wasm.scan(bad)), bad).toEqual(expected);
    warm();
  }
  // Quotes and colons at least.
  expect(refused).toBeGreaterThanOrEqual(KEYS.length);
});

test('keys that are left out, swapped or cut', () => {
  warm();
  for (let i = 0; i < KEYS.length; i++) {
    const key = KEYS[i]!;
    for (const keys of [
      KEYS.toSpliced(i, 1),
      KEYS.toSpliced(i, 1, `${key}x`),
      KEYS.toSpliced(i, 1, key.slice(0, -1)),
      KEYS.toSpliced(i, 2, KEYS[i + 1] ?? 'z', key),
    ]) {
      expect(tapeOf(wasm.scan(text(keys)))).toEqual(tapeOf(js.scan(text(keys))));
      warm();
    }
  }
});

test('the example that was taken as an event', () => {
  const good = '{"kind":"Event","auditID":"a","stage":"ResponseComplete"}';
  const bad = good.replace('"stage"', 'xstage"');
  for (let times = 0; times < 6; times++) expect(wasm.scan(good)).toBeDefined();
  expect(wasm.scan(bad)).toBeUndefined();
});
