// What the module in WebAssembly is taught of a prefilter: places, states, steps, and the classes of values by the bytes that
// they are written with. In: lessons (teacher.ts). Out: calls of the module, which has fixed room.

import { type ByteString, readBytes } from '../../bytes.js';
import { CODED, type JsonDocument, NO_NODE, OTHER, PLAIN } from '../../json/document.js';
import type { PrefilterPlace } from '../prefilter.js';
import { HASH_KEY_BYTES, LONGEST_VALUE, SECONDS_LENGTH } from '../shared.js';
import { createAlertLines } from './alert-lines.js';
import type { PrefilterTables } from './event-reader.js';
import { setPlaceForm, setPlaceKeys, setPlaceLooks } from './places.js';
import { spellingsOf } from './spellings.js';
import type { WasmModule } from './wasm-module.js';

export interface TablesOptions {
  /** Whether all events have what places of audit events depend on. */
  readonly areAudit: boolean;
  /** What to add to an offset of the text read last for an address. */
  readonly shift: () => number;
  /** Whether the time of the event is another one than what stands in it. */
  readonly isTimeKnown: () => boolean;
}

export function createTables(
  module: WasmModule,
  { areAudit, shift, isTimeKnown }: TablesOptions,
): PrefilterTables {
  const { exports } = module;
  const lines = createAlertLines(module);
  exports.setHashKey(module.writeAside(readBytes(crypto.getRandomValues(new Uint8Array(HASH_KEY_BYTES)))));
  // By place: the spellings that have classes of their own; undefined where values are learned one by one.
  const spellings: (ReadonlySet<ByteString> | undefined)[] = [];

  let spellingsLeft = 0;

  // By place: whether signs tell classes.
  const hasLooks: boolean[] = [];

  let taught: readonly PrefilterPlace[] = [];

  function learnSpellings(place: number, special: ReadonlySet<ByteString>): boolean {
    for (const text of special)
      if (exports.learnValue(place, module.writeAside(text), text.length, ASK) === 0) return false;
    return true;
  }

  // What of a value counts where values are read in other ways than as they stand. @returns false: all of it
  function learnForm(place: number, { tape, text }: JsonDocument, node: number, kind: number): boolean {
    const { as, isGivenUp, time } = taught[place]!;
    const type = tape[node + 2]!;
    const isString = type === PLAIN || type === CODED;
    if (isGivenUp === true || (time === true && isTimeKnown())) return true;
    if (as === 'json') return isString;
    if (as === 'string' && !isString) exports.learnNoStrings(place, kind);
    else if (as === 'flag' && type === OTHER && text.startsWith('true', tape[node]))
      exports.learnNoStrings(place, kind);
    else if (as === 'flag') exports.learnOthers(place, kind);
    else return false;
    return true;
  }

  // Which spellings have classes of their own, if the others have one.
  function spellingsAt(place: PrefilterPlace, number: number): ReadonlySet<ByteString> | undefined {
    return place.as !== 'own' && (hasLooks[number] || place.looks?.length === 0)
      ? spellingsOf(place)
      : undefined;
  }

  // How values of a place are told apart.
  function learnPlace(place: PrefilterPlace, number: number): void {
    setPlaceForm(module, number, place);
    const { looks = [] } = place;
    hasLooks[number] = looks.length > 0 && setPlaceLooks(module, number, looks);
    const special = spellingsAt(place, number);
    spellingsLeft -= special?.size ?? 0;
    const fits = special !== undefined && spellingsLeft >= 0 && learnSpellings(number, special);
    spellings[number] = fits ? special : undefined;
  }

  return {
    reset(places) {
      exports.forgetPrefilter();
      lines.forget();
      spellingsLeft = MOST_SPELLINGS;
      for (const [number, place] of places.entries())
        if (areAudit || !place.audit) setPlaceKeys(module, number, place.keys);
      exports.setTimePlace(places.findIndex(({ time }) => time));
      module.learnKeys();
      for (const [number, place] of places.entries()) learnPlace(place, number);
      taught = places;
    },
    renew(places) {
      for (const [number, place] of places.entries()) {
        const { looks, isGivenUp } = taught[number]!;
        if (looks === place.looks && isGivenUp === place.isGivenUp) continue;
        exports.forgetPlace(number);
        learnPlace(place, number);
      }
      taught = places;
    },
    learnAlert: lines.learn,
    learnState: exports.learnState,
    learnStep: (state, kind, next) => exports.learnStep(state, kind, next) !== 0,
    learnValue(place, document, node, kind) {
      const isTime = taught[place]!.time === true;
      if (node === NO_NODE) return (isTime && isTimeKnown()) || exports.learnValue(place, 0, 0, kind) !== 0;
      if (learnForm(place, document, node, kind)) return true;
      const { tape, text, compact } = document;
      const [start, type] = [tape[node]!, tape[node + 2]!];
      const end = isTime ? start + SECONDS_LENGTH : tape[node + 1]!;
      // Not a value as it stands: a string with escapes, white space in an object or array.
      const plain = type !== CODED && (compact || type === PLAIN || type === OTHER);
      if (end - start > LONGEST_VALUE) {
        if (plain) exports.learnLong(place, kind);
        return true;
      }
      const special = spellings[place];
      if (plain && special?.has(text.slice(start, end)) === false) {
        if (hasLooks[place]) return exports.learnSign(place, shift() + start, end - start, type, kind) !== 0;
        exports.learnOthers(place, kind);
        return true;
      }
      // Times of one second differ in what is not looked at.
      return isTime || exports.learnValue(place, shift() + start, end - start, kind) !== 0;
    },
  };
}

/** Spellings of all places together; of places beyond, values are learned one by one. */
const MOST_SPELLINGS = 4096;
/** The class of values that must be asked for. */
const ASK = 0;
