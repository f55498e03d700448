// What the endpoint holds: log groups, their streams and events in the service's order. In: events with the time from
// which they can be seen. Out: pages of a search. No clock and no network of its own.

export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** From this time on a search finds the event. */
  readonly ingestion: number;
  readonly message: string;
}

/** Behind which event a search goes on. */
export interface Place {
  readonly timestamp: number;
  readonly ingestion: number;
  readonly id: string;
}

export interface Search {
  readonly group: string;
  readonly prefix?: string | undefined;
  readonly streams?: readonly string[] | undefined;
  readonly start: number;
  readonly end: number;
  readonly behind?: Place | undefined;
  readonly limit: number;
  readonly now: number;
}

export interface Found {
  readonly events: readonly StoredEvent[];
  /** Whether there may be more behind the last one. */
  readonly more: boolean;
}

export interface LogStore {
  /** Groups come into being with their first event, or by this. */
  createGroup(group: string): void;
  hasGroup(group: string): boolean;
  groups(): readonly string[];
  streams(group: string): readonly string[];
  /** `visible`: when it can be found, milliseconds since the epoch. */
  put(group: string, event: Omit<StoredEvent, 'id' | 'ingestion'>, visible: number): StoredEvent;
  search(search: Search): Found;
}

interface Group {
  readonly streams: Set<string>;
  /** By time stamp, ingestion, id. */
  readonly events: StoredEvent[];
}

/** A page holds 1 MB at most, with 26 bytes for each event beside its text. */
const PAGE_BYTES = 1_048_576;
const EVENT_OVERHEAD = 26;

export function createLogStore(): LogStore {
  const groups = new Map<string, Group>();
  let count = 0;

  function groupOf(name: string): Group {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const group: Group = { streams: new Set(), events: [] };
    groups.set(name, group);
    return group;
  }

  return {
    createGroup: (group) => void groupOf(group),
    hasGroup: (group) => groups.has(group),
    groups: () => [...groups.keys()],
    streams: (group) => [...(groups.get(group)?.streams ?? [])].sort(),
    put(group, event, visible) {
      // 56 decimal digits, as the service's: no number of JavaScript holds them.
      const id = `${String(event.timestamp).padStart(20, '3')}${String(++count).padStart(36, '0')}`;
      const stored: StoredEvent = { ...event, id, ingestion: visible };
      const { events, streams } = groupOf(group);
      streams.add(event.stream);
      events.splice(firstBehind(events, stored), 0, stored);
      return stored;
    },
    search(search) {
      const { events } = groupOf(search.group);
      const { behind, start } = search;
      const from = { timestamp: start, ingestion: Number.NEGATIVE_INFINITY, id: '' };
      const found: StoredEvent[] = [];
      let bytes = 0;
      for (let i = firstBehind(events, behind ?? from); i < events.length; i++) {
        const event = events[i]!;
        if (event.timestamp > search.end) break;
        if (event.timestamp < start || event.ingestion > search.now) continue;
        if (search.prefix !== undefined && !event.stream.startsWith(search.prefix)) continue;
        if (search.streams !== undefined && !search.streams.includes(event.stream)) continue;
        bytes += event.message.length + EVENT_OVERHEAD;
        if (found.length > 0 && (found.length >= search.limit || bytes > PAGE_BYTES))
          return { events: found, more: true };
        found.push(event);
      }
      return { events: found, more: false };
    },
  };
}

function firstBehind(events: readonly StoredEvent[], place: Place): number {
  let low = 0;
  let high = events.length;
  // Most events come in order.
  if (high > 0 && compare(events[high - 1]!, place) <= 0) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(events[middle]!, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(a: Place, b: Place): number {
  return a.timestamp - b.timestamp || a.ingestion - b.ingestion || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
