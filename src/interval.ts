// In: a duration as people write it (`metrics.interval`, timespans of correlations). Out: milliseconds, 0 where it says nothing (spec: cli-and-config.md §6.3).

import type { ByteString } from './bytes.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
/** Units in the order in which they must stand. */
const UNITS = [
  ['y', 365 * DAY],
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', 3600 * SECOND],
  ['m', 60 * SECOND],
  ['s', SECOND],
  ['ms', 1],
] as const;
const DURATION = new RegExp(`^${UNITS.map(([unit]) => `(?:([0-9]+)${unit})?`).join('')}$`);

/** A Prometheus duration, `1h30m`; blanks are ignored. A number without a unit is 0, as in Falco. */
export function parseInterval(text: ByteString): number {
  const parts = DURATION.exec(text.replace(/[ \t\n\v\f\r]/g, ''));
  return UNITS.reduce((sum, [, factor], n) => sum + Number(parts?.[n + 1] ?? 0) * factor, 0);
}
