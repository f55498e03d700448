// Event times (seconds and nanoseconds) → the texts that fields and alerts show. A leaf.
// Falco keeps a time in 64 unsigned bits of nanoseconds, so dates outside 1970–2554 come out wrapped, and it
// shows local times with the offset from UTC that is in force now, not at the event's date (libs: utils.cpp).

import { runtime } from './runtime/runtime.js';

/** A point in time as Event holds it: whole seconds since the epoch, nanoseconds within the second. */
export interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

const NANOS_PER_SECOND = 1_000_000_000n;
/** Whole seconds that 64 unsigned bits of nanoseconds hold. */
const MAX_SECONDS = 18_446_744_072;
const SECONDS_PER_DAY = 86_400;
const QUARTER_HOUR_MS = 900_000;

/** The time in nanoseconds as 64 unsigned bits hold it. */
export function unsignedNanos(time: Time): bigint {
  return BigInt.asUintN(64, BigInt(time.seconds) * NANOS_PER_SECOND + BigInt(time.nanos));
}

/** The time as 64 unsigned bits hold it: itself unless it lies outside 1970–2554. */
export function wrapTime(time: Time): Time {
  if (time.seconds >= 0 && time.seconds <= MAX_SECONDS) return time;
  const nanos = unsignedNanos(time);
  return { seconds: Number(nanos / NANOS_PER_SECOND), nanos: Number(nanos % NANOS_PER_SECOND) };
}

/** Nanoseconds as nine digits. */
export function nanosText(nanos: number): string {
  return String(nanos).padStart(9, '0');
}

/** `HH:MM:SS` of a time that is `offset` seconds east of UTC. */
export function clockText(seconds: number, offset: number): string {
  const inDay = (((seconds + offset) % SECONDS_PER_DAY) + SECONDS_PER_DAY) % SECONDS_PER_DAY;
  const minutes = Math.floor(inDay / 60);
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(inDay % 60)}`;
}

/** `YYYY-MM-DD` of a time that is `offset` seconds east of UTC. */
export function dateText(seconds: number, offset: number): string {
  const date = new Date((seconds + offset) * 1000);
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** Microseconds since the epoch, as correlations count time. */
export function timeOfMicros(micros: number): Time {
  const seconds = Math.floor(micros / 1_000_000);
  return { seconds, nanos: (micros - seconds * 1_000_000) * 1000 };
}

/** `YYYY-MM-DDTHH:MM:SS.nnnnnnnnn` in UTC, without a zone: fields add `+0000`, alerts in JSON `Z`. */
export function isoText(time: Time): string {
  const { seconds, nanos } = wrapTime(time);
  return `${dateText(seconds, 0)}T${clockText(seconds, 0)}.${nanosText(nanos)}`;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

let offset = 0;
let offsetFrom = Number.NaN;

/** Seconds that the machine's local time is ahead of UTC, now. */
export function localOffset(now = Date.now()): number {
  // Zones change their offset at quarters of an hour at the finest, so asking once in each is enough.
  const quarter = now - (now % QUARTER_HOUR_MS);
  if (quarter !== offsetFrom) {
    offsetFrom = quarter;
    offset = runtime.utcOffset(now);
  }
  return offset;
}
