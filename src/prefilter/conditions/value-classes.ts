// In: the checks of one place. Out: classes of its values: those that all the checks treat alike. A value's class is found
// by what it equals and by the checks that look closer, and remembered by its text. Where each value needs a closer look and
// there are too many, the checks that need it are left to evaluation.

import { type ByteString, bytesOf, readBytes } from '../../bytes.js';
import type { PlaceCheck } from '../../engine/condition/compile/nodes.js';
import type { Event } from '../../event.js';
import type { Look, PrefilterPlace } from '../prefilter.js';
import { UNCLASSIFIED } from '../shared.js';
import { FALSE, OPAQUE, TRUE, type Verdict } from './residuals.js';

type Dependence = Pick<PrefilterPlace, 'constants' | 'looks' | 'isGivenUp'>;

export interface Classes {
  /** What a class depends on. */
  dependsOn(): Dependence;
  /** Number of the class of the event's value, from 1; in the order of first use. After the scope has begun the event. */
  of(event: Event): number;
  /** The verdict of a check, by its number, on the values of a class. */
  verdict(kind: number, check: number): Verdict;
  /** Tells fewer values apart from now on, if there were too many. @returns whether it does */
  coarsen(): boolean;
  forget(): void;
}

/** Longer texts are not classified where checks look closer: remembering them would cost too much. */
const LONGEST_TEXT = 256;
const MOST_TEXTS = 8192;
/** Texts that are told apart one by one, before that is given up; objects and arrays hardly ever come again. */
const MOST_TOLD = 128;
const TOLD_AS_CONTAINER = 8;
/** How often it may be asked about values that readers know one by one. */
const MOST_ASKED = 4096;
const MOST_CLASSES = 2048;
/** Verdicts of all classes together. */
const MOST_VERDICTS = 4_000_000;

/** @param checks all checks of one place. */
export function createClasses(checks: readonly PlaceCheck[]): Classes {
  const { read, place } = checks[0]!;
  const { as } = place;
  const constants = new Map<ByteString, number>();
  for (const text of checks.flatMap(({ equals }) => equals ?? []))
    if (!constants.has(text)) constants.set(text, constants.size);
  const closer = checks.filter(({ equals }) => equals === undefined);
  const known = { constants: [...constants.keys()], looks: looksOf(closer) };
  // What is told of the values: all, or no more than constants and looks do.
  const all: Told = { checks, closer, known };
  const isHard = known.looks === undefined && place.time !== true;
  let told = all;
  let textsTold = 0;
  let asked = 0;
  const texts = new Map<ByteString | undefined, number>();
  const bySign = new Map<string, number>();
  const byVerdicts = new Map<string, number>();
  // By class: the verdicts of the checks.
  const verdicts: (Uint8Array | undefined)[] = [undefined, undefined];

  function classify(event: Event, text: ByteString | undefined): number {
    if (isHard) textsTold += text?.startsWith('{') || text?.startsWith('[') ? TOLD_AS_CONTAINER : 1;
    const signs = told.closer.map((check) => sign(check, event)).join('');
    const key = text === undefined ? '' : `${constants.get(text) ?? ''} ${signs}`;
    const existing = bySign.get(key);
    if (existing !== undefined) return existing;
    const kind = classOf(event, text === undefined);
    if (bySign.size >= MOST_TEXTS) bySign.clear();
    bySign.set(key, kind);
    return kind;
  }

  function classOf(event: Event, isMissing: boolean): number {
    const found = Uint8Array.from(checks, (check) => {
      if (!isMissing && told !== all && !told.checks.includes(check)) return OPAQUE;
      return check.test(event) ? TRUE : FALSE;
    });
    const key = readBytes(found);
    const existing = byVerdicts.get(key);
    if (existing !== undefined) return existing;
    if (verdicts.length > MOST_CLASSES || verdicts.length * checks.length > MOST_VERDICTS)
      return UNCLASSIFIED;
    const kind = verdicts.push(found) - 1;
    byVerdicts.set(key, kind);
    return kind;
  }

  return {
    dependsOn: () => told.known,
    of(event) {
      if (told.known.isGivenUp === true) return UNCLASSIFIED;
      const found = read(event);
      if (typeof found === 'object') return UNCLASSIFIED;
      const value = found === undefined ? undefined : String(found);
      if (as === 'json' && value?.startsWith('"')) return UNCLASSIFIED;
      if (as === 'own') asked++;
      if (closer.length > 0 && value !== undefined && value.length > LONGEST_TEXT) return UNCLASSIFIED;
      const existing = texts.get(value);
      if (existing !== undefined) return existing;
      const kind = classify(event, value);
      if (texts.size >= MOST_TEXTS) texts.clear();
      if (value === undefined || value.length <= LONGEST_TEXT) texts.set(copyOf(value), kind);
      return kind;
    },
    verdict: (kind, check) => (verdicts[kind]?.[check] ?? OPAQUE) as Verdict,
    coarsen() {
      if (told !== all || (textsTold <= MOST_TOLD && asked <= MOST_ASKED)) return false;
      // Readers do not know which of these texts are values.
      told = as === 'own' ? NOTHING_TOLD : withoutHard(all);
      texts.clear();
      bySign.clear();
      return true;
    },
    forget() {
      texts.clear();
      bySign.clear();
      byVerdicts.clear();
      verdicts.length = 2;
    },
  };
}

type Told = {
  readonly checks: readonly PlaceCheck[];
  readonly closer: readonly PlaceCheck[];
  readonly known: Dependence;
};

const NOTHING_TOLD: Told = {
  checks: [],
  closer: [],
  known: { constants: [], looks: [], isGivenUp: true },
};

/** Without the checks that need to see each text. */
function withoutHard({ checks, closer, known }: Told): Told {
  const easy = (check: PlaceCheck): boolean => check.equals !== undefined || check.looks !== undefined;
  const looks = looksOf(closer.filter(easy));
  return { checks: checks.filter(easy), closer: closer.filter(easy), known: { ...known, looks } };
}

function looksOf(checks: readonly PlaceCheck[]): readonly Look[] | undefined {
  if (checks.some(({ looks, place }) => looks === undefined || place.time === true)) return undefined;
  const looks = checks.flatMap((check) => check.looks ?? []);
  return [...new Map(looks.map((look) => [`${look.kind} ${look.text}`, look])).values()];
}

// A part of a text keeps the whole text in memory; a copy does not.
function copyOf(text: ByteString | undefined): ByteString | undefined {
  return text && readBytes(bytesOf(text));
}

const sign = (check: PlaceCheck, event: Event): string => (check.test(event) ? '1' : '0');
