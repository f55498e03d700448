// Alerts of a whole log → what there is to say of each rule in the end: how often, from when to when, and who most.

import type { ByteString } from '../bytes.js';
import { copied } from '../engine/correlation/identity.js';
import type { AlertingRule, LogAlert } from './alerts.js';

export interface RuleFindings {
  readonly rule: AlertingRule;
  readonly count: number;
  /** Milliseconds since the epoch: of the earliest and the latest event. */
  readonly first: number;
  readonly last: number;
  /** Who did it most, and how often; users beyond a limit are not told apart. */
  readonly who: ByteString;
  readonly whoCount: number;
}

export interface Findings {
  add(alert: LogAlert): void;
  total(): number;
  /** Rules with alerts, the most severe first, then the most frequent. */
  byRule(): readonly RuleFindings[];
  /** Whether there is an alert of this priority or a more severe one. */
  has(priority: number): boolean;
}

/** Users that are told apart for a rule: more would be an attack on memory. */
const MOST_USERS = 10_000;

interface Counting {
  count: number;
  first: number;
  last: number;
  readonly users: Map<ByteString, number>;
}

export function createFindings(): Findings {
  const rules = new Map<AlertingRule, Counting>();
  let total = 0;
  return {
    add({ rule, time, about: { user } }) {
      total++;
      const known = rules.get(rule) ?? { count: 0, first: time, last: time, users: new Map() };
      rules.set(rule, known);
      known.count++;
      known.first = Math.min(known.first, time);
      known.last = Math.max(known.last, time);
      const times = known.users.get(user);
      if (times !== undefined) known.users.set(user, times + 1);
      else if (known.users.size < MOST_USERS) known.users.set(copied(user), 1);
    },
    total: () => total,
    byRule: () =>
      [...rules]
        .map(([rule, { count, first, last, users }]) => {
          const [who = '', whoCount = 0] = most(users) ?? [];
          return { rule, count, first, last, who, whoCount };
        })
        .sort((a, b) => a.rule.info.priority - b.rule.info.priority || b.count - a.count),
    has: (priority) => [...rules.keys()].some(({ info }) => info.priority <= priority),
  };
}

function most(users: ReadonlyMap<ByteString, number>): readonly [ByteString, number] | undefined {
  let found: readonly [ByteString, number] | undefined;
  for (const entry of users) if (found === undefined || entry[1] > found[1]) found = entry;
  return found;
}
