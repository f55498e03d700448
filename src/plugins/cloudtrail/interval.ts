// s3Interval and s3AccountList → which log files count, by their keys (spec: plugins.md §2.1, §2.4).

export interface KeyFilter {
  /** Whether a log file is to be read. */
  takes(key: string): boolean;
  /** `2026/03/01`: no log file of an earlier day is to be read. */
  readonly firstDay: string | undefined;
  readonly accounts: readonly string[];
}

export type FilterResult = { readonly filter: KeyFilter } | { readonly error: string };

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const STAMP = /_(\d{8}T\d{4})Z_/;
const LOG_FILE = /\.json(?:\.gz)?$/;
const OTHER_FILES = /\/CloudTrail-(?:Digest|Insight)\//;

/** @param now milliseconds since the epoch */
export function parseFilter(interval: string, accountList: string, now: number): FilterResult {
  const accounts = accountList
    .split(',')
    .map((account) => account.trim())
    .filter((account) => account !== '');
  if (accounts.some((account) => !/^\d{12}$/.test(account)))
    return { error: `cloudtrail invalid account list: "${accountList}"` };
  const [from, to] = interval === '' ? [] : parseInterval(interval, now);
  if (interval !== '' && from === undefined) return { error: notAnInterval(interval) };
  if (from !== undefined && to !== undefined && from >= to)
    return { error: `cloudtrail start time ${rfc3339(from)} must be less than end time ${rfc3339(to)}` };
  return { filter: filterOf(accounts, minuteOf(from), minuteOf(to)) };
}

const notAnInterval = (interval: string): string =>
  `cloudtrail invalid interval: "${interval}": parsing time "${interval}" as "2006-01-02T15:04:05Z": cannot parse "${interval}" as "2006"`;

function filterOf(accounts: readonly string[], from: string | undefined, to: string | undefined): KeyFilter {
  return {
    takes(key) {
      if (!LOG_FILE.test(key) || OTHER_FILES.test(key)) return false;
      const account = /AWSLogs\/(?:o-[^/]+\/)?(\d{12})\//.exec(key)?.[1];
      if (accounts.length > 0 && account !== undefined && !accounts.includes(account)) return false;
      const stamp = STAMP.exec(key)?.[1];
      if (stamp === undefined) return true;
      return (from === undefined || stamp >= from) && (to === undefined || stamp <= to);
    },
    firstDay: from && `${from.slice(0, 4)}/${from.slice(4, 6)}/${from.slice(6, 8)}`,
    accounts,
  };
}

const rfc3339 = (time: number): string => new Date(time).toISOString().replace(/\.\d+/, '');

/** `20260301T1020`, as in the names of log files. */
const minuteOf = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : rfc3339(time).replace(/[-:]/g, '').slice(0, 13);

const PART = /^(?:(\d+)([smhdw])|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ))/;

/** Start and end; nothing where it is no interval. */
function parseInterval(text: string, now: number): readonly number[] {
  const times: number[] = [];
  let rest = text.trim();
  while (rest !== '' && times.length < 2) {
    const [found, amount, unit, stamp] = PART.exec(rest) ?? [];
    if (found === undefined) return [];
    const time = stamp === undefined ? now - Number(amount) * UNITS[unit!]! * 1000 : Date.parse(stamp);
    if (Number.isNaN(time)) return [];
    times.push(time);
    rest = rest.slice(found.length).replace(/^\s*-\s*/, '');
  }
  return rest === '' ? times : [];
}
