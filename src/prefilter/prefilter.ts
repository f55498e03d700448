// Prefilter: which rules an event can still match, told by the values at a few places of its text. It is a machine of
// states: each looks at one place, and the class of the value there says which state comes next. Most events end where
// no rule is left, and need no reading beyond that. Rulesets make prefilters (conditions/), readers run them
// (reader/, assembly/judge.ts), as far as they have been taught; both build it up as events come. A leaf.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { NOTHING, START } from './shared.js';

/**
 * Where a value stands: the keys that lead to it from the event. They go through objects; one that is a whole number also
 * leads from an array to an element, as in a JSON pointer.
 */
export interface Place {
  readonly keys: readonly ByteString[];
  /** There is no value unless the event is an audit event (has a key `auditID`). */
  readonly audit: boolean;
  /** The value is not the text there but the event's time, in nanoseconds since the epoch, which stands there. */
  readonly time?: true;
  /**
   * How the value is read. Default: strings decoded, everything else as compact JSON. `string`: strings decoded, everything else
   * as the empty text; `json`: as compact JSON; `flag`: `true` for JSON true, `false` for everything else; `own`: otherwise.
   */
  readonly as?: 'string' | 'json' | 'flag' | 'own';
  /** The value if nothing stands there. Default: none. */
  readonly absent?: ByteString;
}

/** Something that a text may have in it. With `icontains`, `text` is in lower case, and the value's ASCII letters count so. */
export interface Look {
  readonly kind: 'contains' | 'icontains' | 'startswith' | 'endswith';
  /** Not empty. */
  readonly text: ByteString;
}

export interface PrefilterPlace extends Place {
  /** Texts that count as such: a value's class depends on which of them it is, if any, */
  readonly constants: readonly ByteString[];
  /** and on which of these looks hold for it. undefined: on more than that. */
  readonly looks: readonly Look[] | undefined;
  /** Nothing is known any more: all values, and none, are UNCLASSIFIED. */
  readonly isGivenUp?: boolean;
}

/** A piece of a line, whose texts are escaped as in strings of JSON. */
export type LinePart = { readonly text: ByteString } | ValuePart | { readonly time: TimeForm };

/** The value at a place, as a field shows it. */
export interface ValuePart {
  readonly place: Place;
  /** `text`: its text, `<NA>` without one; `json`: a string of JSON with quotes, `null` without one. */
  readonly as: 'text' | 'json';
  /** Without a value there, the name of the cluster that the source knows counts. Not together with `place.absent`. */
  readonly elseCluster?: true | undefined;
}

/** The event's time: local time of day, date and time in UTC, both with nanoseconds; nanoseconds since the epoch. */
export type TimeForm = 'clock' | 'iso' | 'nanos';

/** The one alert that all events of a state bring about, as a line. */
export interface AlertLine {
  /** The number of the rule. */
  readonly rule: number;
  readonly parts: readonly LinePart[];
}

export interface Prefilter {
  readonly places: readonly PrefilterPlace[];
  /** All places that rules and their outputs read; the event's time is none. undefined, or left out: not known. */
  readonly reads?: readonly Place[] | undefined;
  /** Before the other functions are called for an event. Forgets what was built when it has grown too large. */
  begin(event: Event): void;
  /** Changes whenever states and classes of before count no more. */
  generation(): number;
  /** Changes whenever fewer values of a place are told apart than before; states and classes of before still count. */
  revision(): number;
  /** The place that a state looks at; NOTHING if no rule can match any more, FINAL if no more is to be told. */
  placeOf(state: number): number;
  /** The class of the event's value at a place, from 1 and below 65,536; the same for equal values. */
  classOf(place: number, event: Event): number;
  /** The state that follows, below MOST_STATES. */
  next(state: number, kind: number): number;
  /** What follows from a final state alone, where it can be told without evaluating the event. */
  alertOf(state: number): AlertLine | undefined;
}

/** Walks the whole machine. @returns a final state, NOTHING if no rule can match */
export function walk(prefilter: Prefilter, event: Event): number {
  let state = START;
  for (;;) {
    const place = prefilter.placeOf(state);
    if (place < 0) return place === NOTHING ? NOTHING : state;
    state = prefilter.next(state, prefilter.classOf(place, event));
  }
}
