// At least once: offsets of batches whose alerts have left → committed, many at a time. What could not be committed is tried
// again with what comes next; what never is comes again.

import { kafkaFault } from '../../kafka/faults.js';
import type { KafkaConsumer } from '../../kafka/library.js';
import type { SourceLog } from '../plugin.js';
import type { Part } from './part.js';

export interface Commits {
  /** @param next offset behind the last record that is done with */
  done(part: Part, next: bigint): void;
  /** Resolves when nothing is under way. */
  settle(): Promise<void>;
}

export function createCommits(consumer: () => KafkaConsumer | undefined, log: SourceLog): Commits {
  const waiting = new Map<Part, bigint>();
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    // What else is done with in this turn goes with it.
    await Promise.resolve();
    try {
      while (waiting.size > 0) {
        const offsets = [...waiting].flatMap(([{ topic, partition, lost }, offset]) =>
          lost ? [] : [{ topic, partition, offset, leaderEpoch: -1 }],
        );
        const taken = new Map(waiting);
        waiting.clear();
        try {
          if (offsets.length > 0) await consumer()?.commit({ offsets });
        } catch (error) {
          for (const [part, offset] of taken) if (!waiting.has(part)) waiting.set(part, offset);
          log('warning', `kafka: cannot commit: ${kafkaFault(error)}; trying again`, 'commit');
          return;
        }
      }
    } finally {
      working = undefined;
    }
  }

  return {
    done(part, next) {
      if (part.lost) return;
      waiting.set(part, next);
      working ??= work();
    },
    async settle() {
      await working;
      if (waiting.size > 0) await (working ??= work());
      waiting.clear();
    },
  };
}
