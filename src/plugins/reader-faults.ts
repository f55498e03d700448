// What is wrong with readers of fields, by field: counted, wherever it happened, and said now and then.

import type { OnReaderFault } from './plugin-field.js';

/** Faults of one field since the last look. */
export interface FieldFaults {
  readonly field: string;
  /** The last of them. */
  readonly fault: string;
  readonly count: number;
}

export interface ReaderFaults {
  readonly hear: OnReaderFault;
  /** Faults that were counted elsewhere. */
  addAll(faults: readonly FieldFaults[]): void;
  /** Since the last time; texts. */
  take(): readonly FieldFaults[];
  /** All of them, by field. */
  counts(): readonly (readonly [field: string, count: number])[];
}

/** @param say gets a line for the first fault of a field, and whenever there are ten times as many */
export function createReaderFaults(say: (line: string) => void): ReaderFaults {
  const totals = new Map<string, number>();
  let fresh = new Map<string, FieldFaults>();

  function add(field: string, fault: string, more: number): void {
    const before = totals.get(field) ?? 0;
    const now = before + more;
    totals.set(field, now);
    fresh.set(field, { field, fault, count: (fresh.get(field)?.count ?? 0) + more });
    if (String(now).length === String(before).length && before > 0) return;
    const times = now === 1 ? '' : ` (${now} times so far)`;
    say(`field ${field} has no value where its plugin fails${times}: ${fault}`);
  }

  return {
    hear: (field, fault) => add(field, fault, 1),
    addAll(faults) {
      for (const { field, fault, count } of faults) add(field, fault, count);
    },
    take() {
      const taken = [...fresh.values()];
      fresh = new Map();
      return taken;
    },
    counts: () => [...totals],
  };
}
