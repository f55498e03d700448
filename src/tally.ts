// Tally: counts by name. A leaf, for whatever is lost on the way: sources count events with it, outputs alerts.

export interface Tally<Name extends string> {
  /** @param count 1 if left out */
  add(name: Name, count?: number): void;
  /** 0 for a name that never came. */
  of(name: Name): number;
  total(): number;
  /** Names in the order in which they first came. */
  entries(): readonly (readonly [Name, number])[];
}

export function createTally<Name extends string>(): Tally<Name> {
  const counts = new Map<Name, number>();
  return {
    add: (name, count = 1) => void counts.set(name, (counts.get(name) ?? 0) + count),
    of: (name) => counts.get(name) ?? 0,
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    entries: () => [...counts],
  };
}
