// What the module in WebAssembly is taught of alerts: what their lines are put together from (assembly/alerts.ts). What it
// has no room for, it leaves to its caller.

import type { AlertLine, LinePart, Place, TimeForm } from '../prefilter.js';
import { ALL_PLACES, ASIDE_BYTES, CLOCK, ISO, MOST_PLACES, NANOS } from '../shared.js';
import { setPlaceKeys } from './places.js';
import type { WasmModule } from './wasm-module.js';

export interface AlertLines {
  /** The alert of all events that end in a state. */
  learn(state: number, alert: AlertLine): void;
  forget(): void;
}

/** Instead of a number from the module: there is no room. */
const NO_ROOM = 0;

const TIMES: Readonly<Record<TimeForm, number>> = { clock: CLOCK, iso: ISO, nanos: NANOS };

export function createAlertLines(module: WasmModule): AlertLines {
  const { exports } = module;
  // By their keys: the numbers of places.
  const places = new Map<string, number>();
  // By rule: where its line begins.
  const lines = new Map<number, number>();

  function numberOf({ keys }: Place): number {
    const name = JSON.stringify(keys);
    const known = places.get(name);
    if (known !== undefined) return known;
    const place = MOST_PLACES + places.size;
    const number = place < ALL_PLACES && setPlaceKeys(module, place, keys) ? place : NO_ROOM;
    places.set(name, number);
    return number;
  }

  function add(part: LinePart): number {
    if ('text' in part) return exports.addLiteral(module.writeAside(part.text), part.text.length);
    if ('time' in part) return exports.addTime(TIMES[part.time]);
    const place = numberOf(part.place);
    if (place === NO_ROOM) return NO_ROOM;
    const { as, absent } = part.place;
    const flags = [
      part.as === 'json',
      part.elseCluster === true,
      as === 'string',
      absent !== undefined,
    ] as const;
    return exports.addValue(place, ...(flags.map(Number) as [number, number, number, number]));
  }

  function addLine({ rule, parts }: AlertLine): number {
    const added = parts.flatMap(fitting).map(add);
    added.push(exports.endLine(rule));
    module.learnKeys();
    return added.includes(NO_ROOM) ? NO_ROOM : added[0]!;
  }

  return {
    learn(state, alert) {
      const first = lines.get(alert.rule) ?? addLine(alert);
      lines.set(alert.rule, first);
      exports.learnLine(state, first);
    },
    forget() {
      exports.forgetLines();
      places.clear();
      lines.clear();
    },
  };
}

/** Pieces that fit aside. */
function fitting(part: LinePart): readonly LinePart[] {
  if (!('text' in part)) return [part];
  const pieces: LinePart[] = [];
  for (let at = 0; at < part.text.length; at += ASIDE_BYTES)
    pieces.push({ text: part.text.slice(at, at + ASIDE_BYTES) });
  return pieces;
}
