// The prefilter's walk: a machine of states (src/prefilter/prefilter.ts) over the values at a few places of an event, as far as it has been
// taught. In: an event on the tape. Out: a final state, or why there is none; what is not known is left to the caller.

import { OTHER } from '../../json/tape';
import { FINAL, PASSED, START, UNCLASSIFIED, UNKNOWN, UNSURE } from '../shared';
import {
  find,
  forgetTests,
  isEvent,
  isPlainTime,
  isTimeInText,
  member,
  MISSING,
  noteRoots,
  plainSeconds,
  rootMember,
  setTimeKey,
  tape,
  timeNode,
  UNCLEAR,
} from './event';
import { absentClass, classOf, isGivenUp, isTimePlace, placeOf, stepOf } from './learned';

// Address of the time of the event that was passed over last; 0: it did not stand in the text.
let lastTime: usize = 0;

/** The event that was judged last is passed over. */
export function passOver(shift: usize): void {
  lastTime = isTimeInText() ? shift + <usize>load<i32>(timeNode()) : 0;
}

/** Time of the event that was passed over last, whole seconds since the epoch; NaN if it did not stand in the text, which must
 * still be there. */
export function lastSeconds(): f64 {
  return lastTime == 0 ? NaN : plainSeconds(lastTime + 1);
}

/** Behind UNKNOWN: the state from which the caller has to go on. */
export let reached: i32 = 0;

let auditKey: i32 = 0;
let annotationsKey: i32 = 0;
let truncatedKey: i32 = 0;
let alone = false;

/**
 * What events are, before addTest() says more. Keys by their numbers, 0: none.
 * @param audit the key that every event must have, wherever it is found
 * @param time that of their time
 * @param annotations,truncated those that say that one has been cut
 * @param bare whether nothing may stand before one
 */
export function setForm(audit: i32, time: i32, annotations: i32, truncated: i32, bare: bool): void {
  auditKey = audit;
  annotationsKey = annotations;
  truncatedKey = truncated;
  alone = bare;
  setTimeKey(time);
  forgetTests();
}

/** Whether the API server cut the event that was judged last. */
export function isTruncated(): bool {
  if (annotationsKey == 0) return false;
  const annotations = rootMember(annotationsKey);
  return annotations > UNCLEAR && member(annotations, truncatedKey) > UNCLEAR;
}

// The class of the value at a place; 0: not known.
function classAt(place: i32, shift: usize): i32 {
  if (isGivenUp(place)) return UNCLASSIFIED;
  // Another time than the text's.
  if (isTimePlace(place) && !isTimeInText()) return 0;
  const node = find(place);
  if (node == MISSING) return absentClass(place);
  if (node == UNCLEAR) return 0;
  const start = load<i32>(node);
  return classOf(place, shift + <usize>start, load<i32>(node, 4) - start, load<i32>(node, 8));
}

/**
 * Judges an event on the tape.
 * @param node of the event, in integers from the start of the tape
 * @param shift what to add to an offset on the tape for an address
 * @param needsKind whether it has to be an event by what it holds; otherwise the caller knows that it is one
 * @returns a final state, PASSED, UNSURE or UNKNOWN
 */
export function judge(node: i32, shift: usize, needsKind: bool): i32 {
  const root = tape + (<usize>node << 2);
  if (load<i32>(root, 8) <= OTHER) return UNSURE;
  noteRoots(root);
  if (needsKind && (!isEvent(shift) || (alone && load<i32>(root) != 0))) return UNSURE;
  if (auditKey != 0 && rootMember(auditKey) <= UNCLEAR) return UNSURE;
  if (isTimeInText() && !isPlainTime(timeNode(), shift)) return UNSURE;
  let state: i32 = START;
  for (;;) {
    const place = placeOf(state);
    if (place < 0) {
      if (place == FINAL) return state;
      passOver(shift);
      return PASSED;
    }
    const kind = classAt(place, shift);
    const next = kind == 0 ? -1 : stepOf(state, kind);
    if (next < 0) {
      reached = state;
      return UNKNOWN;
    }
    state = next;
  }
  return UNSURE;
}
