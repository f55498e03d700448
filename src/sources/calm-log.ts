// A log for what strangers can cause as often as they like: each message at once, then at most once a minute with
// how often it came in between.

import type { SourceLog } from './source.js';

const CALM_MS = 60_000;
/** Different messages that are remembered. */
const MAX_KINDS = 100;

export function createCalmLog(log: SourceLog, now: () => number = Date.now): SourceLog {
  const kinds = new Map<string, { readonly since: number; readonly more: number }>();
  return (level, message) => {
    const seen = kinds.get(message);
    if (seen !== undefined && now() - seen.since < CALM_MS) {
      kinds.set(message, { since: seen.since, more: seen.more + 1 });
      return;
    }
    if (seen === undefined && kinds.size >= MAX_KINDS) kinds.clear();
    kinds.set(message, { since: now(), more: 0 });
    log(level, seen === undefined || seen.more === 0 ? message : `${message} (${seen.more} more like it)`);
  };
}
