// Screening: what stands between a reader, which judges events as fast as it can, and a screen, which knows all about
// them. In: the screen of the ruleset in force. Out: the final state of an event; what the reader did not know of the
// way there, it is taught.

import type { Event } from '../event.js';
import { type JsonDocument, NO_NODE } from '../json/document.js';
import { type EventReader, type ScreenTables, UNKNOWN } from '../json/event-reader.js';
import { internKey, type Key } from '../json/keys.js';
import { element, isArray, memberOf } from '../json/read.js';
import { FINAL, NOTHING, type Screen, START } from '../screen.js';

export interface Screening {
  /** Prepares the reader for a screen. @returns whether the reader can judge by it */
  use(screen: Screen | undefined): boolean;
  /**
   * The final state of an event, or NOTHING; undefined if the reader could not judge it.
   * @param verdict the reader's; the event is in the text that it read last
   */
  stateOf(verdict: number, event: Event): number | undefined;
}

export function createScreening({ tables, reached }: EventReader): Screening {
  let current: Screen | undefined;
  let generation = 0;
  let keys: readonly (readonly Key[])[] = [];

  // The reader begins anew, with the state in which all events begin.
  function reset(tables: ScreenTables, screen: Screen): void {
    generation = screen.generation();
    keys = screen.places.map((place) => place.keys.map(internKey));
    tables.reset(screen.places);
    tables.learnState(START, screen.placeOf(START));
  }

  // Walks the screen from where the reader stopped, and teaches it each step.
  function learn(tables: ScreenTables, screen: Screen, event: Event, from: number): number {
    screen.begin(event);
    let state = from;
    if (screen.generation() !== generation) {
      reset(tables, screen);
      state = START;
    }
    let room = true;
    for (let place = screen.placeOf(state); place >= 0; place = screen.placeOf(state)) {
      const kind = screen.classOf(place, event);
      const next = screen.next(state, kind);
      const node = nodeAt(event.document, event.root, keys[place]!);
      room = tables.learnValue(place, event.document, node, kind) && room;
      tables.learnState(next, screen.placeOf(next));
      const alert = screen.placeOf(next) === FINAL ? screen.alertOf(next) : undefined;
      if (alert !== undefined) tables.learnAlert(next, alert);
      room = tables.learnStep(state, kind, next) && room;
      state = next;
    }
    if (!room) reset(tables, screen);
    return screen.placeOf(state) === NOTHING ? NOTHING : state;
  }

  return {
    use(screen) {
      if (tables === undefined || screen === undefined) return false;
      if (screen !== current) reset(tables, screen);
      current = screen;
      return true;
    },
    stateOf(verdict, event) {
      if (tables === undefined || current === undefined) return undefined;
      // A state of before means nothing any more.
      if (verdict >= 0)
        return current.generation() === generation ? verdict : learn(tables, current, event, START);
      return verdict === UNKNOWN ? learn(tables, current, event, reached()) : undefined;
    },
  };
}

function nodeAt(document: JsonDocument, root: number, keys: readonly Key[]): number {
  let node = root;
  for (const key of keys) {
    node = isArray(document, node) ? element(document, node, key.index) : memberOf(document, node, key);
    if (node === NO_NODE) break;
  }
  return node;
}
