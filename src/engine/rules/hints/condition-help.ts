// In: a condition that does not parse, and where. Out: how to write what other languages write there.
// Falco names what it expected; people who come from SQL, CEL or C need the word.

import type { ByteString } from '../../../bytes.js';

interface Habit {
  /** What stands at the fault; the whole rest of the condition is tried. */
  readonly written: RegExp;
  readonly help: string;
  /** What stands before it, where that matters. */
  readonly behind?: RegExp;
}

const LIST = 'lists are written in round brackets: (a, b)';
const NOT = 'not stands in front of the whole comparison: not x contains y';
const WORDS = 'for parts of texts there are contains, icontains, startswith, endswith, glob, regex';
const REGEX = 'regular expressions are matched by the operator regex, against the whole value: x regex "a.*"';

const HABITS: readonly Habit[] = [
  { written: /^\s*(?:\[|\{)/, behind: /\b(?:in|intersects|pmatch|oneof|anyof|allof)\s*$/, help: LIST },
  { written: /^\s*not\s+(?:in|intersects|pmatch)\b/i, help: 'not stands in front: not x in (a, b)' },
  { written: /^\s*not\s+(?:[a-z]*(?:contains|startswith|endswith|glob|regex|exists)\b|=)/i, help: NOT },
  {
    written: /^\s*(?:is\s+not\s+null|is\s+null)\b/i,
    help: 'whether there is a value: x exists, not x exists',
  },
  { written: /^\s*(?:matches|match|like|rlike|regexp|=~|~=|~|!~)/i, help: REGEX },
  { written: /^\s*(?:AND|And|&&|&)(?=[\s(]|$)/, help: 'and is a word in lower case letters: a and b' },
  { written: /^\s*(?:OR|Or|\|\||\|)(?=[\s(]|$)/, help: 'or is a word in lower case letters: a or b' },
  { written: /^\s*(?:NOT|Not|!)(?=[\s(a-z]|$)/, help: 'not is a word in lower case letters: not a' },
  { written: /^\s*(?:IN|In)(?=[\s(])/, help: 'in is a word in lower case letters: x in (a, b)' },
  { written: /^\s*(?:<>|!==|===|=>|eq\b|ne\b)/i, help: 'comparisons are =, !=, <, <=, >, >=' },
  { written: /^\s*(?:has|includes|contain|starts_with|startsWith|ends_with|endsWith)\b/, help: WORDS },
];

/** @param offset where the parser stopped; the habit may be a word before it */
export function conditionHelp(text: ByteString, offset: number): ByteString | undefined {
  for (const at of [offset, wordBefore(text, offset)]) {
    const rest = text.slice(at, at + WINDOW);
    const before = text.slice(Math.max(0, at - WINDOW), at);
    const habit = HABITS.find(({ written, behind }) => written.test(rest) && (behind?.test(before) ?? true));
    if (habit !== undefined) return habit.help;
  }
  return undefined;
}

/** Enough for any habit, so that the search takes no longer for long conditions. */
const WINDOW = 40;

function wordBefore(text: ByteString, offset: number): number {
  let at = offset;
  while (at > 0 && offset - at < WINDOW && /\s/.test(text[at - 1]!)) at--;
  while (at > 0 && offset - at < WINDOW && !/\s/.test(text[at - 1]!)) at--;
  return at;
}
