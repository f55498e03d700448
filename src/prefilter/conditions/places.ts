// In: the conditions of rules as nodes. Out: the places that their checks look at, those of most checks, with the classes of
// values there; and for each check, where it stands among those of its place.

import type { BoolNode, PlaceCheck } from '../../engine/condition/compile/nodes.js';
import type { PrefilterPlace } from '../prefilter.js';
import { MOST_PLACES } from '../shared.js';
import type { PlacedCheck } from './residuals.js';
import { type Classes, createClasses } from './value-classes.js';

export interface PrefilterPlaces {
  readonly classes: readonly Classes[];
  /** As they are to be read now; it changes when a place has more values than can be told apart. */
  places(): readonly PrefilterPlace[];
  /** Where the check of a node looks; undefined if it is not at one of these places. */
  placeOf(node: BoolNode): PlacedCheck | undefined;
}

export function gatherPlaces(conditions: readonly (BoolNode | undefined)[]): PrefilterPlaces {
  const groups = new Map<string, PlaceCheck[]>();
  for (const check of checksOf(conditions)) {
    const key = JSON.stringify(check.place);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [check]);
    else group.push(check);
  }
  const kept = [...groups.values()].sort((a, b) => b.length - a.length).slice(0, MOST_PLACES);
  const classes = kept.map(createClasses);
  const placed = new Map(
    kept.flatMap((group, place) => group.map((check, number) => [check, { place, check: number }] as const)),
  );
  return {
    classes,
    places: () => kept.map((group, i) => ({ ...group[0]!.place, ...classes[i]!.dependsOn() })),
    placeOf: ({ check }) => check?.place && placed.get(check.place),
  };
}

// Each once.
function checksOf(conditions: readonly (BoolNode | undefined)[]): ReadonlySet<PlaceCheck> {
  const checks = new Set<PlaceCheck>();
  const seen = new Set<BoolNode>();
  const open = conditions.filter((condition) => condition !== undefined);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.check?.place !== undefined) checks.add(node.check.place);
    for (const child of node.children) open.push(child);
  }
  return checks;
}
