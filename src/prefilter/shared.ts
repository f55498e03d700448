// Numbers that both sides must agree on: this file is compiled by TypeScript and by AssemblyScript (assembly/), so that they are
// said once. Nothing but whole numbers stands in it. Those of the tape are in src/json/tape.ts, in the same way.

// Verdicts of a reader; from 0 they are states.
export const MALFORMED = -1;
/** The tape must grow; then the text comes again. */
export const TAPE_FULL = -2;
/** No rule can match, or its alert is written: nobody needs to see the event. */
export const PASSED = -3;
/** Not an event of the usual form: to be looked at as a whole. */
export const UNSURE = -4;
/** A value or a step that has not been taught so far. */
export const UNKNOWN = -5;
/** No more lines. */
export const END = -6;
/** The alerts that were written must be taken; then the line comes again. */
export const ALERTS_FULL = -7;

/** The state before any value is known. */
export const START = 0;
/** Instead of the place that a state looks at: no rule can match. */
export const NOTHING = -1;
/** Instead of a place: the rules of this state may match. */
export const FINAL = -2;

// What writing an alert came to.
export const DONE = 1;
/** There is no room for it until the others are taken. */
export const FULL = 0;
/** It is for the caller to write. */
export const LEFT = -1;

// Forms of the event's time in a line.
/** Local time of day, with nanoseconds. */
export const CLOCK = 3;
/** Date and time, UTC, with nanoseconds and without a zone. */
export const ISO = 4;
/** Nanoseconds since the epoch. */
export const NANOS = 5;

// Room of the tables.
export const MOST_PLACES = 64;
/** With those that only the lines of alerts read. */
export const ALL_PLACES = 192;
/** Keys of a place. */
export const PLACE_DEPTH = 8;
export const MOST_STATES = 16384;
export const MOST_STEPS = 32768;
/** Values that take more bytes as they are written are not learned: Falco's texts have 256, quotes two. */
export const LONGEST_VALUE = 258;
/** Secret numbers of 64 bits: one for each eight bytes of such a value, and two more. */
export const HASH_KEY_BYTES = 288;
/** Bytes of a time as far as its seconds, with the quote before it; readers look no further. */
export const SECONDS_LENGTH = 20;
/** Room for a text that stands in nobody's way. */
export const ASIDE_BYTES = 512;

// What an event must have at a key to be one: a value; a string; this text; any other string.
export const ANY_VALUE = 1;
export const ANY_STRING = 2;
export const THIS_TEXT = 3;
export const OTHER_TEXT = 4;
/** How many of these readers look for, and their longest text. */
export const MOST_TESTS = 16;
export const LONGEST_TEST = 64;

// How the value at a place is read (Place.as).
export const AS_VALUE = 0;
export const AS_STRING = 1;
export const AS_JSON = 2;
export const AS_FLAG = 3;
export const AS_OWN = 4;
/** Of whatever stands there, nothing is known. */
export const AS_NOTHING = 5;
/** The class of values of which nothing is known. */
export const UNCLASSIFIED = 1;

// Kinds of looks.
export const STARTS = 1;
export const ENDS = 2;
export const CONTAINS = 3;
export const ICONTAINS = 4;

// A record of a page of CloudWatch Logs: integers, where each stands, and flags.
export const RECORD_INTEGERS = 14;
/** The text has a newline in it. */
export const BROKEN = 1;
/** The log stream is that of the record before. */
export const SAME_STREAM = 2;
/** The caller wants its text. */
export const WANTED = 4;
/** The text is an audit event by itself, as far as its beginning and its nesting tell. */
export const WHOLE = 8;
