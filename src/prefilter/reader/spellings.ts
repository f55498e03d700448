// In: the texts that decide at a place (prefilter.ts). Out: how each may be written in a JSON text, so that a reader knows
// a value by its bytes. What is written with escapes is not among them; readers ask about that.

import type { ByteString } from '../../bytes.js';
import type { PrefilterPlace } from '../prefilter.js';
import { LONGEST_VALUE } from '../shared.js';

/** Of a place with more texts than this, readers learn the values one by one. */
const MOST_CONSTANTS = 1024;

/** The spellings that have classes of their own; undefined where every value has to be learned. */
export function spellingsOf({ constants, looks, time }: PrefilterPlace): ReadonlySet<ByteString> | undefined {
  if (looks === undefined || constants.length > MOST_CONSTANTS) return undefined;
  if (time === true) return new Set(constants.flatMap(timesOf));
  // As a string, and as a number or word.
  return new Set(constants.flatMap((text) => [`"${text}"`, text]).filter(isLearnable));
}

const isLearnable = ({ length }: ByteString): boolean => length > 0 && length <= LONGEST_VALUE;

const NANOSECONDS = /^(?:0|[1-9][0-9]{0,19})$/;
const NANOS_PER_SECOND = 1_000_000_000n;
const WRAP = 1n << 64n;
/** The years that can be written, 0 to 9999, in seconds since the epoch. */
const [FIRST_SECOND, LAST_SECOND] = [-62_167_219_200n, 253_402_300_799n];

// The seconds of all times that are so many nanoseconds in 64 bits.
function timesOf(nanoseconds: ByteString): readonly ByteString[] {
  if (!NANOSECONDS.test(nanoseconds)) return [];
  const times: ByteString[] = [];
  for (let nanos = BigInt(nanoseconds) - 4n * WRAP; ; nanos += WRAP) {
    const cut = nanos / NANOS_PER_SECOND;
    const seconds = nanos < cut * NANOS_PER_SECOND ? cut - 1n : cut;
    if (seconds > LAST_SECOND) return times;
    if (seconds >= FIRST_SECOND)
      times.push(`"${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}`);
  }
}
