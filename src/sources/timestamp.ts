// RFC 3339 text → seconds and nanoseconds, as Go's time.Parse reads it for Falco's audit plugins:
// any number of fraction digits (cut to nanoseconds), a comma for the point, an hour of one digit, offsets up to 24:60.
// What it refuses comes out with Go's words, since that is what users search for.

import type { ByteString } from '../bytes.js';

export interface Timestamp {
  /** Whole seconds since the epoch; negative before 1970. */
  readonly seconds: number;
  /** 0–999,999,999. */
  readonly nanos: number;
}

/** 0001-01-01T00:00:00Z, which is Go's zero of time: an event with it has no time, and Falco takes that of its arrival. */
const NO_TIME_SECONDS = -62_135_596_800;

/** The time itself, or now where it says that there is none. */
export function orArrival(time: Timestamp): Timestamp {
  if (time.seconds !== NO_TIME_SECONDS || time.nanos !== 0) return time;
  return arrival();
}

/** Now. */
export function arrival(): Timestamp {
  const now = Date.now();
  return { seconds: Math.floor(now / 1000), nanos: (now % 1000) * 1_000_000 };
}

const LAYOUT = '2006-01-02T15:04:05.999999999Z07:00';
const DAY_SECONDS = 86_400;
const TWO_DIGITS = /^\d\d/;

// A part of the layout: literal text, or a number with its range (inclusive).
interface TimePart {
  readonly layout: string;
  readonly pattern: RegExp;
  readonly range?: readonly [what: string, low: number, high: number];
}

const PARTS: readonly TimePart[] = [
  { layout: '2006', pattern: /^\d{4}/, range: ['year', 0, 9999] },
  { layout: '-', pattern: /^-/ },
  { layout: '01', pattern: TWO_DIGITS, range: ['month', 1, 12] },
  { layout: '-', pattern: /^-/ },
  // Compared with the month's length in the end.
  { layout: '02', pattern: TWO_DIGITS, range: ['day', 0, 99] },
  { layout: 'T', pattern: /^T/ },
  { layout: '15', pattern: /^\d\d?/, range: ['hour', 0, 23] },
  { layout: ':', pattern: /^:/ },
  { layout: '04', pattern: TWO_DIGITS, range: ['minute', 0, 59] },
  { layout: ':', pattern: /^:/ },
  { layout: '05', pattern: TWO_DIGITS, range: ['second', 0, 59] },
];
const FRACTION = /^[.,](\d+)/;
const OFFSET = /^([+-])(\d\d):(\d\d)/;

/** Reads a time; a text is Go's message of why it is none. */
export function parseTimestamp(value: ByteString): Timestamp | ByteString {
  let rest = value;
  const cannotParse = (layout: string): ByteString =>
    `parsing time ${quote(value)} as ${quote(LAYOUT)}: cannot parse ${quote(rest)} as ${quote(layout)}`;
  const wrong = (what: string): ByteString => `parsing time ${quote(value)}: ${what}`;

  const numbers: number[] = [];
  for (const { layout, pattern, range } of PARTS) {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) return cannotParse(layout);
    rest = rest.slice(found.length);
    if (range === undefined) continue;
    const n = Number(found);
    if (n < range[1] || n > range[2]) return wrong(`${range[0]} out of range`);
    numbers.push(n);
  }
  const fraction = FRACTION.exec(rest);
  rest = rest.slice(fraction?.[0].length ?? 0);

  const [zone, sign, hours, minutes] = rest.startsWith('Z') ? ['Z'] : (OFFSET.exec(rest) ?? []);
  if (zone === undefined) return cannotParse('Z07:00');
  if (Number(minutes) > 60) return wrong('time zone offset minute out of range');
  if (Number(hours) > 24) return wrong('time zone offset hour out of range');
  if (zone.length < rest.length) return wrong(`extra text: ${quote(rest.slice(zone.length))}`);

  const [year, month, day, hour, minute, second] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (day < 1 || day > daysIn(month, year)) return wrong('day out of range');
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  const seconds =
    daysSinceEpoch(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second - offset;
  return { seconds, nanos: fraction === null ? 0 : Number(fraction[1]!.slice(0, 9).padEnd(9, '0')) };
}

/** Days from 1970-01-01 to a day of the Gregorian calendar. Plain arithmetic: Date would cost an object an event. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  // Years that begin in March put the leap day last (Howard Hinnant's civil-days arithmetic).
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Days of a month (1–12). */
export function daysIn(month: number, year: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

// As Go's time package quotes: control characters and everything beyond ASCII byte by byte.
function quote(text: ByteString): ByteString {
  const escaped = text.replace(/["\\]|[\x00-\x1f\x80-\xff]/g, (c) => {
    return c === '"' || c === '\\' ? `\\${c}` : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}

const ZERO = 0x30;

// Two digits at `i` as a number; NaN if they are none.
function pair(text: ByteString, i: number): number {
  const tens = text.charCodeAt(i) - ZERO;
  const ones = text.charCodeAt(i + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Seconds of the form that API servers write, `YYYY-MM-DDTHH:MM:SS`, at `i`. undefined: parseTimestamp decides. */
export function plainSeconds(text: ByteString, i: number): number | undefined {
  const year = pair(text, i) * 100 + pair(text, i + 2);
  const month = pair(text, i + 5);
  const day = pair(text, i + 8);
  const hour = pair(text, i + 11);
  const minute = pair(text, i + 14);
  const second = pair(text, i + 17);
  const punctuated =
    text.charCodeAt(i + 4) === 0x2d &&
    text.charCodeAt(i + 7) === 0x2d &&
    text.charCodeAt(i + 10) === 0x54 &&
    text.charCodeAt(i + 13) === 0x3a &&
    text.charCodeAt(i + 16) === 0x3a;
  // Written so that NaN fails.
  const inRange =
    year >= 0 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59;
  if (!punctuated || !inRange || !(day <= daysIn(month, year))) return undefined;
  return daysSinceEpoch(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
}

/** Nanoseconds of `[.fraction]Z"` from `i` to `end` (behind the closing quote); -1: parseTimestamp decides. */
export function plainNanos(text: ByteString, i: number, end: number): number {
  if (text.charCodeAt(end - 2) !== 0x5a) return -1;
  const behind = end - 2;
  if (i === behind) return 0;
  if (text.charCodeAt(i) !== 0x2e || i + 1 === behind) return -1;
  let nanos = 0;
  let scale = 1e9;
  for (let at = i + 1; at < behind; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    if (scale > 1) {
      nanos = nanos * 10 + digit;
      scale /= 10;
    }
  }
  return nanos * scale;
}
