// How long events wait, in made-up time: the cursor and its order against a service that takes a while for each answer, on
// as many calls a second as are allowed. In: how much comes and how late. Out: waits from visible to handed on.

import type { LogEvent, LogPage, LogRequest } from '../../../../src/sources/cloudwatch/client-types.js';
import { accept, startCursor } from '../../../../src/sources/cloudwatch/cursor/cursor.js';
import { CURSOR_DEFAULTS, type CursorState } from '../../../../src/sources/cloudwatch/cursor/cursor-state.js';
import { plan } from '../../../../src/sources/cloudwatch/cursor/schedule.js';
import { createOrder } from '../../../../src/sources/cloudwatch/order.js';

export interface Pace {
  readonly perSecond: number;
  readonly pageSize: number;
  /** A tenth of the events is late by up to so much, milliseconds; the others by up to half a second. */
  readonly lateness: number;
  readonly callsPerSecond: number;
  /** Shortest and longest answer, milliseconds. */
  readonly answers: readonly [number, number];
  readonly dice: () => number;
}

/** p50 and p99, seconds. */
type Waits = readonly [number, number];

export interface Paced {
  readonly late: Waits;
  readonly others: Waits;
  readonly callsPerSecond: number;
}

interface Flight {
  readonly id: number;
  readonly request: LogRequest;
  readonly sent: number;
  readonly looks: number;
  readonly lands: number;
}

const START = 1_700_000_000_000;
const SECONDS = 60;
/** Of the first seconds, in which nothing is known yet of how much comes. */
const WARM_UP_MS = 20_000;
const SHIFT_MS = 15_000;
const JITTER_MS = 500;

function write({ perSecond, lateness, dice }: Pace): readonly LogEvent[] {
  const events = Array.from({ length: perSecond * SECONDS }, (_, i): LogEvent => {
    const timestamp = START + Math.floor((i * 1000) / perSecond);
    const delay = dice() < 0.1 ? dice() * lateness : dice() * JITTER_MS;
    return { id: `${i}`, stream: 's', timestamp, ingestion: Math.floor(timestamp + delay), message: '' };
  });
  return events.sort((a, b) => a.timestamp - b.timestamp || a.ingestion - b.ingestion);
}

function answer(events: readonly LogEvent[], pageSize: number, request: LogRequest, now: number): LogPage {
  const { startTime, endTime = Number.POSITIVE_INFINITY, nextToken } = request;
  const page: LogEvent[] = [];
  for (
    let i = nextToken === undefined ? firstAt(events, startTime) : Number(nextToken);
    i < events.length;
    i++
  ) {
    const event = events[i]!;
    if (event.timestamp > endTime) break;
    if (event.ingestion > now) continue;
    if (page.length === pageSize) return { events: page, nextToken: `${i}` };
    page.push(event);
  }
  return { events: page };
}

function firstAt(events: readonly LogEvent[], time: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events[middle]!.timestamp < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Follows a minute of events. */
export function follow(pace: Pace): Paced {
  const { pageSize, callsPerSecond, answers, dice } = pace;
  const options = { ...CURSOR_DEFAULTS, callsPerSecond };
  const events = write(pace);
  const order = createOrder();
  const waits: Readonly<Record<'late' | 'others', number[]>> = { late: [], others: [] };
  const gap = 1000 / callsPerSecond;
  const written = START + SECONDS * 1000;
  const end = written + 2 * options.lateness;
  let state: CursorState = startCursor({ settled: START - SHIFT_MS, seen: [] }, START, options, 7);
  let flights: readonly Flight[] = [];
  let now = START;
  let nextCall = START;
  let calls = 0;
  let given = 0;

  function land({ id, request, sent, looks }: Flight): void {
    const pass = state.passes.find((each) => each.id === id)!;
    const accepted = accept(state, id, answer(events, pageSize, request, looks), now, options, sent);
    ({ state } = accepted);
    order.add({ ...accepted, pass });
    for (const portion of order.take(state.passes)) for (const event of portion.events) note(event);
  }

  // While events come; later polls become fewer.
  function note({ timestamp, ingestion }: LogEvent): void {
    given++;
    if (timestamp < START + WARM_UP_MS || ingestion > written) return;
    waits[ingestion - timestamp > JITTER_MS ? 'late' : 'others'].push(now - ingestion);
  }

  while (now < end) {
    const landing = flights.filter(({ lands }) => lands <= now);
    flights = flights.filter(({ lands }) => lands > now);
    for (const flight of landing) land(flight);
    const busy = new Set([...flights.map(({ id }) => id), ...order.held(state.passes)]);
    const planned = plan(state, now, options, busy);
    ({ state } = planned);
    if (planned.turn.kind === 'read') {
      const { pass, request } = planned.turn;
      const sends = Math.max(now, nextCall);
      nextCall = Math.max(nextCall, now - gap) + gap;
      const takes = answers[0] + dice() * (answers[1] - answers[0]);
      flights = [
        ...flights,
        { id: pass.id, request, sent: now, looks: sends + takes / 2, lands: sends + takes },
      ];
      if (now <= written) calls++;
    } else {
      const first = flights.reduce((least, { lands }) => Math.min(least, lands), planned.turn.until);
      now = Math.max(now + 1, first);
    }
  }
  if (given !== events.length) throw new Error(`${given} of ${events.length} events came`);
  return {
    late: percentiles(waits.late),
    others: percentiles(waits.others),
    callsPerSecond: calls / SECONDS,
  };
}

function percentiles(waits: readonly number[]): Waits {
  const sorted = waits.toSorted((a, b) => a - b);
  const part = (share: number): number => (sorted[Math.floor(sorted.length * share)] ?? 0) / 1000;
  return [part(0.5), part(0.99)];
}
