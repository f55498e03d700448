// In: the checks of one place. Out: classes of its values: those that all the checks treat alike. A value's class is found
// by what it equals and by the checks that look closer, and remembered by its text.

import type { ByteString } from '../../bytes.js';
import type { Event } from '../../event.js';
import type { Look } from '../../screen.js';
import type { PlaceCheck } from '../condition/nodes.js';
import { FALSE, OPEN, TRUE, type Verdict } from './program.js';

export interface Classes {
  /** What a class depends on; see ScreenPlace. */
  readonly constants: readonly ByteString[];
  readonly looks: readonly Look[] | undefined;
  /** Number of the class of the event's value, from 1; in the order of first use. After the scope has begun the event. */
  of(event: Event): number;
  /** A check's verdict on the values of a class. */
  verdict(kind: number, check: PlaceCheck): Verdict;
  forget(): void;
}

/** The class of which nothing is known. */
const UNCLASSIFIED = 1;
/** Longer texts are not classified where checks look closer: remembering them would cost too much. */
const LONGEST_TEXT = 256;
const MOST_TEXTS = 8192;
const MOST_CLASSES = 2048;
/** Verdicts of all classes together. */
const MOST_VERDICTS = 4_000_000;

/** @param checks all checks of one place. */
export function createClasses(checks: readonly PlaceCheck[]): Classes {
  const { read } = checks[0]!;
  const constants = new Map<ByteString, number>();
  for (const text of checks.flatMap(({ equals }) => equals ?? []))
    if (!constants.has(text)) constants.set(text, constants.size);
  const closer = checks.filter(({ equals }) => equals === undefined);
  const numbers = new Map(checks.map((check, number) => [check, number]));
  const texts = new Map<ByteString | undefined, number>();
  const byKey = new Map<string, number>();
  // By class: the verdicts of the checks.
  const verdicts: (Uint8Array | undefined)[] = [undefined, undefined];

  function classify(event: Event, text: ByteString | undefined): number {
    const key =
      text === undefined
        ? ''
        : `${constants.get(text) ?? ''} ${closer.map((check) => sign(check, event)).join('')}`;
    const known = byKey.get(key);
    if (known !== undefined) return known;
    if (verdicts.length > MOST_CLASSES || verdicts.length * checks.length > MOST_VERDICTS)
      return UNCLASSIFIED;
    const kind = verdicts.push(Uint8Array.from(checks, (check) => (check.test(event) ? TRUE : FALSE))) - 1;
    byKey.set(key, kind);
    return kind;
  }

  return {
    constants: [...constants.keys()],
    looks: looksOf(closer),
    of(event) {
      const value = read(event);
      if (value !== undefined && typeof value !== 'string') return UNCLASSIFIED;
      if (closer.length > 0 && value !== undefined && value.length > LONGEST_TEXT) return UNCLASSIFIED;
      const known = texts.get(value);
      if (known !== undefined) return known;
      const kind = classify(event, value);
      if (texts.size >= MOST_TEXTS) texts.clear();
      if (value === undefined || value.length <= LONGEST_TEXT) texts.set(copyOf(value), kind);
      return kind;
    },
    verdict(kind, check) {
      const found = verdicts[kind];
      const number = numbers.get(check);
      return found === undefined || number === undefined ? OPEN : (found[number] as Verdict);
    },
    forget() {
      texts.clear();
      byKey.clear();
      verdicts.length = 2;
    },
  };
}

function looksOf(checks: readonly PlaceCheck[]): readonly Look[] | undefined {
  if (checks.some(({ looks, place }) => looks === undefined || place.time === true)) return undefined;
  const looks = checks.flatMap((check) => check.looks ?? []);
  return [...new Map(looks.map((look) => [`${look.kind} ${look.text}`, look])).values()];
}

// A part of a text keeps the whole text in memory; a copy does not.
function copyOf(text: ByteString | undefined): ByteString | undefined {
  return text && Buffer.from(text, 'latin1').toString('latin1');
}

const sign = (check: PlaceCheck, event: Event): string => (check.test(event) ? '1' : '0');
