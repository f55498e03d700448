// Teacher: what stands between a reader, which judges events as fast as it can, and a prefilter, which knows all about
// them. In: the prefilter of the ruleset in force. Out: the final state of an event; what the reader did not know of the
// way there, it is taught.

import type { Event } from '../../event.js';
import { type JsonDocument, NO_NODE } from '../../json/document.js';
import { internKey, type Key } from '../../json/keys.js';
import { element, isArray, memberOf } from '../../json/read.js';
import type { AlertLine, Prefilter } from '../prefilter.js';
import { FINAL, NOTHING, START, UNKNOWN } from '../shared.js';
import type { EventReader, PrefilterTables } from './event-reader.js';

export interface Teacher {
  /** Prepares the reader for a prefilter. @returns whether the reader can judge by it */
  use(prefilter: Prefilter | undefined): boolean;
  /**
   * The final state of an event, or NOTHING; undefined if the reader could not judge it.
   * @param verdict the reader's; the event is in the text that it read last
   */
  stateOf(verdict: number, event: Event): number | undefined;
}

/** @param mayWrite whether a reader may write an alert; if left out: all that it can */
export function createTeacher(
  { tables, reached }: EventReader,
  mayWrite: (alert: AlertLine) => boolean = () => true,
): Teacher {
  let current: Prefilter | undefined;
  let [generation, revision] = [0, 0];
  let keys: readonly (readonly Key[])[] = [];

  // The reader begins anew, with the state in which all events begin.
  function reset(tables: PrefilterTables, prefilter: Prefilter): void {
    generation = prefilter.generation();
    revision = prefilter.revision();
    keys = prefilter.places.map((place) => place.keys.map(internKey));
    tables.reset(prefilter.places);
    tables.learnState(START, prefilter.placeOf(START));
  }

  // Walks the prefilter from where the reader stopped, and teaches it each step.
  function learn(tables: PrefilterTables, prefilter: Prefilter, event: Event, from: number): number {
    prefilter.begin(event);
    let state = from;
    if (prefilter.generation() !== generation) {
      reset(tables, prefilter);
      state = START;
    } else if (prefilter.revision() !== revision) {
      revision = prefilter.revision();
      tables.renew(prefilter.places);
    }
    let room = true;
    for (let place = prefilter.placeOf(state); place >= 0; place = prefilter.placeOf(state)) {
      const kind = prefilter.classOf(place, event);
      const next = prefilter.next(state, kind);
      const node = nodeAt(event.document, event.root, keys[place]!);
      room = tables.learnValue(place, event.document, node, kind) && room;
      tables.learnState(next, prefilter.placeOf(next));
      const alert = prefilter.placeOf(next) === FINAL ? prefilter.alertOf(next) : undefined;
      if (alert !== undefined && mayWrite(alert)) tables.learnAlert(next, alert);
      room = tables.learnStep(state, kind, next) && room;
      state = next;
    }
    if (!room) reset(tables, prefilter);
    return prefilter.placeOf(state) === NOTHING ? NOTHING : state;
  }

  return {
    use(prefilter) {
      if (tables === undefined || prefilter === undefined) return false;
      if (prefilter !== current) reset(tables, prefilter);
      current = prefilter;
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
