// Places by numbers, as the module in WebAssembly knows them: by the numbers of their keys, and by what is looked for in
// the values there.

import type { ByteString } from '../../bytes.js';
import { internKey, NO_KEY } from '../../json/keys.js';
import type { Look, Place, PrefilterPlace } from '../prefilter.js';
import {
  AS_FLAG,
  AS_JSON,
  AS_NOTHING,
  AS_OWN,
  AS_STRING,
  AS_VALUE,
  ASIDE_BYTES,
  CONTAINS,
  ENDS,
  ICONTAINS,
  PLACE_DEPTH,
  STARTS,
} from '../shared.js';
import type { WasmModule } from './wasm-module.js';

const FORMS: Readonly<Record<NonNullable<Place['as']>, number>> = {
  string: AS_STRING,
  json: AS_JSON,
  flag: AS_FLAG,
  own: AS_OWN,
};

/** Says how values at a place of the prefilter are read. */
export function setPlaceForm(
  { exports }: WasmModule,
  place: number,
  { as, isGivenUp }: PrefilterPlace,
): void {
  exports.setPlaceForm(place, isGivenUp === true ? AS_NOTHING : as === undefined ? AS_VALUE : FORMS[as]);
}

/** Says where a place is. @returns false: there is no room, and the place is one of which nothing is known */
export function setPlaceKeys({ exports }: WasmModule, place: number, keys: readonly ByteString[]): boolean {
  const steps = keys.map(internKey);
  if (steps.length > PLACE_DEPTH || steps.some(({ id }) => id === NO_KEY)) return false;
  for (const [depth, { id, index }] of steps.entries()) exports.setPlaceKey(place, depth, id, index);
  return true;
}

const KINDS: Readonly<Record<Look['kind'], number>> = {
  startswith: STARTS,
  endswith: ENDS,
  contains: CONTAINS,
  icontains: ICONTAINS,
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
