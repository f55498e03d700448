import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEvent, LogPage, LogRequest } from '../../../src/sources/cloudwatch/client-types.js';
import { accept, checkpointOf, restart, startCursor } from '../../../src/sources/cloudwatch/cursor/cursor.js';
import {
  CURSOR_DEFAULTS,
  type CursorCheckpoint,
  type CursorOptions,
  type CursorState,
} from '../../../src/sources/cloudwatch/cursor/cursor-state.js';
import { plan } from '../../../src/sources/cloudwatch/cursor/schedule.js';

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
const SCHEDULES = Number(process.env['TSFALCO_SCHEDULES'] ?? 1500);
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
  readonly calls: number;
}

// Runs a cursor over the group until every event is settled.
function follow(
  events: readonly Stored[],
  options: CursorOptions,
  trouble: Trouble & { readonly crashes: number; readonly callTime: number },
  first: CursorCheckpoint,
): Outcome {
  const counts = new Map<string, number>();
  const uncommitted = new Set<string>();
  const end = Math.max(START, ...events.map((event) => event.visible)) + 3 * options.lateness + 1000;
  let now = START;
  let state: CursorState = startCursor(first, now, options);
  let committed: CursorCheckpoint = first;
  let sinceCommit: string[] = [];
  let largest = 0;
  let calls = 0;
  while (state.settled < end - 2 * options.lateness) {
    const planned = plan(state, now, options);
    state = planned.state;
    const { turn } = planned;
    if (turn.kind === 'wait') {
      expect(turn.until).toBeGreaterThan(now);
      now = turn.until;
      continue;
    }
    calls++;
    expect(calls).toBeLessThan(100_000);
    // Time passes with each call; a call may fail without an answer.
    now += Math.ceil(trouble.callTime * trouble.dice());
    if (trouble.dice() < 0.1) continue;
    const page = answer(events, turn.request, now, trouble);
    if (page === 'rejected') {
      state = restart(state, turn.lane);
      continue;
    }
    const accepted = accept(state, turn.lane, page, now, options);
    expect(accepted.events.length + accepted.duplicates).toBe(page.events.length);
    state = accepted.state;
    largest = Math.max(largest, state.seen.size);
    for (const event of accepted.events) {
      counts.set(event.id!, (counts.get(event.id!) ?? 0) + 1);
      sinceCommit.push(event.id!);
    }
    if (trouble.crashes > 0 && trouble.dice() < trouble.crashes) {
      for (const id of sinceCommit) uncommitted.add(id);
      sinceCommit = [];
      state = startCursor(JSON.parse(JSON.stringify(committed)) as CursorCheckpoint, now, options);
      now += Math.ceil(5000 * trouble.dice());
    } else if (trouble.crashes === 0 || trouble.dice() < 0.5) {
      committed = checkpointOf(state);
      sinceCommit = [];
    }
  }
  return { counts, uncommitted, largest, calls };
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
  lookBackEvents: fc.constantFrom(0, 5, 100),
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
          const trouble = { ...schedule, crashes: 0, dice: makeDice(schedule.seed) };
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
          const trouble = { ...schedule, crashes: 0.1, dice: makeDice(schedule.seed) };
          const { counts, uncommitted } = follow(events, schedule, trouble, { settled: START, seen: [] });
          expect(counts.size).toBe(events.length);
          for (const [id, count] of counts) if (count > 1) expect(uncommitted.has(id)).toBe(true);
        }),
        { numRuns: SCHEDULES },
      );
    },
    PATIENCE,
  );

  it('remembers no more than the limit and one window, whatever the load', () => {
    // 2,000 events a second, far more than the limit lets it remember.
    const events: Stored[] = Array.from({ length: 60_000 }, (_, i) => {
      const timestamp = START + 1 + Math.floor(i / 2);
      return { id: `${i}`, stream: 's', timestamp, ingestion: timestamp, message: 'x', visible: timestamp };
    });
    const options = { ...CURSOR_DEFAULTS, lateness: 10_000, pollingInterval: 1000, maxSeen: 5000 };
    const trouble = { pageSize: 2000, callTime: 20, crashes: 0, dice: makeDice(7) };
    const { counts, largest } = follow(events, options, trouble, { settled: START, seen: [] });
    expect(counts.size).toBe(events.length);
    expect(Math.max(...counts.values())).toBe(1);
    // The limit, the page in hand, and a sweep window of 10 s.
    expect(largest).toBeLessThan(5000 + 2000 + 20_000 + 2000);
  }, 120_000);

  it('delivers fresh events without waiting for the lateness', () => {
    const options = { ...CURSOR_DEFAULTS, pollingInterval: 1000 };
    const at = START + 60_000;
    const start = startCursor({ settled: at - 1000, seen: [] }, at, options);
    const { state, turn } = plan(start, at, options);
    expect(turn).toEqual({ kind: 'read', lane: 'fresh', request: { startTime: at - 999 } });
    const event = { id: '1', stream: 's', timestamp: at - 5, ingestion: at, message: 'x' };
    const first = accept(state, 'fresh', { events: [event] }, at, options);
    expect(first.events).toEqual([event]);
    const waiting = plan(first.state, at, options);
    expect(waiting.turn).toEqual({ kind: 'wait', until: expect.closeTo(at + 667, 0) });
  });

  it('reads new events first and the backlog beside them after a long pause', () => {
    const options = { ...CURSOR_DEFAULTS, pollingInterval: 1000 };
    const now = START + 3_600_000;
    let { state, turn } = plan(startCursor({ settled: START, seen: [] }, now, options), now, options);
    expect(turn).toMatchObject({ lane: 'fresh', request: { startTime: now - options.lateness } });
    state = accept(state, 'fresh', { events: [], nextToken: 't' }, now, options).state;
    ({ state, turn } = plan(state, now, options));
    expect(turn).toEqual({
      kind: 'read',
      lane: 'sweep',
      request: { startTime: START + 1, endTime: START + 10_000, nextToken: undefined },
    });
    state = accept(state, 'sweep', { events: [] }, now, options).state;
    expect(state.settled).toBe(START + 10_000);
    ({ turn } = plan(state, now, options));
    expect(turn).toMatchObject({ lane: 'fresh', request: { nextToken: 't' } });
  });

  it('counts an event that the fresh lane had passed by as late', () => {
    const options = { ...CURSOR_DEFAULTS, pollingInterval: 1000 };
    let now = START;
    let state = plan(startCursor({ settled: now - 10_000, seen: [] }, now, options), now, options).state;
    const make = (id: string, timestamp: number) => ({
      id,
      stream: 's',
      timestamp,
      ingestion: now,
      message: 'x',
    });
    const first = accept(state, 'fresh', { events: [make('1', now - 10)] }, now, options);
    expect(first.late).toBe(0);
    now += 1000;
    state = plan(first.state, now, options).state;
    const second = accept(
      state,
      'fresh',
      { events: [make('2', now - 9000), make('3', now - 5)] },
      now,
      options,
    );
    expect(second.late).toBe(1);
    expect(second.events).toHaveLength(2);
  });

  it('believes the service’s time, not the one that the pass was planned with', () => {
    const options = { ...CURSOR_DEFAULTS, lateness: 10_000, pollingInterval: 1000 };
    const wrong = START + 60_000;
    const { state, turn } = plan(startCursor({ settled: START, seen: [] }, wrong, options), wrong, options);
    expect(turn.kind).toBe('read');
    const { lane } = turn as { lane: 'fresh' };
    const right = START + 20_000;
    expect(accept(state, lane, { events: [] }, right, options, right - 5).state.settled).toBeLessThanOrEqual(
      right - 5 - options.lateness,
    );
  });

  it('asks again soon while events come, and less and less when none do', () => {
    const options = { ...CURSOR_DEFAULTS, pollingInterval: 5000, callsPerSecond: 5 };
    let now = START + 300_000;
    let state = startCursor({ settled: now - 1000, seen: [] }, now, options);
    const pauses: number[] = [];
    for (let i = 0; i < 8; i++) {
      state = plan(state, now, options).state;
      const event = { id: `${i}`, stream: 's', timestamp: now - 5, ingestion: now, message: 'x' };
      state = accept(state, 'fresh', { events: i < 3 ? [event] : [] }, now, options).state;
      pauses.push(Math.round(state.nextPoll - now));
      now = Math.ceil(state.nextPoll);
    }
    expect(pauses).toEqual([667, 667, 667, 1333, 2667, 5000, 5000, 5000]);
  });

  it('gives up a pass that leads nowhere, and looks back no more than it must', () => {
    const options = { ...CURSOR_DEFAULTS, pollingInterval: 1000 };
    const now = START + 300_000;
    let { state } = plan(startCursor({ settled: now - 60_000, seen: [] }, now, options), now, options);
    let stuck = 0;
    for (let i = 0; i < 100; i++) {
      const accepted = accept(state, 'fresh', { events: [], nextToken: 'again' }, now, options);
      ({ state } = accepted);
      if (accepted.stuck) stuck++;
    }
    expect(stuck).toBe(1);
    expect(state.fresh).toBeUndefined();
    expect(state.nextPoll).toBe(now + 1000);
    expect(state.settled).toBe(now - 60_001 + 1);
  });

  it('goes on polling when the clock is set back', () => {
    const options = { ...CURSOR_DEFAULTS, pollingInterval: 1000 };
    const { state } = plan(
      startCursor({ settled: START, seen: [] }, START + 5000, options),
      START + 5000,
      options,
    );
    const read = accept(state, 'fresh', { events: [] }, START + 5000, options).state;
    expect(plan(read, START + 1000, options).turn.kind).toBe('read');
  });
});
