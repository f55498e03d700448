// A log for faults in what senders send: everything up to a good supply of bytes, which fills up again slowly; what goes
// beyond it is counted. So a file of bad lines is reported line by line, as in Falco, and a stranger at the web hook
// fills no disk.

import type { SourceLog } from './source.js';

export interface LogBudget {
  readonly log: SourceLog;
  /** Says what was left out until now, at the end of a run. */
  settle(): void;
}

export interface LogBudgetOptions {
  /** The supply, and so what may be written at once, bytes. */
  readonly bytes?: number;
  readonly bytesPerSecond?: number;
  /** Milliseconds of a clock that only goes on. */
  readonly now?: () => number;
}

/** About 15,000 lines of the usual length. */
const BYTES = 1024 * 1024;
/** At most 350 MB a day. */
const BYTES_PER_SECOND = 4096;

/** Stands before a log. Not for what a program says of itself: a line may be left out. */
export function createLogBudget(log: SourceLog, options: LogBudgetOptions = {}): LogBudget {
  const { bytes = BYTES, bytesPerSecond = BYTES_PER_SECOND, now = () => performance.now() } = options;
  let left = bytes;
  let filledAt = now();
  let leftOut = 0;

  function settle(): void {
    if (leftOut > 0) log('warning', `${leftOut} more faults, not logged one by one`);
    leftOut = 0;
  }

  return {
    settle,
    log(level, message) {
      const time = now();
      left = Math.min(bytes, left + ((time - filledAt) * bytesPerSecond) / 1000);
      filledAt = time;
      // Once it is used up, a part of it must be there again, so that the counts come seldom.
      if (left < message.length || (leftOut > 0 && left < bytesPerSecond * SECONDS)) {
        leftOut++;
        return;
      }
      settle();
      left -= message.length;
      log(level, message);
    },
  };
}

const SECONDS = 10;
