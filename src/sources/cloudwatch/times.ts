// `--from 2h --to now`: times as people write them. In: text. Out: milliseconds since the epoch.

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const ISO = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * `now`, a time span before now (`90s`, `2h`, `1h30m`, `7d`), or a time (`2026-08-01`, `2026-08-01T12:00:00Z`; UTC where
 * it names no zone). @returns undefined if the text is none of them
 */
export function parseTime(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  if (trimmed === 'now') return now;
  const span = /^(\d+(\.\d+)?[smhdw])+$/.test(trimmed) ? trimmed.matchAll(/([\d.]+)([smhdw])/g) : undefined;
  if (span !== undefined) {
    let ms = 0;
    for (const [, count, unit] of span) ms += Number(count) * UNITS[unit!]!;
    return Math.floor(now - ms);
  }
  if (!ISO.test(trimmed)) return undefined;
  const zone = /(Z|[+-]\d\d:?\d\d)$/.test(trimmed.slice(10)) ? '' : 'Z';
  const parsed = Date.parse(
    trimmed.length === 10 ? trimmed : trimmed.replace(' ', 'T').replace(',', '.') + zone,
  );
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** From and to of a back-fill; `to` undefined: go on for ever. An error is one line for people. */
export function parseRange(
  from: string | undefined,
  to: string | undefined,
  now: number,
): { readonly from: number | undefined; readonly to: number | undefined } | { readonly error: string } {
  const start = from === undefined ? undefined : parseTime(from, now);
  const end = to === undefined ? undefined : parseTime(to, now);
  const hint = 'use now, a time span such as 2h or 1h30m, or a time such as 2026-08-01T12:00:00Z';
  if (from !== undefined && start === undefined) return { error: `--from ${from} is not a time: ${hint}` };
  if (to !== undefined && end === undefined) return { error: `--to ${to} is not a time: ${hint}` };
  if (end !== undefined && start === undefined) return { error: '--to needs --from' };
  if (start !== undefined && end !== undefined && start > end) return { error: '--from is later than --to' };
  if (end !== undefined && end > now) return { error: '--to lies in the future' };
  return { from: start, to: end };
}
