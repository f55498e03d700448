// Places by numbers, as the module in WebAssembly knows them: by the numbers of their keys, and by what is looked for in
// the values there.

import type { ByteString } from '../bytes.js';
import type { Look } from '../screen.js';
import { internKey, NO_KEY } from './keys.js';
import { ASIDE_BYTES, type WasmModule } from './wasm-module.js';

/** Keys of a place that the module has room for. */
const PLACE_DEPTH = 8;

/** Says where a place is. @returns false: there is no room, and the place is one of which nothing is known */
export function setPlaceKeys({ exports }: WasmModule, place: number, keys: readonly ByteString[]): boolean {
  const steps = keys.map(internKey);
  if (steps.length > PLACE_DEPTH || steps.some(({ id }) => id === NO_KEY)) return false;
  for (const [depth, { id, index }] of steps.entries()) exports.setPlaceKey(place, depth, id, index);
  return true;
}

// As assembly/looks.ts numbers them.
const KINDS: Readonly<Record<Look['kind'], number>> = {
  startswith: 1,
  endswith: 2,
  contains: 3,
  icontains: 4,
};

/** Says what is looked for at a place. @returns false: there is no room, and nothing is looked for */
export function setPlaceLooks(module: WasmModule, place: number, looks: readonly Look[]): boolean {
  const { exports, writeAside } = module;
  const added = looks.every(
    ({ kind, text }) =>
      text.length <= ASIDE_BYTES && exports.addLook(place, KINDS[kind], writeAside(text), text.length) !== 0,
  );
  if (!added) exports.dropLooks(place);
  return added;
}
