// What a stretch of JSON text does to whoever reads it from some state on: the depth it leads to, and whether the value
// that was begun ends with it. In: texts, once each. Out: steps that add up in constant time, so that it is known which
// pieces make a whole without reading them again and again.

/** Outside of strings, inside of one, inside of one behind a backslash. */
type Standing = 0 | 1 | 2;

interface ReadThrough {
  readonly end: Standing;
  /** By how much the depth grows, and the least it comes to behind a closing bracket. */
  readonly rise: number;
  readonly least: number;
  /** The least depth is first reached by the last character that is no space. */
  readonly leastAtEnd: boolean;
}

/** A text that is read from each state at most once. */
export interface Stretch {
  from(standing: Standing): ReadThrough;
}

export interface Reading {
  readonly standing: Standing;
  readonly depth: number;
}

export const UNREAD: Reading = { standing: 0, depth: 0 };

export function createStretch(text: string): Stretch {
  const known: (ReadThrough | undefined)[] = [];
  return { from: (standing) => (known[standing] ??= walk(text, standing)) };
}

/** Reads on. `ended`: the value ends with the stretch; `broken`: it ended within it, and more follows. */
export function readOn(before: Reading, stretch: Stretch): Reading | 'ended' | 'broken' {
  const step = stretch.from(before.standing);
  if (before.depth + step.least > 0) return { standing: step.end, depth: before.depth + step.rise };
  return before.depth + step.least === 0 && step.leastAtEnd ? 'ended' : 'broken';
}

const QUOTE = 34;
const BACKSLASH = 92;
const LEFT = new Set([91, 123]);
const RIGHT = new Set([93, 125]);

function walk(text: string, start: Standing): ReadThrough {
  const last = text.trimEnd().length - 1;
  let standing = start;
  let depth = 0;
  let least = Number.POSITIVE_INFINITY;
  let leastAt = -1;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (standing === 2) standing = 1;
    else if (standing === 1) {
      if (char === QUOTE) standing = 0;
      else if (char === BACKSLASH) standing = 2;
    } else if (char === QUOTE) standing = 1;
    else if (LEFT.has(char)) depth++;
    else if (RIGHT.has(char) && --depth < least) {
      least = depth;
      leastAt = i;
    }
  }
  return { end: standing, rise: depth, least, leastAtEnd: leastAt === last };
}
