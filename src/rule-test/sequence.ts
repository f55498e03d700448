// A test's `sequence`: events one after the other, for correlations. In: its steps with their events. Out: events as JSON
// text, each with a time and an id of its own.

import { parseInterval } from '../interval.js';
import type { Item, SuiteFile } from './suite-file.js';

const STEP_KEYS = ['event', 'file', 'with', 'after', 'times'];
const AFTER_MS = 1000;
const MOST_EVENTS = 10_000;
/** Where the first event says no time. */
const BEGIN = '2026-01-01T00:00:00.000000Z';

/** @param eventText the JSON of a step's event with its changes */
export function readSequence(
  suite: SuiteFile,
  item: Item,
  eventText: (step: Item) => string,
): readonly string[] {
  const events: string[] = [];
  let time: number | undefined;
  for (const step of suite.items(item)) {
    suite.known(step, STEP_KEYS);
    const { after, times = 1, with: changes } = suite.mapping(step);
    if (typeof times !== 'number' || !Number.isInteger(times) || times < 1)
      suite.fail(step, '`times` must be a whole number from 1 on');
    const pause = after === undefined ? AFTER_MS : parseInterval(String(after));
    if (pause === 0 && after !== 0) suite.fail(step, '`after` is a duration: 30s, 2m, 1h');
    const event = JSON.parse(eventText(step)) as Record<string, unknown>;
    const own = Object.hasOwn((changes ?? {}) as object, '/auditID');
    for (let i = 0; i < Number(times); i++) {
      time = time === undefined ? beginOf(event) : time + pause;
      if (events.length >= MOST_EVENTS) suite.fail(step, `a sequence has at most ${MOST_EVENTS} events`);
      events.push(JSON.stringify(placed(event, time, events.length + 1, own)));
    }
  }
  if (events.length === 0) suite.fail(item, 'needs an event');
  return events;
}

function beginOf({ stageTimestamp }: Record<string, unknown>): number {
  const time = Date.parse(String(stageTimestamp));
  return Number.isNaN(time) ? Date.parse(BEGIN) : time;
}

function placed(
  event: Record<string, unknown>,
  time: number,
  number: number,
  ownId: boolean,
): Record<string, unknown> {
  const at = new Date(time).toISOString().replace('Z', '000Z');
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return {
    ...event,
    ...(!ownId && { auditID: id }),
    stageTimestamp: at,
    requestReceivedTimestamp: at,
  };
}
