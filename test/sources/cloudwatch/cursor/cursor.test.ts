import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEvent, LogPage, LogRequest } from '../../../../src/sources/cloudwatch/client-types.js';
import {
  accept,
  checkpointOf,
  restart,
  startCursor,
} from '../../../../src/sources/cloudwatch/cursor/cursor.js';
import {
  CURSOR_DEFAULTS,
  type CursorCheckpoint,
  type CursorOptions,
  type CursorState,
} from '../../../../src/sources/cloudwatch/cursor/cursor-state.js';
import { plan, planStop } from '../../../../src/sources/cloudwatch/cursor/schedule.js';

// A log group with events that become visible some time after their time stamp.
interface Stored extends LogEvent {
  readonly visible: number;
}

interface Trouble {
  readonly pageSize: number;
  /** Decides, call by call, what goes wrong. */
  readonly dice: () => number;
}

const START = 1_700_000_000_000;
/** TSFALCO_SCHEDULES=20000 for a night. */
const SCHEDULES = Number(process.env['TSFALCO_SCHEDULES'] ?? 500);
const PATIENCE = 60_000 + SCHEDULES * 40;

function compare(a: LogEvent, b: LogEvent): number {
  return a.timestamp - b.timestamp || a.ingestion - b.ingestion || Number(a.id) - Number(b.id);
}

// Answers as FilterLogEvents does: by time, ingestion, id; the token says behind which event to go on.
function answer(
  events: readonly Stored[],
  request: LogRequest,
  now: number,
  trouble: Trouble,
): LogPage | 'rejected' {
  const { dice } = trouble;
  if (request.nextToken !== undefined && dice() < 0.03) return 'rejected';
  if (dice() < 0.1) return { events: [], nextToken: request.nextToken ?? 'start' };
  const behind =
    request.nextToken === undefined || request.nextToken === 'start'
      ? undefined
      : (JSON.parse(request.nextToken) as LogEvent);
  const found = events.filter(
    (event) =>
      event.visible <= now &&
      event.timestamp >= request.startTime &&
      event.timestamp <= (request.endTime ?? Number.POSITIVE_INFINITY) &&
      (behind === undefined || compare(event, behind) > 0),
  );
  const size = Math.max(1, Math.floor(trouble.pageSize * dice()));
  const page: LogEvent[] = found.slice(0, size);
  const last = page.at(-1);
  const nextToken = found.length > size ? JSON.stringify(last) : undefined;
  if (behind !== undefined && dice() < 0.2) page.unshift(behind);
  if (page.length > 1 && dice() < 0.2) page.push(page[0]!);
  return { events: page, nextToken };
}

interface Outcome {
  /** Deliveries of each event, by id. */
  readonly counts: ReadonlyMap<string, number>;
  /** Events delivered but not committed when a crash came. */
  readonly uncommitted: ReadonlySet<string>;
  readonly largest: number;
  /** Most calls that were under way at a time. */
  readonly side: number;
  readonly calls: number;
}

interface Flight {
  readonly id: number;
  readonly request: LogRequest;
  readonly sent: number;
  /** When the service looks, and when its answer is here. */
  readonly looks: number;
  readonly lands: number;
}

