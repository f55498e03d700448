// Places by numbers, as the module in WebAssembly knows them: by the numbers of their keys.

import type { ByteString } from '../bytes.js';
import { internKey, NO_KEY } from './keys.js';
import type { WasmModule } from './wasm-module.js';

/** Keys of a place that the module has room for. */
const PLACE_DEPTH = 8;

/** Says where a place is. @returns false: there is no room, and the place is one of which nothing is known */
export function setPlaceKeys({ exports }: WasmModule, place: number, keys: readonly ByteString[]): boolean {
  const steps = keys.map(internKey);
  if (steps.length > PLACE_DEPTH || steps.some(({ id }) => id === NO_KEY)) return false;
  for (const [depth, { id, index }] of steps.entries()) exports.setPlaceKey(place, depth, id, index);
  return true;
}
