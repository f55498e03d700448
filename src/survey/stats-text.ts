// Counts → a table with bars for a screen, CSV, or JSON lines. In: rows, the most frequent first. Out: byte strings.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { printable } from '../printable.js';
import { csvLine } from './csv.js';
import { fullTime } from './formats.js';
import type { Stats, StatsRow } from './stats.js';
import { bar, type Paint } from './terminal.js';

export interface StatsLayout {
  /** Names of the fields, as they were given. */
  readonly fields: readonly ByteString[];
  readonly distinct: ByteString | undefined;
  /** Rows that are shown. */
  readonly top: number;
  readonly width: number;
  readonly paint: Paint;
}

const NONE = '<NA>';
const GAP = '  ';
const [NARROWEST, WIDEST_BAR, NARROWEST_BAR] = [8, 24, 8];

/** A line for each row, with a bar; then what is not shown. */
export function tableText(stats: Stats, layout: StatsLayout): ByteString {
  const { fields, distinct, top, width, paint } = layout;
  const rows = stats.rows();
  const shown = rows.slice(0, top);
  const total = Math.max(1, stats.total());
  const head = ['count', 'share', ...(distinct === undefined ? [] : [`distinct ${distinct}`]), ...fields];
  const cells = shown.map((row) => [
    String(row.count),
    `${((row.count / total) * 100).toFixed(1)} %`,
    ...(distinct === undefined ? [] : [String(row.distinct ?? 0)]),
    ...row.values.map((value) => fromBytes(printable(value ?? NONE))),
  ]);
  const numbers = head.length - fields.length;
  const barColumns = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, Math.floor(width / 5)));
  const widths = fitted([head, ...cells], numbers, width - barColumns - GAP.length);
  const most = shown[0]?.count ?? 1;
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => fitCell(cell, widths[column]!, column < numbers)).join(GAP);
  const lines = [
    paint.bold(line(head).trimEnd()),
    ...cells.map((row, n) =>
      `${line(row)}${GAP}${paint.cyan(bar(shown[n]!.count / most, barColumns))}`.trimEnd(),
    ),
    ...left(rows, shown.length, stats.others()),
  ];
  return toBytes(`${lines.join('\n')}\n`);
}

function left(rows: readonly StatsRow[], shown: number, others: number): readonly string[] {
  const rest = rows.slice(shown).reduce((sum, { count }) => sum + count, 0);
  const lines = rest === 0 ? [] : [`and ${rows.length - shown} more with ${rest} events: --top all`];
  return others === 0 ? lines : [...lines, `${others} events more have values that were not told apart`];
}

/** Widths of columns: those of the values give way where the screen is narrow. */
function fitted(rows: readonly (readonly string[])[], numbers: number, width: number): readonly number[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => [...row[column]!].length)));
  const taken = (): number => widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length);
  while (taken() > width) {
    const values = widths.slice(numbers);
    const widest = numbers + values.indexOf(Math.max(...values));
    if (widths[widest]! <= NARROWEST) break;
    widths[widest]!--;
  }
  return widths;
}

function fitCell(text: string, width: number, right: boolean): string {
  const characters = [...text];
  const cut = characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : text;
  const space = ' '.repeat(Math.max(0, width - [...cut].length));
  return right ? space + cut : cut + space;
}

/** Stretches of time, one a line, each with a bar and the most frequent values in it. */
export function timeText(stats: Stats, layout: StatsLayout): ByteString {
  const { paint, width } = layout;
  const stretches = stats.stretches();
  const rows = stats.rows();
  const totals = stretches.map(({ counts }) => [...counts.values()].reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...totals);
  const digits = Math.max(5, ...totals.map((total) => String(total).length));
  const barColumns = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, Math.floor(width / 4)));
  const lines = stretches.map(({ start, counts }, n) => {
    const [number, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    const values = rows[number]!.values.map((value) => fromBytes(printable(value ?? NONE))).join(' ');
    const leading = layout.fields.length === 0 ? '' : `${values} ${count}`;
    const head = `${fullTime(start)}${GAP}${String(totals[n]).padStart(digits)}${GAP}`;
    const drawn = bar(totals[n]! / most, barColumns);
    const room = width - head.length - barColumns - GAP.length;
    const padded = drawn + ' '.repeat(barColumns - [...drawn].length);
    return `${head}${paint.cyan(padded)}${GAP}${fitCell(leading, Math.max(0, room), false)}`.trimEnd();
  });
  return toBytes(lines.map((line) => `${line}\n`).join(''));
}

/** A record for each row, or for each row and stretch. */
export function statsCsv(stats: Stats, { fields, distinct, top }: StatsLayout, every: boolean): ByteString {
  const rows = stats.rows().slice(0, top);
  if (every) {
    const lines = stats
      .stretches()
      .flatMap(({ start, counts }) =>
        [...counts]
          .filter(([row]) => row < rows.length)
          .map(([row, count]) => csvLine([isoTime(start), ...valuesOf(rows[row]!), String(count)])),
      );
    return [csvLine(['time', ...fields, 'count']), ...lines].join('');
  }
  const head = [
    ...fields,
    'count',
    'first',
    'last',
    ...(distinct === undefined ? [] : [`distinct ${distinct}`]),
  ];
  const lines = rows.map((row) =>
    csvLine([
      ...valuesOf(row),
      String(row.count),
      isoTime(row.first),
      isoTime(row.last),
      ...(distinct === undefined ? [] : [String(row.distinct ?? 0)]),
    ]),
  );
  return [csvLine(head), ...lines].join('');
}

const valuesOf = ({ values }: StatsRow): readonly ByteString[] => values.map((value) => value ?? '');
const isoTime = (time: number): string => new Date(time).toISOString();

/** The same as JSON lines; a value that an event has not is null. */
export function statsJson(stats: Stats, { fields, top }: StatsLayout, every: boolean): ByteString {
  const rows = stats.rows().slice(0, top);
  const named = ({ values }: StatsRow) =>
    Object.fromEntries(
      fields.map((field, n) => [field, values[n] === undefined ? null : fromBytes(values[n])]),
    );
  const records = every
    ? stats
        .stretches()
        .flatMap(({ start, counts }) =>
          [...counts]
            .filter(([row]) => row < rows.length)
            .map(([row, count]) => ({ time: isoTime(start), by: named(rows[row]!), count })),
        )
    : rows.map((row) => ({
        by: named(row),
        count: row.count,
        first: isoTime(row.first),
        last: isoTime(row.last),
        ...(row.distinct !== undefined && { distinct: row.distinct }),
      }));
  return toBytes(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}