// Runs a cursor over the group until every event is settled; answers come in any order.
function follow(
  events: readonly Stored[],
  options: CursorOptions,
  trouble: Trouble & { readonly crashes: number; readonly stops: number; readonly callTime: number },
  first: CursorCheckpoint,
): Outcome {
  const { dice } = trouble;
  const counts = new Map<string, number>();
  const uncommitted = new Set<string>();
  const end = Math.max(START, ...events.map((event) => event.visible)) + 3 * options.lateness + 1000;
  let now = START;
  let state: CursorState = startCursor(first, now, options);
  let committed: CursorCheckpoint = first;
  let sinceCommit: string[] = [];
  let flights: Flight[] = [];
  let largest = 0;
  let side = 0;
  let calls = 0;

  function begin(): void {
    state = startCursor(JSON.parse(JSON.stringify(committed)) as CursorCheckpoint, now, options);
    flights = [];
    now += Math.ceil(5000 * dice());
  }

  function land({ id, request, sent, looks }: Flight): void {
    if (dice() < 0.1) return;
    const page = answer(events, request, looks, trouble);
    if (page === 'rejected') {
      state = restart(state, id);
      return;
    }
    const before = state.settled;
    const accepted = accept(state, id, page, now, options, sent);
    state = accepted.state;
    expect(state.settled).toBeGreaterThanOrEqual(before);
    largest = Math.max(largest, state.seen.size);
    for (const event of accepted.events) {
      counts.set(event.id!, (counts.get(event.id!) ?? 0) + 1);
      sinceCommit.push(event.id!);
    }
    if (trouble.crashes > 0 && dice() < trouble.crashes) {
      for (const id of sinceCommit) uncommitted.add(id);
      sinceCommit = [];
      begin();
    } else if (trouble.crashes === 0 || dice() < 0.5) {
      committed = checkpointOf(state);
      sinceCommit = [];
    }
  }

  while (state.settled < end - 2 * options.lateness) {
    const planned = plan(state, now, options, new Set(flights.map(({ id }) => id)));
    state = planned.state;
    const { turn } = planned;
    if (turn.kind === 'read') {
      calls++;
      expect(calls).toBeLessThan(100_000);
      const looks = now + Math.ceil((trouble.callTime * dice()) / 2);
      const lands = looks + Math.ceil((trouble.callTime * dice()) / 2);
      flights.push({ id: turn.pass.id, request: turn.request, sent: now, looks, lands });
      side = Math.max(side, flights.length);
      continue;
    }
    expect(turn.until).toBeGreaterThan(now);
    // At a stop the process ends when all is read, or is told to sooner; another one goes on where it was.
    if (state.stopping && (state.passes.length === 0 || dice() < 0.05)) {
      committed = checkpointOf(state);
      sinceCommit = [];
      begin();
      continue;
    }
    const next = flights.reduce<Flight | undefined>(
      (first, flight) => (first === undefined || flight.lands < first.lands ? flight : first),
      undefined,
    );
    if (next === undefined || next.lands > turn.until) now = turn.until;
    else {
      now = Math.max(now, next.lands);
      flights = flights.filter((flight) => flight !== next);
      land(next);
    }
    if (!state.stopping && dice() < trouble.stops) state = planStop(state, now);
  }
  return { counts, uncommitted, largest, side, calls };
}

function makeDice(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

const schedules = fc.record({
  seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
  lateness: fc.constantFrom(500, 2000, 10_000, 40_000),
  pollingInterval: fc.constantFrom(100, 1000, 5000, 20_000),
  callsPerSecond: fc.constantFrom(0.5, 5, 1000),
  minLookBack: fc.constantFrom(0, 500, 2000),
  maxSeen: fc.constantFrom(3, 20, 1_000_000),
  pageSize: fc.integer({ min: 1, max: 40 }),
  callTime: fc.constantFrom(1, 50, 900),
  spread: fc.constantFrom(1, 200, 5000, 60_000),
  events: fc.array(fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 1000 }), fc.nat({ max: 3 })), {
    maxLength: 120,
  }),
});

type Schedule = typeof schedules extends fc.Arbitrary<infer T> ? T : never;

// Some are visible at once, some at the last moment; several share a millisecond; streams reuse each other's ids.
function store(schedule: Schedule): Stored[] {
  return schedule.events
    .map(([at, delay, stream], i) => {
      const timestamp = START + 1 + Math.floor((at * schedule.spread) / 1000);
      const visible = timestamp + Math.floor((delay * schedule.lateness) / 1000);
      return {
        id: `${1000 + i}`,
        stream: `s${stream}`,
        timestamp,
        ingestion: visible,
        message: 'x',
        visible,
      };
    })
    .sort(compare);
}

