// The events that windows hold: a table of numbers outside of V8's heap, a list for each group in the order of time.

import type { ByteString } from '../../bytes.js';
import { type Groups, grown, NONE } from './groups.js';
import { copied, packId, unpackId } from './identity.js';
import type { Match } from './match.js';

export interface EventColumns {
  time: Float64Array;
  /** Hash of the value; NaN: it has none. */
  value: Float64Array;
  step: Int16Array;
  prev: Int32Array;
  next: Int32Array;
  /** Four for each. */
  id: Int32Array;
}

export interface WindowEvents {
  readonly columns: EventColumns;
  count(): number;
  /** Adds one to a group's list, by time, step and id. There must be room. @returns NONE: it is there already */
  insert(group: number, event: Pick<Match, 'time' | 'step' | 'id'>, value: number): number;
  /** Takes one out of its group's list. */
  remove(group: number, event: number): void;
  removeAll(group: number): void;
  idOf(event: number): ByteString;
  isSame(event: number, other: number): boolean;
}

const LEAST = 1024;

const columnsOf = (n: number): EventColumns => ({
  time: new Float64Array(n),
  value: new Float64Array(n),
  step: new Int16Array(n),
  prev: new Int32Array(n),
  next: new Int32Array(n),
  id: new Int32Array(4 * n),
});

export function createWindowEvents(groups: Groups, most: number): WindowEvents {
  let room = Math.min(LEAST, most);
  let columns = columnsOf(room);
  let used = 0;
  let free = NONE;
  let count = 0;
  // Ids that are no UUIDs.
  const texts = new Map<number, ByteString>();

  const idOf = (event: number): ByteString => texts.get(event) ?? unpackId(columns.id, 4 * event);

  function isSame(event: number, other: number): boolean {
    const { id, time } = columns;
    if (time[event] !== time[other]) return false;
    for (let i = 0; i < 4; i++) if (id[4 * event + i] !== id[4 * other + i]) return false;
    return texts.get(event) === texts.get(other);
  }

  function make({ time, step, id }: Pick<Match, 'time' | 'step' | 'id'>, value: number): number {
    if (free === NONE && used === room) {
      room = Math.min(most, room * 2);
      columns = grown(columns, columnsOf(room));
    }
    const event = free === NONE ? used++ : free;
    if (event === free) free = columns.next[event]!;
    columns.time[event] = time;
    columns.value[event] = value;
    columns.step[event] = step;
    if (!packId(id, columns.id, 4 * event)) {
      columns.id.fill(0, 4 * event, 4 * event + 4);
      texts.set(event, copied(id));
    }
    count++;
    return event;
  }

  function drop(event: number): void {
    texts.delete(event);
    columns.next[event] = free;
    free = event;
    count--;
  }

  // Whether one comes before another; 0: it is the same.
  function order(a: number, b: number): number {
    const byTime = columns.time[a]! - columns.time[b]!;
    if (byTime !== 0) return byTime;
    const byStep = columns.step[a]! - columns.step[b]!;
    if (byStep !== 0 || isSame(a, b)) return byStep;
    return idOf(a) < idOf(b) ? -1 : 1;
  }

  function link(group: number, event: number, after: number): void {
    const { head, tail, size } = groups.columns;
    const before = after === NONE ? head[group]! : columns.next[after]!;
    columns.prev[event] = after;
    columns.next[event] = before;
    if (after === NONE) head[group] = event;
    else columns.next[after] = event;
    if (before === NONE) tail[group] = event;
    else columns.prev[before] = event;
    size[group]!++;
  }

  return {
    get columns() {
      return columns;
    },
    count: () => count,
    insert(group, match, value) {
      const event = make(match, value);
      let after = groups.columns.tail[group]!;
      while (after !== NONE) {
        const place = order(after, event);
        if (place === 0) {
          drop(event);
          return NONE;
        }
        if (place < 0) break;
        after = columns.prev[after]!;
      }
      link(group, event, after);
      return event;
    },
    remove(group, event) {
      const { head, tail, size } = groups.columns;
      const [prev, next] = [columns.prev[event]!, columns.next[event]!];
      if (prev === NONE) head[group] = next;
      else columns.next[prev] = next;
      if (next === NONE) tail[group] = prev;
      else columns.prev[next] = prev;
      size[group]!--;
      drop(event);
    },
    removeAll(group) {
      const { head, tail, size } = groups.columns;
      for (let event = head[group]!; event !== NONE; ) {
        const next = columns.next[event]!;
        drop(event);
        event = next;
      }
      head[group] = NONE;
      tail[group] = NONE;
      size[group] = 0;
    },
    idOf,
    isSame,
  };
}
