// In: what events look like (EventForm). Out: the module in WebAssembly knows it, if it has room for it.

import { type Key, NO_KEY } from '../../json/keys.js';
import { ANY_STRING, ANY_VALUE, LONGEST_TEST, MOST_TESTS, OTHER_TEXT, THIS_TEXT } from '../shared.js';
import type { EventForm, FormTest } from './event-reader.js';
import type { WasmModule } from './wasm-module.js';

const NO_KEY_AT_ALL = 0;

/** @returns whether the module can tell by it which texts are events */
export function setForm(
  { exports, writeAside }: WasmModule,
  { tests, audit, time, truncated, bare }: EventForm,
): boolean {
  const found = tests.map(testOf);
  const keys = [...tests.map(({ key }) => key), audit, time, ...truncated];
  if (keys.some((key) => key?.id === NO_KEY) || tests.length > MOST_TESTS) return false;
  if (found.some(({ text }) => text.length > LONGEST_TEST)) return false;
  const idOf = (key: Key | undefined): number => key?.id ?? NO_KEY_AT_ALL;
  exports.setForm(idOf(audit), idOf(time), idOf(truncated[0]), idOf(truncated[1]), bare ? 1 : 0);
  for (const [i, { kind, text }] of found.entries())
    exports.addTest(kind, tests[i]!.key.id, writeAside(text), text.length);
  return true;
}

function testOf({ must }: FormTest): { readonly kind: number; readonly text: string } {
  if (must === 'exist') return { kind: ANY_VALUE, text: '' };
  if (must === 'be a string') return { kind: ANY_STRING, text: '' };
  return 'be' in must ? { kind: THIS_TEXT, text: must.be } : { kind: OTHER_TEXT, text: must.notBe };
}
