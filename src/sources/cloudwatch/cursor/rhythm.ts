// How often a cursor polls, how far a poll looks back, and at which ages it reads again. In: events a second, events a
// page, calls a second that are allowed. Out: what makes events wait least within nine tenths of the calls. Pure.
//
// Where all that is not settled fits into a few pages, each poll reads all of it. Else each poll looks back some pages, and
// what is older is read again at ages that grow geometrically up to the lateness: an event that is late by d is found at
// the first age beyond d, so the more ages, the sooner; each age costs about one reading of everything.

export interface Rhythm {
  /** From the start of a poll to that of the next, milliseconds. */
  readonly poll: number;
  /** Each poll looks back so far, milliseconds; infinite: to what is settled. */
  readonly lookBack: number;
  /** Ages at which windows are read again, milliseconds, in ascending order, the lateness last. */
  readonly ages: readonly number[];
  /** For each age, how much must have come of it before it is read, milliseconds. */
  readonly periods: readonly number[];
  /** Milliseconds that a page holds events of. */
  readonly page: number;
  /** The calls do not suffice for more than the lateness itself. */
  readonly strained: boolean;
}

export interface Load {
  readonly eventsPerSecond: number;
  readonly eventsPerPage: number;
}

export interface RhythmOptions {
  readonly lateness: number;
  readonly callsPerSecond: number;
  readonly minLookBack: number;
}

/** Share of the calls that may be planned, and that polls of little may take. */
const PLANNED = 0.9;
const POLLING = 0.5;
const SHORTEST_POLL = 200;
const LONGEST_POLL = 2500;
const POLLS = [500, 700, 1000, 1400, 2000, LONGEST_POLL];
/** A poll looks back so many pages: one more costs a call with each. */
const LOOK_BACK_PAGES = [1, 2, 3, 4];
/** So long a page lasts where nothing comes, milliseconds. */
const FOR_EVER = 1e9;
const MOST_AGES = 14;
/** A window for an age holds so many pages at most: half a page of each is wasted. */
const MOST_PAGES = 4;
/** Late events count for a tenth, each of these latenesses (milliseconds) the same. */
const LATE_SHARE = 0.1;
const LATENESSES = [2000, 4000, 7000, 10_000, 15_000, 20_000, 30_000, 45_000, 60_000, 90_000, 110_000];

export function chooseRhythm(load: Load, options: RhythmOptions): Rhythm {
  const { lateness, minLookBack } = options;
  const page = load.eventsPerSecond > 0 ? (1000 * load.eventsPerPage) / load.eventsPerSecond : FOR_EVER;
  let best: { readonly rhythm: Rhythm; readonly wait: number } | undefined;
  for (const pages of LOOK_BACK_PAGES) {
    const lookBack = Math.max(minLookBack, pages * page);
    for (const rhythm of rhythmsOf(lookBack, page, options)) {
      const wait = waitOf(rhythm, lateness);
      if (best === undefined || wait < best.wait) best = { rhythm, wait };
    }
  }
  const least = rhythmOf(1, LONGEST_POLL, page, Math.min(minLookBack, lateness), lateness);
  const { rhythm } = best ?? { rhythm: least };
  return { ...rhythm, strained: rhythm.ages.length < 2 && rhythm.lookBack < lateness / 2 };
}

// Those that the calls suffice for.
function* rhythmsOf(
  lookBack: number,
  page: number,
  { lateness, callsPerSecond }: RhythmOptions,
): Generator<Rhythm> {
  const span = Math.min(lookBack, lateness);
  const shortest = pollOf(span / page + 1, POLLING * callsPerSecond);
  if (lookBack >= lateness) {
    yield { ...rhythmOf(1, shortest, page, lateness, lateness), lookBack: Number.POSITIVE_INFINITY };
    return;
  }
  for (const poll of [shortest, ...POLLS.filter((each) => each > shortest)]) {
    for (let count = 1; count <= MOST_AGES; count++) {
      const rhythm = rhythmOf(count, poll, page, lookBack, lateness);
      if (callsOf(rhythm) > PLANNED * callsPerSecond) break;
      yield rhythm;
    }
  }
}

function pollOf(pages: number, callsPerSecond: number): number {
  return Math.min(LONGEST_POLL, Math.max(SHORTEST_POLL, (1000 * pages) / callsPerSecond));
}

function rhythmOf(count: number, poll: number, page: number, lookBack: number, lateness: number): Rhythm {
  const ratio = lookBack > 0 ? (lateness / lookBack) ** (1 / count) : 1;
  const ages = Array.from({ length: count }, (_, n) =>
    n === count - 1 ? lateness : lookBack * ratio ** (n + 1),
  );
  const periods = ages.map((age) =>
    Math.max(1, Math.min(age / 2, Math.max(page, Math.min((age * (ratio - 1)) / 2, MOST_PAGES * page)))),
  );
  return { poll, lookBack, ages, periods, page, strained: false };
}

/** Calls a second; the last page of each window is half full. */
function callsOf({ poll, lookBack, periods, page }: Rhythm): number {
  const polling = ((lookBack + poll) / page + 0.5) / poll;
  const again = periods.reduce((sum, period) => sum + (period / page + 0.5) / period, 0);
  return 1000 * (polling + again);
}

/** How long events wait on average, milliseconds. */
function waitOf({ poll, lookBack, ages, periods }: Rhythm, lateness: number): number {
  const waits = LATENESSES.filter((late) => late < lateness).map((late) => {
    if (late <= lookBack) return poll / 2;
    const level = ages.findIndex((age) => age >= late);
    return ages[level]! - late + periods[level]! / 2;
  });
  const late = waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length);
  return ((1 - LATE_SHARE) * poll) / 2 + LATE_SHARE * late;
}
