// A partition that this worker has, from the moment it gets it until it loses it.

import type { Transactions } from './transactions.js';

export interface Part {
  readonly topic: string;
  readonly partition: number;
  /** Offset that is read next. */
  position: bigint;
  /** Records behind it that are not read yet. */
  lag: number;
  /** Another worker has it now, or will begin where this one has committed. */
  lost: boolean;
  /** Exactly once: alerts on it leave together with its offsets. */
  readonly transactions?: Transactions;
}

export const partKey = (topic: string, partition: number): string => `${topic}/${partition}`;