describe('cursor', () => {
  it(
    'delivers every event exactly once, whatever the paging, repetition, lateness and errors',
    () => {
      fc.assert(
        fc.property(schedules, (schedule) => {
          const events = store(schedule);
          const trouble = { ...schedule, crashes: 0, stops: 0.01, dice: makeDice(schedule.seed) };
          const { counts } = follow(events, schedule, trouble, { settled: START, seen: [] });
          expect(counts.size).toBe(events.length);
          for (const count of counts.values()) expect(count).toBe(1);
        }),
        { numRuns: SCHEDULES },
      );
    },
    PATIENCE,
  );

  it(
    'delivers every event at least once across crashes, and repeats only what was not committed',
    () => {
      fc.assert(
        fc.property(schedules, (schedule) => {
          const events = store(schedule);
          const trouble = { ...schedule, crashes: 0.1, stops: 0.01, dice: makeDice(schedule.seed) };
          const { counts, uncommitted } = follow(events, schedule, trouble, { settled: START, seen: [] });
          expect(counts.size).toBe(events.length);
          for (const [id, count] of counts) if (count > 1) expect(uncommitted.has(id)).toBe(true);
        }),
        { numRuns: SCHEDULES },
      );
    },
    PATIENCE,
  );

  it('remembers no more than the limit and what is on its way, whatever the load', () => {
    // 2,000 events a second, far more than the limit lets it remember.
    const events: Stored[] = Array.from({ length: 60_000 }, (_, i) => {
      const timestamp = START + 1 + Math.floor(i / 2);
      return { id: `${i}`, stream: 's', timestamp, ingestion: timestamp, message: 'x', visible: timestamp };
    });
    const options = { ...CURSOR_DEFAULTS, lateness: 10_000, pollingInterval: 1000, maxSeen: 5000 };
    const trouble = { pageSize: 2000, callTime: 20, crashes: 0, stops: 0, dice: makeDice(7) };
    const { counts, largest, side } = follow(events, options, trouble, { settled: START, seen: [] });
    expect(counts.size).toBe(events.length);
    expect(Math.max(...counts.values())).toBe(1);
    expect(side).toBeGreaterThan(1);
    // The limit, pages in hand, and six sweep windows of 10 s at first.
    expect(largest).toBeLessThan(5000 + 12 * 2000 + 20_000);
  }, 120_000);

  const at = START + 300_000;
  const options: CursorOptions = { ...CURSOR_DEFAULTS, pollingInterval: 5000, callsPerSecond: 5 };
  const make = (id: string, timestamp: number): LogEvent => ({
    id,
    stream: 's',
    timestamp,
    ingestion: timestamp,
    message: 'x',
  });
  const begin = (settled: number, now = at, more: Partial<CursorOptions> = {}) => {
    const all = { ...options, ...more };
    const { state, turn } = plan(startCursor({ settled, seen: [] }, now, all), now, all);
    if (turn.kind !== 'read') throw new Error('nothing to read');
    return { state, turn, id: turn.pass.id };
  };

  it('delivers fresh events without waiting for the lateness', () => {
    const { state, turn, id } = begin(at - 1000);
    expect(turn).toMatchObject({ pass: { lane: 'fresh' }, request: { startTime: at - 999 } });
    const event = make('1', at - 5);
    const first = accept(state, id, { events: [event] }, at, options);
    expect(first.events).toEqual([event]);
    const waiting = plan(first.state, at, options);
    expect(waiting.turn).toEqual({ kind: 'wait', until: at + first.state.rhythm.poll });
    expect(first.state.rhythm.poll).toBeLessThan(1000);
  });

  it('reads new events first and the backlog beside them in several windows after a long pause', () => {
    const now = START + 3_600_000;
    let state = startCursor({ settled: START, seen: [] }, now, options);
    const busy = new Set<number>();
    const read: string[] = [];
    for (let i = 0; i < 8; i++) {
      const planned = plan(state, now, options, busy);
      ({ state } = planned);
      if (planned.turn.kind === 'wait') break;
      const { pass, request } = planned.turn;
      busy.add(pass.id);
      read.push(`${pass.lane} ${request.startTime - START}-${(request.endTime ?? now) - START}`);
    }
    expect(read).toEqual([
      'fresh 3480000-3600000',
      'sweep 1-10000',
      'sweep 10001-20000',
      'sweep 20001-30000',
      'sweep 30001-40000',
      'sweep 40001-50000',
      'sweep 50001-60000',
    ]);
    // The second window is settled only with the first one.
    const [, first, second] = state.passes;
    state = accept(state, second!.id, { events: [] }, now, options).state;
    expect(state.settled).toBe(START);
    state = accept(state, first!.id, { events: [] }, now, options).state;
    expect(state.settled).toBe(START + 20_000);
  });

  it('shares out a poll that turns out long, so that new events do not wait for page after page', () => {
    const { state, id } = begin(at - 30_000);
    const page = (from: number, nextToken: string) => ({
      events: Array.from({ length: 100 }, (_, i) => make(`${from + i * 10}`, from + i * 10)),
      nextToken,
    });
    let next = accept(state, id, page(at - 20_000, 'a'), at, options).state;
    next = accept(next, id, page(at - 19_000, 'b'), at, options).state;
    const busy = new Set<number>();
    const read: string[] = [];
    for (;;) {
      const planned = plan(next, at, options, busy);
      next = planned.state;
      if (planned.turn.kind === 'wait') break;
      const { pass, request } = planned.turn;
      busy.add(pass.id);
      if (pass.lane === 'fresh') read.push(`${request.startTime - at} to ${(request.endTime ?? at) - at}`);
    }
    // Less than a page each, six at a time, from the start: what was read is not taken for complete.
    expect(read.slice(0, 2)).toEqual(['-29999 to -19205', '-19204 to -18409']);
    expect(read).toHaveLength(6);
    const windows = next.passes.filter(({ lane }) => lane === 'fresh');
    expect(windows).toHaveLength(26);
    expect(windows.at(-1)).toMatchObject({ begun: false, to: undefined });
    // Of windows that are answered out of order nothing is late.
    const late = accept(next, windows[1]!.id, page(windows[1]!.from, 'c'), at, options);
    expect(accept(late.state, windows[0]!.id, page(at - 19_995, 'd'), at, options).late).toBe(0);
  });

  it('does not cut a search of much for little into many calls', () => {
    const { state, id } = begin(at - 60_000);
    const page = (from: number, nextToken: string) => ({ events: [make(`${from}`, from)], nextToken });
    let next = accept(state, id, page(at - 59_000, 'a'), at, options).state;
    next = accept(next, id, page(at - 58_999, 'b'), at, options).state;
    expect(next.passes).toMatchObject([{ id, token: 'b', to: undefined }]);
  });

  it('does not look for late events where polls have yet to read', () => {
    const { state, id } = begin(at - 60_000);
    const events = Array.from({ length: 3000 }, (_, i) => make(`${i}`, at - 59_000 + i));
    let next = accept(state, id, { events, nextToken: 'a' }, at, options).state;
    next = { ...next, rhythm: { ...next.rhythm, ages: [2000, options.lateness], periods: [100, 1000] } };
    const { turn } = plan(next, at, options, new Set([id]));
    expect(turn.kind).toBe('wait');
  });

  it('counts an event that polls had passed by as late', () => {
    let now = at;
    const { state, id } = begin(now - 10_000);
    const first = accept(state, id, { events: [make('1', now - 10)] }, now, options);
    expect(first.late).toBe(0);
    now += 1000;
    const again = plan(first.state, now, options);
    if (again.turn.kind !== 'read') throw new Error('nothing to read');
    const events = [make('2', now - 9000), make('3', now - 5)];
    const second = accept(again.state, again.turn.pass.id, { events }, now, options);
    expect(second.late).toBe(1);
    expect(second.events).toHaveLength(2);
  });

  it('believes the service’s time, not the one that the pass was planned with', () => {
    const more = { lateness: 10_000 };
    const { state, id } = begin(START, START + 60_000, more);
    const right = START + 20_000;
    const { settled } = accept(state, id, { events: [] }, right, { ...options, ...more }, right - 5).state;
    expect(settled).toBeLessThanOrEqual(right - 5 - more.lateness);
  });

  it('asks again soon while events come, and less and less when none do', () => {
    let now = at;
    let state = startCursor({ settled: now - 1000, seen: [] }, now, options);
    const pauses: number[] = [];
    for (let i = 0; i < 9; i++) {
      const planned = plan(state, now, options);
      if (planned.turn.kind !== 'read') throw new Error('nothing to read');
      const events = i < 3 ? [make(`${i}`, now - 5)] : [];
      state = accept(planned.state, planned.turn.pass.id, { events }, now, options).state;
      pauses.push(Math.round(state.nextPoll - now));
      now = Math.ceil(state.nextPoll);
    }
    const [poll] = pauses;
    expect(pauses).toEqual(
      [poll, poll, poll, 2, 4, 8, 16, 16, 16].map((n, i) => (i < 3 ? poll : Math.min(5000, n! * poll!))),
    );
  });

  it('gives up a poll that leads nowhere, and looks back no more than it must', () => {
    let { state, id } = begin(at - 60_000);
    let stuck = 0;
    for (let i = 0; i < 100; i++) {
      const accepted = accept(state, id, { events: [], nextToken: 'again' }, at, options);
      ({ state } = accepted);
      if (accepted.stuck) stuck++;
    }
    expect(stuck).toBe(1);
    expect(state.passes).toEqual([]);
    expect(state.nextPoll).toBe(at + 5000);
    expect(state.settled).toBe(at - 60_000);
  });

  it('reads a window in halves where the service takes its token no more', () => {
    const { state, id } = begin(at - 1001, at);
    const next = restart(state, id);
    expect(next.passes.map(({ from, to }) => [from - at, to && to - at])).toEqual([
      [-1000, -501],
      [-500, undefined],
    ]);
  });

  it('goes on polling when the clock is set back', () => {
    const { state, id } = begin(START, START + 5000);
    const read = accept(state, id, { events: [] }, START + 5000, options).state;
    expect(plan(read, START + 1000, options).turn.kind).toBe('read');
  });
});
