// What correlations saw → a drawing a group: time from left to right, a row a step, a mark an event, a line where an alert
// fired; and the alerts as text.

import type { CorrelationSeries } from '../../src/authoring/correlate.js';
import { fromBytes } from '../../src/bytes.js';
import { count, el, shown, svg } from './dom.js';

const WIDTH = 640;
const LEFT = 110;
const RIGHT = 20;
const ROW = 26;
const MOST_GROUPS = 8;
const MOST_MARKS = 400;

export function showTimeline(panel: HTMLElement, series: readonly CorrelationSeries[], any: boolean): number {
  const busy = series.filter(({ matches }) => matches.length > 0);
  const quiet = series.filter(({ matches }) => matches.length === 0);
  const parts = busy.map(correlation);
  const rest = quiet.map(({ name }) => shown(fromBytes(name))).join(', ');
  panel.replaceChildren(
    ...(any ? [] : [el('p', { class: 'note' }, 'These rules have no correlations. The examples have some.')]),
    ...parts,
    ...(quiet.length > 0 ? [el('p', { class: 'note' }, `No event met a step of: ${rest}`)] : []),
  );
  return series.reduce((sum, { alerts }) => sum + alerts.length, 0);
}

function correlation(series: CorrelationSeries): HTMLElement {
  const groups = new Set(series.matches.map(({ group }) => group));
  const firing = new Set(series.alerts.map(({ group }) => group));
  const ordered = [...groups].sort((a, b) => Number(firing.has(b)) - Number(firing.has(a)));
  const more = ordered.length - MOST_GROUPS;
  return el(
    'section',
    { class: 'correlation' },
    el('h3', {}, shown(fromBytes(series.name)), ` (${count(series.alerts.length, 'alert')})`),
    ...ordered.slice(0, MOST_GROUPS).map((group) => drawing(series, group)),
    ...(more > 0 ? [el('p', { class: 'note' }, `and ${count(more, 'more group')}`)] : []),
  );
}

function drawing({ name, steps, matches, alerts }: CorrelationSeries, group: string): HTMLElement {
  const own = matches.filter((match) => match.group === group);
  const fired = alerts.filter((alert) => alert.group === group);
  const times = [...own, ...fired].map(({ time }) => time);
  const from = times.reduce((a, b) => Math.min(a, b));
  const to = times.reduce((a, b) => Math.max(a, b));
  const x = (time: number): number =>
    LEFT + ((time - from) / Math.max(to - from, 1)) * (WIDTH - LEFT - RIGHT);
  const height = steps.length * ROW + 24;
  const label = `${shown(fromBytes(name))}, ${shown(fromBytes(group))}: ${count(own.length, 'event')} from ${clock(from)} to ${clock(to)}, ${count(fired.length, 'alert')}`;
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': label },
    ...steps.map((step, row) => stepRow(fromBytes(step), row)),
    ...fired.map(({ time }) =>
      svg('line', {
        class: 'fired',
        x1: x(time).toFixed(1),
        x2: x(time).toFixed(1),
        y1: '2',
        y2: String(height - 20),
      }),
    ),
    ...own
      .slice(0, MOST_MARKS)
      .map(({ time, step, event }) =>
        svg(
          'circle',
          { cx: x(time).toFixed(1), cy: String(step * ROW + ROW / 2), r: '5' },
          svg('title', {}, `event ${event}, ${clock(time)}`),
        ),
      ),
    svg('text', { x: String(LEFT), y: String(height - 4) }, clock(from)),
    svg('text', { x: String(WIDTH - RIGHT), y: String(height - 4), 'text-anchor': 'end' }, clock(to)),
  );
  const lines = fired.map(({ time, output }) =>
    el('li', {}, el('span', { class: 'quiet' }, `${clock(time)} `), shown(fromBytes(output))),
  );
  return el(
    'div',
    { class: 'group' },
    el('p', { class: 'quiet' }, group === '' ? 'all events' : shown(fromBytes(group))),
    picture,
    ...(lines.length > 0 ? [el('ul', { class: 'firings' }, ...lines)] : []),
  );
}

const LONGEST_STEP = 15;

function stepRow(name: string, row: number): SVGElement {
  const y = row * ROW + ROW / 2;
  const short = name.length > LONGEST_STEP ? `${name.slice(0, LONGEST_STEP - 1)}…` : name;
  return svg(
    'g',
    {},
    svg('line', { class: 'step', x1: String(LEFT), x2: String(WIDTH - RIGHT), y1: String(y), y2: String(y) }),
    svg('text', { x: '0', y: String(y + 4) }, shown(short), svg('title', {}, shown(name))),
  );
}

/** Microseconds → time of day, UTC. */
const clock = (time: number): string => new Date(time / 1000).toISOString().slice(11, 19);
