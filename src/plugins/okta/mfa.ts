// Counters over events: how often an actor refused or failed a second factor lately (spec: plugins.md §4.6).

import type { PluginEvent } from '../plugin.js';
import type { OktaSettings } from './settings.js';

/** Times of the counted events, by kind and actor, nanoseconds since the epoch. */
export interface MfaCounts {
  add(key: string, nanos: bigint): void;
  /** How many lie behind a time. */
  count(key: string, after: bigint): number;
}

const MOST_KEYS = 10_000;
const DENIED = 'user.mfa.okta_verify.deny_push';
const FAILED = 'user.authentication.auth_via_mfa';

/** Kinds of events that may be counted; only these have counts. */
export const COUNTED = { at: '/eventType', is: [DENIED, FAILED] } as const;

/** What tells what is counted. */
export const COUNT_READS = ['/eventType', '/outcome/result', '/actor/id'] as const;

interface Counter {
  readonly times: Set<bigint>;
  expires: number;
}

/** @param now milliseconds; counters live by the clock, not by events */
export function createMfaCounts(settings: OktaSettings | undefined, now: () => number = Date.now): MfaCounts {
  const { cache_expiration: life = 84_600, cache_usermaxsize: most = 200 } = settings ?? {};
  const counters = new Map<string, Counter>();

  function live(key: string): Counter | undefined {
    const counter = counters.get(key);
    if (counter !== undefined && counter.expires <= now()) counters.delete(key);
    return counters.get(key);
  }

  return {
    add(key, nanos) {
      const counter = live(key) ?? { times: new Set(), expires: 0 };
      counter.times.add(nanos);
      if (counter.times.size > most) counter.times.delete(counter.times.values().next().value!);
      counter.expires = now() + life * 1000;
      // Behind all others: the first one is the one that nothing came to for longest.
      counters.delete(key);
      counters.set(key, counter);
      if (counters.size > MOST_KEYS) counters.delete(counters.keys().next().value!);
    },
    count: (key, after) => [...(live(key)?.times ?? [])].filter((time) => time > after).length,
  };
}

function keyOf(event: PluginEvent): string | undefined {
  const type = event.string('/eventType') ?? '';
  const counts = type === DENIED || (type === FAILED && event.string('/outcome/result') === 'FAILURE');
  return counts ? `${type}:${event.string('/actor/id') ?? ''}` : undefined;
}

const nanosOf = ({ seconds, nanos }: PluginEvent): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(nanos);

export function countEvent(event: PluginEvent, counts: MfaCounts): void {
  const key = keyOf(event);
  if (key !== undefined) counts.add(key, nanosOf(event));
}

/** okta.mfa.*.countlast[seconds]. */
export function countOf(
  event: PluginEvent<OktaSettings, MfaCounts>,
  seconds: string | undefined,
): bigint | undefined {
  const key = keyOf(event);
  if (key === undefined || event.state === undefined) return undefined;
  const span = BigInt.asIntN(64, BigInt(seconds ?? 0) * 1_000_000_000n);
  return BigInt(event.state.count(key, nanosOf(event) - span));
}
