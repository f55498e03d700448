// Sites: the places of an event that a rule reads, with what to try at each. Found by changing every place and looking
// which checks read something else; so it knows nothing of fields and holds for each of them.

import type { ByteString } from '../../bytes.js';
import type { Event } from '../../event.js';
import { isString, stringText } from '../../json/read.js';
import { additionsOf, changesOf, type Trial } from './changes.js';
import { type EventValue, holderOf, jsonAt, lastKey, valuesOf } from './event-values.js';
import { constantsOf, type Probe, type Site, texts } from './probe.js';

export interface TrialSite {
  readonly pointer: ByteString;
  readonly place: Site;
  /** JSON text that stands there; undefined: nothing. */
  readonly before: ByteString | undefined;
  /** How many checks read the place. */
  readonly readers: number;
  readonly trials: readonly Trial[];
}

/** Values of other events by pointer, to put where an event has none. */
export type Donated = ReadonlyMap<ByteString, ByteString>;

const MOST_PLACES = 1000;

/** The sites of the probe's event, in the order of its text; then members that it lacks. */
export function* sitesOf(probe: Probe, donated: Donated): Generator<TrialSite> {
  const places = valuesOf(probe.event.document, MOST_PLACES);
  for (const place of places) {
    if (probe.spent()) return;
    const site = siteAt(probe, place);
    if (site !== undefined) yield site;
  }
  const nodes = new Map([['', 0], ...places.map(({ pointer, node }) => [pointer, node] as const)]);
  for (const [pointer, donor] of donated) {
    if (probe.spent()) return;
    const site = nodes.has(pointer)
      ? undefined
      : siteToAdd(probe, pointer, donor, nodes.get(holderOf(pointer)));
    if (site !== undefined) yield site;
  }
}

function siteAt(probe: Probe, place: EventValue): TrialSite | undefined {
  const { document } = probe.event;
  const json = jsonAt(document, place.node);
  const checks = new Set([
    ...probe.readers(place, { kind: 'remove' }),
    // Where several elements say the same, removing one changes nothing, and another value does.
    ...(json.startsWith('"') ? probe.readers(place, { kind: 'replace', json: '"\\u0001"' }) : []),
  ]);
  if (checks.size === 0) return undefined;
  const trials = changesOf({
    text: isString(document, place.node) ? stringText(document, place.node) : undefined,
    json,
    inObject: place.parent === 'object',
    key: lastKey(place.pointer),
    read: [...checks].flatMap(({ left }) => texts(left)),
    constants: constantsOf(checks),
  });
  return { pointer: place.pointer, place, before: json, readers: checks.size, trials };
}

function siteToAdd(
  probe: Probe,
  pointer: ByteString,
  donor: ByteString,
  holder: number | undefined,
): TrialSite | undefined {
  if (holder === undefined || !jsonAt(probe.event.document, holder).startsWith('{')) return undefined;
  const place = { node: holder, parent: 'object', holder } as const;
  const key = lastKey(pointer);
  const checks = probe.readers(place, { kind: 'behind', key, json: donor });
  if (checks.length === 0) return undefined;
  const trials = additionsOf(key, donor, constantsOf(checks));
  return { pointer, place, before: undefined, readers: checks.length, trials };
}

/** Members of events, by pointer: the first value of each. Members of arrays' elements are not added one by one. */
export function donorsOf(events: readonly Event[]): Donated {
  const found = new Map<ByteString, ByteString>();
  for (const { document } of events)
    for (const { pointer, node, parent } of valuesOf(document, MOST_PLACES))
      if (parent === 'object' && !found.has(pointer) && !/\/\d+\//.test(pointer))
        found.set(pointer, jsonAt(document, node));
  return found;
}
