// fuzz: small changes of events that turn a rule's verdict, found by trying. What lets an event slip by shows how the
// rule can be evaded; what makes another event match shows where it says more than its author means.
// Bounded by a number of variants and deterministic, so that the same call says the same.

import type { ByteString } from '../../bytes.js';
import type { LoadedRule } from '../../engine/rules/loader.js';
import type { Event } from '../../event.js';
import type { Workspace } from '../workspace.js';
import type { Plausibility } from './changes.js';
import type { Change } from './event-values.js';
import { createProbe, type Probe } from './probe.js';
import { type Donated, donorsOf, sitesOf } from './sites.js';

/** A change that turns the verdict. */
export interface Flip {
  /** Number of the event that was changed (Event.num). */
  readonly base: number;
  /** The changed event. */
  readonly event: Event;
  readonly rule: LoadedRule;
  /** Whether the changed event matches. */
  readonly matches: boolean;
  readonly pointer: ByteString;
  readonly change: Change;
  readonly label: string;
  readonly plausibility: Plausibility;
  /** JSON text at the place before; undefined: nothing was there. */
  readonly before: ByteString | undefined;
  /** The first check of the condition that came out otherwise. */
  readonly check: ByteString;
  /** How many checks read the place; the fewer, the more the change is about this one. */
  readonly readers: number;
}

export interface FuzzOptions {
  /** Events to start from. */
  readonly bases: readonly Event[];
  /** Events to take values from that the bases lack. */
  readonly donors: readonly Event[];
  /** Most variants to try, over all bases. */
  readonly limit: number;
}

export interface FuzzResult {
  readonly flips: readonly Flip[];
  /** How many were tried. */
  readonly variants: number;
}

/** Tries variants of every base and gives those that turn its verdict, each kind of change once a check and place. */
export function fuzz(workspace: Workspace, rule: LoadedRule, options: FuzzOptions): FuzzResult {
  const donated = donorsOf(options.donors);
  const budget = Math.floor(options.limit / Math.max(1, options.bases.length));
  const results = options.bases.map((event) =>
    fuzzOne(createProbe(workspace, rule, event, budget), rule, donated),
  );
  return {
    flips: results.flatMap(({ flips }) => flips),
    variants: results.reduce((sum, { variants }) => sum + variants, 0),
  };
}

function fuzzOne(probe: Probe, rule: LoadedRule, donated: Donated): FuzzResult {
  const flips = new Map<string, Flip>();
  let variants = 0;
  for (const { pointer, place, before, readers, trials } of sitesOf(probe, donated)) {
    for (const { change, label, plausibility } of trials) {
      const event = probe.change(place, change);
      if (event === undefined) continue;
      variants++;
      if (probe.verdict(event) === probe.matches) continue;
      const check = probe.turned(event);
      const key = `${check} ${label} ${pointer}`;
      if (flips.has(key)) continue;
      flips.set(key, {
        base: probe.event.num,
        matches: !probe.matches,
        ...{ event, rule, pointer, change, label, plausibility, before, check, readers },
      });
    }
  }
  return { flips: [...flips.values()], variants };
}
