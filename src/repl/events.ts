// The events of a session, kept with their tapes, so that no question scans them again.

import { createKeeper } from '../authoring/keep.js';
import { payloadsOf } from '../authoring/payloads.js';
import type { Workspace } from '../authoring/workspace.js';
import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import type { Told } from '../sources/source.js';

/** What one text gave. */
export interface Added {
  readonly added: number;
  /** What was no event, one line each, and how many more there were. */
  readonly faults: readonly string[];
  readonly moreFaults: number;
}

/** Takes a payload; false: there is no more room. */
export type AddPayload = (payload: Told<ByteString>) => boolean;

/** Reads payloads from somewhere else, until `add` says that there is no more room. Errors: with a line for people. */
export type ReadEvents = (add: AddPayload, report: (fault: ByteString) => void) => Promise<void>;

export interface EventStore {
  readonly all: readonly Event[];
  /** Those of a source. */
  of(source: string): readonly Event[];
  /** The payload that an event came in, where its own text is none. */
  payloadOf(event: Event): ByteString | undefined;
  /** Another number whenever the events change. */
  readonly version: number;
  /** Adds every event of a text: lines, lists, arrays. */
  add(text: ByteString): Added;
  /** The same for what `read` gives; it ends when `add` is false. */
  addFrom(read: ReadEvents): Promise<Added>;
  /** Adds every event of one payload; false: there is no more room. */
  addPayload(payload: Told<ByteString>, report: (fault: string) => void): boolean;
  clear(): void;
}

/** More would not fit into memory beside their tapes. */
export const MOST_EVENTS = 500_000;
const FAULTS = 5;

export function createEventStore(workspace: () => Workspace): EventStore {
  const all: Event[] = [];
  const keep = createKeeper();
  let version = 0;
  const bySource = new Map<string, Event[]>();
  const payloads = new WeakMap<Event, ByteString>();

  function addPayload(told: Told<ByteString>, report: (fault: string) => void): boolean {
    version++;
    const { readEvents, sources } = workspace();
    const isText = sources.isText(told.plugin);
    readEvents(
      told,
      (event) => {
        if (all.length >= MOST_EVENTS) return;
        const kept = keep(event, all.length + 1);
        all.push(kept);
        const others = bySource.get(event.source) ?? [];
        bySource.set(event.source, others);
        others.push(kept);
        if (!isText) payloads.set(kept, told.payload);
      },
      report,
    );
    return all.length < MOST_EVENTS;
  }

  function beginAdding() {
    const before = all.length;
    const faults: string[] = [];
    let count = 0;
    const report = (fault: string): void => {
      if (count++ < FAULTS) faults.push(fault);
    };
    return {
      report,
      add(payload: Told<ByteString>): boolean {
        const room = addPayload(payload, report);
        if (!room) report(`no more than ${MOST_EVENTS} events are kept`);
        return room;
      },
      end: (): Added => ({ added: all.length - before, faults, moreFaults: Math.max(0, count - FAULTS) }),
    };
  }

  return {
    all,
    of: (source) => bySource.get(source) ?? [],
    payloadOf: (event) => payloads.get(event),
    get version() {
      return version;
    },
    add(text) {
      const adding = beginAdding();
      for (const payload of payloadsOf(text, workspace().sources.others)) if (!adding.add(payload)) break;
      return adding.end();
    },
    async addFrom(read) {
      const adding = beginAdding();
      await read(adding.add, adding.report);
      return adding.end();
    },
    addPayload,
    clear() {
      version++;
      all.length = 0;
      bySource.clear();
    },
  };
}
