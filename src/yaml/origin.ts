// In: an index in a scalar's text. Out: the offset in the file of what stands there. Folding and escapes change white
// space and backslashes only, so that what is neither stands in the file in the same order: it is counted off.

import type { YamlScalar } from './node.js';

const SPACES = /[ \t\r\n\v\f]*/y;
/** As they are written in double quotes. */
const QUOTED_SPACES = /(?:[ \t\r\n]|\\[ \tntrvf\r\n])*/y;
const ESCAPE = /\\(?:x..|u.{4}|U.{8}|\r\n|[\s\S])/y;
const HEADER = /[|>][^\r\n]*/y;

/** Offset in the file of the byte at `index` of the scalar's text. */
export function originOf(scalar: YamlScalar, index: number): number {
  const { text, source, from } = scalar;
  const style = source[from];
  let at = from + (style === '"' || style === "'" ? 1 : 0);
  if (style === '|' || style === '>') at = behind(HEADER, source, from);
  for (let seen = 0; seen < text.length; ) {
    const solid = nextSolid(text, seen);
    const here = behind(style === '"' ? QUOTED_SPACES : SPACES, source, at);
    // White space at the end stays there, whatever comes behind the scalar in the file.
    if (solid === text.length) return Math.min(at + (index - seen), here);
    // White space is as near to what stands before it as it is in the text.
    if (index < solid)
      return solid - seen === here - at ? at + (index - seen) : nearest(at, here, index - seen);
    const step = stepOf(source, here, style, text, solid);
    if (index < solid + step.taken) return here + (step.length === step.taken ? index - solid : 0);
    seen = solid + step.taken;
    at = here + step.length;
  }
  return at;
}

const nearest = (at: number, here: number, ahead: number): number =>
  Math.min(at + ahead, Math.max(at, here - 1));

/** The next byte of a text that is no white space. */
function nextSolid(text: string, from: number): number {
  return behind(SPACES, text, from);
}

function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

/** How many bytes of the text the next bytes of the file stand for. */
function stepOf(source: string, at: number, style: string | undefined, text: string, index: number) {
  if (style === "'" && source.startsWith("''", at)) return { length: 2, taken: 1 };
  if (style !== '"' || source[at] !== '\\') return { length: 1, taken: 1 };
  return { length: behind(ESCAPE, source, at) - at, taken: escapedLength(source, at, text, index) };
}

function escapedLength(source: string, at: number, text: string, index: number): number {
  if (!/[xuULP]/.test(source[at + 1] ?? '')) return 1;
  // A character of several bytes: the first says how many.
  const first = text.charCodeAt(index);
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
