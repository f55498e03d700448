// Reads a log group for as long as it is wanted, and at the end once more what is not settled. In: where to start, ways to
// call and to hand on. Out: what is new, window by window, with how far everything is settled.

import { setMaxListeners } from 'node:events';
import type { Call } from './calls.js';
import { ClientFault, type Known, type LogPage } from './client-types.js';
import type { Clock } from './clock.js';
import { accept, restart, startCursor } from './cursor/cursor.js';
import type { CursorCheckpoint, CursorOptions, CursorState } from './cursor/cursor-state.js';
import { plan, planStop } from './cursor/schedule.js';
import { hasSeen } from './cursor/seen.js';
import { createFlights, type Landed } from './flights.js';
import { createOrder, type Portion } from './order.js';
import type { ServiceClock } from './service-clock.js';

/** What is handed on. */
export interface Live {
  /** What an answer brought: known events, and those that others had overtaken. */
  onPage(page: LogPage, duplicates: number, late: number): void;
  /** New events; everything up to `settled` has been handed on. */
  onPortion(portion: Pick<Portion, 'events' | 'ids'>, settled: number): Promise<void>;
  /** The service led nowhere. */
  onStuck(fault: ClientFault): void;
  /** Whether the calls suffice for finding late events soon; at first, and when that changes. */
  onStrain(strained: boolean, state: CursorState): void;
}

export interface LiveOptions extends Live {
  readonly call: Call;
  readonly clock: Clock;
  readonly service: ServiceClock;
  readonly cursor: CursorOptions;
  readonly seed: number;
  /** How long the last reading may take, milliseconds; 0: none. */
  readonly stopTimeout: number;
}

export interface Unsettled {
  /** What became visible in this span after the end has not been read. */
  readonly from: number;
  readonly to: number;
  /** All of it was read a last time. */
  readonly swept: boolean;
}

/**
 * @param signal ends it: with a last reading
 * @param gone ends it at once
 */
export async function readLive(
  first: CursorCheckpoint,
  options: LiveOptions,
  signal: AbortSignal,
  gone: AbortSignal,
): Promise<Unsettled> {
  const { call, clock, service, cursor } = options;
  const flights = createFlights(clock);
  const order = createOrder();
  let state = startCursor(first, service.now(), cursor, options.seed);
  let strained = false;
  const known: Known = {
    seed: options.seed,
    has: (timestamp, id) => timestamp <= state.settled || hasSeen(state.seen, timestamp, id),
  };

  // What is settled counts only as far as it has been handed on.
  async function handOn(): Promise<void> {
    const portions = order.take(state.passes);
    for (const [i, portion] of portions.entries()) {
      const rest = portions.slice(i + 1).flatMap(({ events }) => events);
      const oldest = rest.reduce(
        (least, { timestamp }) => Math.min(least, timestamp),
        order.oldest() ?? LATEST,
      );
      await options.onPortion(portion, Math.min(state.settled, oldest - 1));
    }
  }

  async function settle({ pass: id, answer, sent }: Landed): Promise<void> {
    if (answer === 'failed') return;
    if (answer === 'rejected') {
      state = restart(state, id);
      return;
    }
    const now = service.now();
    const pass = state.passes.find((each) => each.id === id);
    const before = state.settled;
    const accepted = accept(state, id, answer, now, cursor, now - (clock.elapsed() - sent));
    state = accepted.state;
    options.onPage(answer, accepted.duplicates, accepted.late);
    if (accepted.stuck) options.onStuck(STUCK);
    if (pass !== undefined && (accepted.events.length > 0 || state.settled > before))
      order.add({ ...accepted, pass });
    await handOn();
  }

  // Until the signal, or at the end until nothing is left to read or the time is over.
  async function read(
    until: AbortSignal,
    answers: AbortSignal,
    latest = Number.MAX_SAFE_INTEGER,
  ): Promise<void> {
    while (!until.aborted && clock.elapsed() < latest && !(state.stopping && state.passes.length === 0)) {
      const busy = new Set([...flights.busy(), ...order.held(state.passes)]);
      const planned = plan(state, service.now(), cursor, busy);
      ({ state } = planned);
      const { turn } = planned;
      if (turn.kind === 'read') {
        flights.send(turn.pass.id, call({ ...turn.request, known }, answers, turn.pass.lane !== 'sweep'));
        continue;
      }
      if (state.rhythm.strained !== strained) options.onStrain((strained = state.rhythm.strained), state);
      const wait = Math.min(turn.until - service.now(), latest - clock.elapsed());
      const landed = await flights.next(wait, until);
      if (landed !== undefined) await settle(landed);
    }
  }

  async function readOnceMore(): Promise<void> {
    const late = new AbortController();
    const either = AbortSignal.any([gone, late.signal]);
    setMaxListeners(0, either);
    state = planStop(state, service.now());
    await read(gone, either, clock.elapsed() + options.stopTimeout);
    late.abort();
  }

  await read(signal, gone);
  if (options.stopTimeout > 0 && !gone.aborted) await readOnceMore();
  const swept = state.stopping && state.passes.length === 0;
  // Nothing is read any more, so everybody's turn has come.
  state = { ...state, passes: [] };
  await handOn();
  return { from: state.settled + 1, to: Math.floor(service.now()), swept };
}

const LATEST = Number.POSITIVE_INFINITY;

/** A search that comes to no end. */
export const STUCK = new ClientFault(
  'transient',
  'CloudWatch Logs gave a hundred pages in a row with nothing in them; beginning the search anew',
);
