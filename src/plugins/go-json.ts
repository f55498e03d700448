// JSON as Go's encoding/json writes it: what Falco's plugins decode and encode again. Keys sorted by their bytes, numbers as
// doubles, and `<`, `>`, `&` escaped.

import { toBytes } from '../bytes.js';

/** Texts that stand for themselves, by the key they have at the top. */
export type RawMembers = Readonly<Record<string, string>>;

/** Errors: RangeError for what is nested too deep, or no number. */
export function goJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return goString(value);
    case 'number':
      return goNumber(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? `[${value.map(goJson).join(',')}]` : goObject(value as Members);
    default:
      return String(value);
  }
}

type Members = Readonly<Record<string, unknown>>;

/** @param raw members that are JSON text already; they win */
export function goObject(members: Members, raw: RawMembers = {}): string {
  const entries = Object.entries(members)
    .filter(([key]) => !Object.hasOwn(raw, key))
    .map(([key, value]) => [key, goJson(value)] as const);
  const sorted = [...entries, ...Object.entries(raw)].map(
    ([key, text]) => [toBytes(key), key, text] as const,
  );
  sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([, key, text]) => `${goString(key)}:${text}`).join(',')}}`;
}

const HALF = /[\ud800-\udfff]/;
const ESCAPED = /[<>&\u2028\u2029]/g;

export function goString(text: string): string {
  // What is half of a pair is no character.
  const whole = HALF.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
  const quoted = JSON.stringify(whole);
  if (quoted.search(ESCAPED) < 0) return quoted;
  return quoted.replace(ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function goNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('a number that is too large');
  return Object.is(value, -0) ? '-0' : String(value);
}
