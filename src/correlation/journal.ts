// What correlations remember over a restart. In: what the machine was given, step by step. Out: records of a checkpoint: a
// snapshot first, then what came since. The same steps give the same state, so that a step costs a line, whatever the state.

import { createMachine, type Machine } from '../engine/correlation/machine.js';
import type { Limits, Match, Plan } from '../engine/correlation/match.js';
import {
  restoreMachine,
  type Snapshot,
  STATE_VERSION,
  takeSnapshot,
} from '../engine/correlation/snapshot.js';
import type { Checkpoint } from '../sources/checkpoint/store.js';

/** A match, an alert of a rule with `suppress`, or time that has passed. */
export type Step = { readonly match: Match } | { readonly alert: Match } | { readonly time: number };

/** A line of the file. */
export interface JournalRecord {
  readonly version: number;
  readonly snapshot?: Snapshot;
  readonly steps?: readonly Step[];
}

export function isJournalRecord(json: unknown): json is JournalRecord {
  if (typeof json !== 'object' || json === null || !('version' in json)) return false;
  const { snapshot, steps } = json as Partial<JournalRecord>;
  return (
    Number.isSafeInteger(json.version) &&
    (typeof snapshot === 'object' || (snapshot === undefined && Array.isArray(steps)))
  );
}

export interface Journal {
  /** Notes a step that is to be remembered with the next save. */
  note(step: Step): void;
  /**
   * Writes what was noted. Errors: SourceError (retryable).
   * @returns false: the state is larger than its place takes, which now holds none
   */
  save(machine: Machine): Promise<boolean>;
  /** State is another one now, which the steps of before do not lead to. */
  renew(): void;
}

export interface OpenedJournal {
  readonly machine: Machine;
  readonly journal: Journal;
  /** What people should know of the file's state. */
  readonly warning: string | undefined;
}

/** So long a state that was too large is not tried again. */
const LARGE_MS = 60_000;
/** Steps that are noted at most before all is written anew. */
const MOST_STEPS = 200_000;

/** Goes on from what a file holds. Errors: SourceError. */
export async function openJournal(
  file: Checkpoint<JournalRecord>,
  path: string,
  options: { readonly plans: readonly Plan[]; readonly limits: Limits },
): Promise<OpenedJournal> {
  const { records, bad } = await file.load();
  const known = records.filter(({ version }) => version === STATE_VERSION);
  const machine = replay(known, options);
  let warning: string | undefined;
  if (known.length < records.length)
    warning = `state of correlations ${path} is of another version and left out: windows begin anew`;
  else if (bad.length > 0) warning = `state of correlations ${path} is damaged: some windows begin anew`;
  return { machine, journal: createJournal(file, records.length > 0 && warning === undefined), warning };
}

function replay(
  records: readonly JournalRecord[],
  options: { readonly plans: readonly Plan[]; readonly limits: Limits },
): Machine {
  const at = records.findLastIndex(({ snapshot }) => snapshot !== undefined);
  const snapshot = records[at]?.snapshot;
  const machine = snapshot === undefined ? createMachine(options) : restoreMachine(options, snapshot);
  // Alerts that come of it have left already.
  for (const { steps = [] } of records.slice(at + 1)) for (const step of steps) take(machine, step);
  return machine;
}

function take(machine: Machine, step: Step): void {
  if ('match' in step) machine.add(step.match);
  else if ('alert' in step) machine.throttle(step.alert);
  else machine.advance(step.time);
}

/** @param begun whether the file has a snapshot that goes on */
function createJournal(file: Checkpoint<JournalRecord>, begun: boolean): Journal {
  let steps: Step[] = [];
  let whole = !begun;
  let largeUntil = Number.NEGATIVE_INFINITY;

  // One that lacks what the source will not give again says something wrong: better none.
  async function replace(machine: Machine): Promise<boolean> {
    const record: JournalRecord = { version: STATE_VERSION, snapshot: takeSnapshot(machine) };
    if (file.most !== undefined && JSON.stringify(record).length > file.most) {
      largeUntil = performance.now() + LARGE_MS;
      await file.remove();
      return false;
    }
    await file.replace(record);
    return true;
  }

  return {
    note(step) {
      const last = steps.at(-1);
      if ('time' in step && last !== undefined && 'time' in last) steps[steps.length - 1] = step;
      // Time alone changes nothing that a later time would not.
      else if (!('time' in step && steps.length === 0)) steps.push(step);
      if (steps.length > MOST_STEPS) whole = true;
    },
    async save(machine) {
      if (performance.now() < largeUntil) return true;
      if (!whole && steps.length === 0) return true;
      if (!whole) await file.append({ version: STATE_VERSION, steps });
      else if (!(await replace(machine))) return false;
      steps = [];
      whole = file.isFull();
      return true;
    },
    renew() {
      whole = true;
    },
  };
}
