// A log for what strangers can cause as often as they like: each kind of message at once, then at most once a minute
// with how often it came in between. The kinds are bounded too: what is beyond them shares one.

import type { SourceLog } from './source.js';

/** @param kind what messages that come often have in common; the message itself if left out */
export type CalmLog = (level: Parameters<SourceLog>[0], message: string, kind?: string) => void;

const CALM_MS = 60_000;
/** Different kinds that are remembered. */
const MAX_KINDS = 100;
const OTHERS = '';

interface Seen {
  readonly since: number;
  readonly more: number;
}

export function createCalmLog(log: SourceLog, now: () => number = Date.now): CalmLog {
  const kinds = new Map<string, Seen>();

  // A kind without a place of its own would bring a line each time, were it not for the common one.
  function placeOf(kind: string): string {
    if (kinds.has(kind) || kinds.size < MAX_KINDS) return kind;
    for (const [old, { since, more }] of kinds) {
      if (more === 0 && now() - since >= CALM_MS) kinds.delete(old);
    }
    return kinds.size < MAX_KINDS ? kind : OTHERS;
  }

  return (level, message, kind = message) => {
    const place = placeOf(kind);
    const seen = kinds.get(place);
    if (seen !== undefined && now() - seen.since < CALM_MS) {
      kinds.set(place, { since: seen.since, more: seen.more + 1 });
      return;
    }
    kinds.set(place, { since: now(), more: 0 });
    log(level, seen === undefined || seen.more === 0 ? message : `${message} (${seen.more} more like it)`);
  };
}
